"""Letters with what a person is told; another text can be chosen on screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from capphep.platform.message_rules import Block, Value, bullets, link
from capphep.platform.messages import Message, Placeholder


def row(text: str, url: str) -> Block:
    """One notice with the address of what it is about."""
    return Block(f"{text}\n  {url}", format_html('<a href="{}">{}</a>', url, text))


def stop_row(url: str) -> Block:
    """The way out of a letter; what proves it makes a long address, which HTML hides."""
    text = gettext("Stop these e-mails")
    return Block(f"{text}: {url}", format_html('<a href="{}">{}</a>', url, text))


def _notices() -> Value:
    texts = (gettext("The request is approved."), gettext("Somebody mentioned you."))
    return bullets(row(text, "https://capphep.example.vn/…") for text in texts)


_BODY: Final = _(
    "Dear {name},\n\n{notices}\n\n{more}\n\n"
    "--\nWhat is mailed to you is your choice: {preferences}\n{stop}"
)
_COMMON: Final[Sequence[Placeholder]] = (
    Placeholder("name", _("Who is written to"), lambda: "Trần Thị Hà"),
    Placeholder("notices", _("What there is to tell, a line each"), _notices, is_required=True),
    Placeholder("more", _("How many more there are, where not all fit"), lambda: ""),
    Placeholder(
        "preferences",
        _("Where the person chooses what is mailed"),
        lambda: link("https://capphep.example.vn/talk/preferences"),
        is_required=True,
    ),
    Placeholder(
        "stop",
        _("Where the person stops these e-mails without signing in"),
        lambda: stop_row("https://capphep.example.vn/talk/stop/…"),
    ),
)

NOTICES: Final = Message(
    key="notices",
    label=_("Notices, as they come"),
    help=_("Goes to people who want to be told by e-mail at once, in their language."),
    subject="{summary}",
    body=_BODY,
    placeholders=(
        *_COMMON,
        Placeholder(
            "summary",
            _("The notice itself, or how many there are"),
            lambda: gettext("The request is approved."),
        ),
    ),
)
DIGEST: Final = Message(
    key="digest",
    label=_("Notices of a day"),
    help=_("Goes to people who want one e-mail a day, in their language."),
    subject=_("capphep, {day}: {count} notices"),
    body=_BODY,
    placeholders=(
        *_COMMON,
        Placeholder("day", _("The day"), lambda: "25/11/2026"),
        Placeholder("count", _("How many there are"), lambda: "2"),
    ),
)
