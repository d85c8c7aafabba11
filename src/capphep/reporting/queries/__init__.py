"""Reads of the figures: for each report, what its page shows."""
