"""Writes of the catalogue: a file is loaded as a whole, from a plan."""
