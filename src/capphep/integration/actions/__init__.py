"""Writes of the module."""
