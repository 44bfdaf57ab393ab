"""The site for the secretary at `/admin`: catalogue, answers, bookings, handoffs, webhooks and the audit log."""
