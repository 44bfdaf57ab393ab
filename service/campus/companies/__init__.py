"""Companies: what a team needs, quotes that hold their seats, and one invoice request for all of it."""
