"""How the text of a message becomes one of its letters. Pure functions.

Placeholders are names in braces. A paragraph, which empty lines end, in which one of them has
nothing to say is left out whole; what is put in is never read as a text with placeholders.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from capphep.pure.errors import Invalid, Invalids, Refusal, gettext_noop
from capphep.pure.folding import clean

LONGEST_SUBJECT: Final = 200
LONGEST_BODY: Final = 5000
_PLACEHOLDER: Final = re.compile(r"\{([^{}\n]*)\}")
_EMPTY_LINES: Final = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_MARGIN: Final = ' style="margin:1em 0"'


@dataclass(frozen=True, slots=True)
class Block:
    """A value that reads differently in the text and in the HTML of a letter."""

    text: str
    html: SafeString


Value: TypeAlias = str | Block


def link(url: str) -> Value:
    """An address of the web; "" stays ""."""
    return Block(url, format_html('<a href="{}">{}</a>', url, url)) if url else ""


def bullets(rows: Iterable[Value]) -> Value:
    """One line for each; "" for none."""
    found = list(rows)
    if not found:
        return ""
    text = "\n".join(f"- {text_of(row)}" for row in found)
    items = format_html_join("", "<li>{}</li>", ((_html(row),) for row in found))
    return Block(text, format_html("<ul>{}</ul>", items))


def checked(
    subject: str, body: str, known: Collection[str], required: Collection[str]
) -> tuple[str, str]:
    """Subject and body as they are kept.

    Raises Invalids at ``subject`` or ``body``: message_required, too_long, placeholder_brace,
    placeholder_unknown, placeholder_missing.
    """
    subject, body = clean(subject), "\n".join(body.strip().splitlines())
    problems = [
        *_problems("subject", subject, LONGEST_SUBJECT, known),
        *_problems("body", body, LONGEST_BODY, known),
    ]
    missing = [name for name in required if f"{{{name}}}" not in body]
    if body and missing:
        message = gettext_noop("This has to stand in the text: %(names)s")
        params = {"names": _braced(missing)}
        problems.append(Invalid("placeholder_missing", message, field="body", params=params))
    if problems:
        raise Invalids(problems)
    return subject, body


def _problems(field: str, text: str, longest: int, known: Collection[str]) -> Iterator[Refusal]:
    if not text:
        message = gettext_noop("Something must stand here.")
        yield Invalid("message_required", message, field=field)
    if len(text) > longest:
        message = gettext_noop("At most %(max)s characters fit here.")
        yield Invalid("too_long", message, field=field, params={"max": longest})
    names = dict.fromkeys(_PLACEHOLDER.findall(text))
    unknown = [name for name in names if name not in known]
    if unknown:
        message = gettext_noop("There is no such placeholder here: %(names)s")
        params = {"names": _braced(unknown)}
        yield Invalid("placeholder_unknown", message, field=field, params=params)
    if set(_PLACEHOLDER.sub("", text)) & set("{}"):
        message = gettext_noop("A brace opens or closes no placeholder.")
        yield Invalid("placeholder_brace", message, field=field)


def _braced(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def subject_line(subject: str, values: Mapping[str, Value]) -> str:
    """One line, whatever was put in."""
    text = _PLACEHOLDER.sub(lambda found: text_of(values[found[1]]), subject)
    return clean(" ".join(text.split()))[:LONGEST_SUBJECT]


def as_text(body: str, values: Mapping[str, Value]) -> str:
    paragraphs = (
        _PLACEHOLDER.sub(lambda found: text_of(values[found[1]]), paragraph).strip()
        for paragraph in _paragraphs(body, values)
    )
    return "\n\n".join(paragraphs) + "\n"


def as_html(body: str, values: Mapping[str, Value]) -> SafeString:
    """The same with everything escaped that people wrote."""
    parts = (_paragraph(each, values) for each in _paragraphs(body, values))
    return mark_safe("\n".join(parts))  # noqa: S308 - each part is safe


def as_shown(html: SafeString) -> SafeString:
    """A letter on a page of ours: its policy knows no inline style, it sets the margins itself."""
    return mark_safe(html.replace(_MARGIN, ""))  # noqa: S308 - it only becomes less


def _paragraphs(body: str, values: Mapping[str, Value]) -> Iterator[str]:
    for paragraph in _EMPTY_LINES.split("\n".join(body.splitlines())):
        if all(values[name] for name in _PLACEHOLDER.findall(paragraph)):
            yield paragraph


def _paragraph(paragraph: str, values: Mapping[str, Value]) -> SafeString:
    # Every second piece is the name of a placeholder.
    pieces = _PLACEHOLDER.split(paragraph.strip())
    parts = [
        _html(values[piece]) if at % 2 else escape(piece).replace("\n", "<br>\n")
        for at, piece in enumerate(pieces)
    ]
    return mark_safe(f"<div{_MARGIN}>{''.join(parts)}</div>")  # noqa: S308


def text_of(value: Value) -> str:
    """The value as plain text."""
    return value.text if isinstance(value, Block) else value


def _html(value: Value) -> str:
    return value.html if isinstance(value, Block) else conditional_escape(value)
