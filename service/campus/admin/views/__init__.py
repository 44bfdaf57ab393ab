"""The views, a module for each capability and named like it."""
