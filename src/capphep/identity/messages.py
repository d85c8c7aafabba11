"""What is written to administrators of units; another text can be chosen on screen."""

from __future__ import annotations

from typing import Final

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from capphep.platform.message_rules import Block, Value, bullets, link
from capphep.platform.messages import Message, Placeholder


def person(name: str, email: str) -> Block:
    """Somebody who can be written to."""
    html = format_html('{}, <a href="mailto:{}">{}</a>', name, email, email)
    return Block(f"{name}, {email}", html)


def address(email: str) -> Block:
    return Block(email, format_html('<a href="mailto:{}">{}</a>', email, email))


def _units() -> Value:
    return bullets(["iGOV – UBND Xã Đông Hải", "iGOV – Trường THCS Đông Hải"])


INVITATION: Final = Message(
    key="invitation",
    label=_("Invitation of a unit's administrator"),
    help=_(
        "Goes to whom an approval names as the administrator, once, where no identity provider "
        "does so: Vietnamese with English below it."
    ),
    subject=_("You administer {products} at {unit}"),
    body=_(
        "Dear {name},\n\n"
        "You are the administrator of this software for your unit:\n{units}\n\n"
        "You find it at {address}\n\n"
        "If you have questions, write to:\n{contacts}\n\n"
        "If this is not meant for you, please tell us; you need not do anything else."
    ),
    placeholders=(
        Placeholder("name", _("Who is written to"), lambda: "Nguyễn Văn An", is_required=True),
        Placeholder("units", _("Products and units, a line each"), _units, is_required=True),
        Placeholder("products", _("Products, with commas"), lambda: "iGOV"),
        Placeholder("unit", _("The first unit"), lambda: "UBND Xã Đông Hải"),
        Placeholder("address", _("Where the product is"), lambda: link("https://igov.example.vn")),
        Placeholder(
            "contacts",
            _("Who is in charge of the units, else the desk's own address, a line each"),
            lambda: bullets([person("Trần Thị Hà", "ha@example.vn")]),
            is_required=True,
        ),
    ),
)
