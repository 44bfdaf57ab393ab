"""Mail: what a row of the outbox says as a mail, and the worker that sends it."""
