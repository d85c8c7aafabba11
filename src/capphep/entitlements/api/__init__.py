"""Subscriptions, licences and usage over the API, one file per heading."""
