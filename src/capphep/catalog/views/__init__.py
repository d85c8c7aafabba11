"""Screens of the catalogue: everybody reads it, an administrator loads a file."""
