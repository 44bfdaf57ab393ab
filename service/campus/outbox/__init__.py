"""What leaves the service: written with the facts, claimed by one worker at a time, sent at least once."""
