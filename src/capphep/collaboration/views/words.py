"""A comment's words as they are shown: addresses become links, user names become people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from capphep.collaboration.rules import PartKind, parts_of
from capphep.platform.models import User


@dataclass(frozen=True, slots=True)
class ShownPart:
    """``text`` is plain: the template escapes it. Of a link it is the address, http or https."""

    kind: PartKind
    text: str
    title: str = ""


def shown_parts(body: str, people: Mapping[str, User]) -> list[ShownPart]:
    """``people`` by their user names in small letters."""
    return [
        ShownPart("person", people[part.text].full_name, part.text)
        if part.kind == "person"
        else ShownPart(part.kind, part.text)
        for part in parts_of(body, people.keys())
    ]
