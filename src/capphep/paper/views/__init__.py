"""Screens of the paper module."""
