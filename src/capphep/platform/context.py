"""What every page knows: the navigation, the theme, whether this is sample data."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from capphep.platform.navigation import GROUPS, LETTERS, Entry
from capphep.platform.queries import is_demo

_THEMES: Final = ("auto", "light", "dark")
_DENSITIES: Final = ("normal", "compact", "roomy")


def page_context(request: HttpRequest) -> dict[str, Any]:
    """context: navigation, is_demo, preview_of, theme, density; read when a template asks."""
    return {
        "navigation": SimpleLazyObject(lambda: _navigation(request)),
        "is_demo": SimpleLazyObject(is_demo),
        "preview_of": getattr(request, "preview_of", ""),
        "theme": _choice(request, "theme", _THEMES),
        "density": _choice(request, "density", _DENSITIES),
    }


def _choice(request: HttpRequest, cookie: str, known: tuple[str, ...]) -> str:
    """A preference kept in a cookie; the first known value where there is none."""
    value = request.COOKIES.get(cookie, "")
    return value if value in known else known[0]


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    role = getattr(getattr(request, "user", None), "role", None)
    match = getattr(request, "resolver_match", None)
    here = match.view_name if match else ""
    groups = [
        {
            "label": group.label,
            "entries": [_entry(entry, here) for entry in group.entries if role in entry.roles],
        }
        for group in GROUPS
    ]
    return [group for group in groups if group["entries"]]


def _entry(entry: Entry, here: str) -> dict[str, Any]:
    return {
        "label": entry.label,
        "icon": entry.icon,
        "url": reverse(entry.url_name),
        "letter": LETTERS.get(entry.url_name, ""),
        "is_current": here.startswith(entry.sections),
    }
