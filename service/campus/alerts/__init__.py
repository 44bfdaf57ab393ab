"""Telling a person by mail when new dates match what they look for."""
