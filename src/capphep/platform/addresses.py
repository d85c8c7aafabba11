"""Addresses of what may not be there."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def url_if_any(name: str, *args: object) -> str:
    """The address in another module; nothing where this installation has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
