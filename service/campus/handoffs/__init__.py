"""When a person is wanted: requests to the staff desk."""
