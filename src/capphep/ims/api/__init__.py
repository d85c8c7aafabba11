"""The module's part of the API."""
