"""What is taught, when, by whom, and for whom."""
