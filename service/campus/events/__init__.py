"""The meeting place: events, the companies that are there, and writing to one of them."""
