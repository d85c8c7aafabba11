"""Screens of the CRM: fetch, form, one action, answer."""
