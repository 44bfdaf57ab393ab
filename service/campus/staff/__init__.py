"""Staff: who they are, what they may do, and what they see and change for callers, sessions and handoffs."""
