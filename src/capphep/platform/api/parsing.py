"""Bodies in JSON: strictly what RFC 8259 allows, and no text that a database cannot keep."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from capphep.pure.errors import Invalid, gettext_noop


class JsonParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        """Raises ValueError, RecursionError; Invalid ``text_unreadable``."""
        text = request.body.decode()
        data = json.loads(text, parse_constant=_refused, parse_float=_finite)
        if "\\u" in text:
            check_texts(data)
        return data


def check_texts(data: object) -> None:
    """Raises Invalid ``text_unreadable`` at the first text with a NUL or half a character."""
    for pointer, text in _texts(data, ""):
        if not is_readable(text):
            message = gettext_noop("This text holds a character that cannot be kept.")
            raise Invalid("text_unreadable", message, field=pointer.removeprefix("/"))


def is_readable(text: str) -> bool:
    """Neither database keeps NUL, and half of a surrogate pair is no character."""
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)


def _texts(data: object, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, str):
        yield pointer, data
    elif isinstance(data, list):
        for position, each in enumerate(data):
            yield from _texts(each, f"{pointer}/{position}")
    elif isinstance(data, dict):
        for name, each in data.items():
            yield pointer, name
            yield from _texts(each, f"{pointer}/{name}")


def _refused(constant: str) -> Any:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
