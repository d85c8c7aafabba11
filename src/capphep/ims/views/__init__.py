"""Screens of the desk and of subscriptions: fetch, form, one action, answer."""
