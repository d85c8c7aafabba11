"""What may be said, edited and planned. Pure functions."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.folding import clean, clean_lines

EDITABLE_FOR: Final = datetime.timedelta(minutes=15)
LONGEST_COMMENT: Final = 4000
MOST_FILES: Final = 10
LONGEST_SUBJECT: Final = 200
_EXCERPT: Final = 140
_MENTION: Final = re.compile(r"(?<![\w@./])@([\w.+-]*\w)")
_LINK: Final = re.compile(r"https?://[^\s<>\"'{}|\\^`]+", re.IGNORECASE)
_AFTER_LINK: Final = ".,;:!?)]"

PartKind: TypeAlias = Literal["text", "link", "person"]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a comment: plain text, an address of the web, or a person by user name."""

    kind: PartKind
    text: str


def checked_body(text: str, *, has_files: bool) -> str:
    """The comment as it is kept. Raises Invalid ``comment_empty``, ``comment_too_long``."""
    body = clean_lines(text)
    if not body and not has_files:
        raise Invalid("comment_empty", gettext_noop("Write something."), field="body")
    if len(body) > LONGEST_COMMENT:
        message = gettext_noop("A comment has at most %(limit)s characters.")
        params = {"limit": LONGEST_COMMENT}
        raise Invalid("comment_too_long", message, field="body", params=params)
    return body


def check_number_of_files(count: int) -> None:
    """Raises Invalid ``too_many_files``."""
    if count > MOST_FILES:
        message = gettext_noop("At most %(limit)s files come with one comment.")
        raise Invalid("too_many_files", message, field="files", params={"limit": MOST_FILES})


def mentioned(body: str) -> list[str]:
    """The user names after an @, in small letters, each once; not those inside addresses."""
    without_links = _LINK.sub(" ", body)
    return list(dict.fromkeys(name.lower() for name in _MENTION.findall(without_links)))


def may_edit(created_at: datetime.datetime, now: datetime.datetime) -> bool:
    """RULE N2: words may be mended while hardly anybody has read them."""
    return now - created_at <= EDITABLE_FOR


def excerpt(body: str) -> str:
    """The beginning of a comment, on one line."""
    line = clean(body.replace("\n", " "))
    return line if len(line) <= _EXCERPT else f"{line[: _EXCERPT - 1].rstrip()}…"


def parts_of(body: str, people: Collection[str]) -> list[Part]:
    """The comment in pieces; ``people`` are the user names (small letters) that are persons."""
    found: list[Part] = []
    end = 0
    for match in _LINK.finditer(body):
        address = match.group().rstrip(_AFTER_LINK)
        found += _with_people(body[end : match.start()], people)
        found.append(Part("link", address))
        end = match.start() + len(address)
    return [*found, *_with_people(body[end:], people)]


def _with_people(text: str, people: Collection[str]) -> Iterator[Part]:
    end = 0
    for match in _MENTION.finditer(text):
        if match.group(1).lower() in people:
            if match.start() > end:
                yield Part("text", text[end : match.start()])
            yield Part("person", match.group(1).lower())
            end = match.end()
    if end < len(text):
        yield Part("text", text[end:])


def checked_subject(text: str) -> str:
    """What is to be done, in a line. Raises Invalid ``subject_empty``, ``subject_too_long``."""
    subject = clean(text)
    if not subject:
        raise Invalid("subject_empty", gettext_noop("Say what is to be done."), field="subject")
    if len(subject) > LONGEST_SUBJECT:
        message = gettext_noop("At most %(limit)s characters.")
        params = {"limit": LONGEST_SUBJECT}
        raise Invalid("subject_too_long", message, field="subject", params=params)
    return subject
