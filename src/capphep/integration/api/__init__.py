"""What the module adds to the API."""
