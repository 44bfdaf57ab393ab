"""Seats: holds, bookings, the waiting list, and every move between their states."""
