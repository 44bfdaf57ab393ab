"""The knowledge base: practical questions and their checked answers."""
