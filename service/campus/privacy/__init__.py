"""A person's data: giving it out, forgetting it, and keeping nothing longer than it is needed for."""
