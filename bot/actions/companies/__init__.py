"""What companies ask for: quotes, and accepting them."""
