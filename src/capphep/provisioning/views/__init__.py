"""Screens of the licence requests: fetch, form, one action, answer."""
