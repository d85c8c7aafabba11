"""Writes to licence requests: drafting, evidence, sending."""
