"""What every page knows: the navigation, the theme, whether this is sample data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from capphep.platform.kit import Text
from capphep.platform.navigation import GROUPS, LETTERS, Entry
from capphep.platform.queries import is_demo


@dataclass(frozen=True, slots=True)
class Preference:
    """How pages look, kept in the cookie ``name``; ``usual`` is the value where there is none."""

    name: str
    label: Text
    options: tuple[tuple[str, Text], ...]
    usual: str

    def chosen(self, request: HttpRequest) -> str:
        value = request.COOKIES.get(self.name, "")
        return value if value in dict(self.options) else self.usual


_APPEARANCE: Final = (
    Preference(
        "theme",
        _("Theme"),
        (("light", _("Light")), ("dark", _("Dark")), ("auto", _("Automatic"))),
        usual="auto",
    ),
    Preference(
        "density",
        _("Row height"),
        (("compact", _("Compact")), ("normal", _("Normal")), ("roomy", _("Roomy"))),
        usual="normal",
    ),
)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """context: navigation, is_demo, preview_of, theme, density, appearance as [(Preference,
    chosen)]; the first two are read when a template asks."""
    chosen = {each.name: each.chosen(request) for each in _APPEARANCE}
    return {
        "navigation": SimpleLazyObject(lambda: _navigation(request)),
        "is_demo": SimpleLazyObject(is_demo),
        "preview_of": getattr(request, "preview_of", ""),
        **chosen,
        "appearance": [(each, chosen[each.name]) for each in _APPEARANCE],
    }


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
