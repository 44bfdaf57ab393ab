"""Booking in chat: session, seats (held from here on), name, e-mail, summary, confirmation; looking up; cancelling."""
