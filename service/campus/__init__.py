"""The campus service: catalogue, seats, bookings, knowledge base and mail, behind HTTP."""
