"""Reads about the installation and its people."""

from __future__ import annotations

from capphep.platform.models import Installation


def is_demo() -> bool:
    """True when this database holds the shipped sample data."""
    return Installation.objects.filter(is_demo=True).exists()
