"""What an administrator's text may hold, and what it becomes: plain words, never a command.

A text is lines. A line that begins with ``- `` is a point of a list, ``**…**`` is bold, ``{name}``
is filled in from the record. Nothing else means anything, to us or to the typesetter.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from capphep.pure.errors import Invalid, gettext_noop

LONGEST: Final = 8000
MOST_LINES: Final = 200
_NAME: Final = re.compile(r"\{([^{}\n]*)\}")
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")

Run: TypeAlias = tuple[bool, str]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line: ``runs`` are (is bold, text); ``bullet``: it is a point of a list."""

    bullet: bool
    runs: tuple[Run, ...]


def check(text: str, known: Collection[str], field: str) -> None:
    """RULE P1: a text names only what its kind of paper can fill in.

    Raises Invalid paper_placeholder, paper_brace or paper_too_long at ``field``.
    """
    if len(text) > LONGEST or text.count("\n") >= MOST_LINES:
        message = gettext_noop("At most %(max)s characters and %(lines)s lines fit here.")
        params: dict[str, object] = {"max": LONGEST, "lines": MOST_LINES}
        raise Invalid("paper_too_long", message, rule="P1", field=field, params=params)
    for name in _NAME.findall(text):
        if name not in known:
            message = gettext_noop("{%(name)s} is not known here. Known are: %(known)s.")
            shown = ", ".join(f"{{{each}}}" for each in known)
            said = {"name": name[:60], "known": shown}
            raise Invalid("paper_placeholder", message, rule="P1", field=field, params=said)
    if set("{}") & set(_NAME.sub("", text)):
        message = gettext_noop("A brace stands alone: placeholders are written as {name}.")
        raise Invalid("paper_brace", message, rule="P1", field=field)


def line_of(text: str, values: Mapping[str, str]) -> str:
    """One line with what it names filled in; what it does not know stays as it is."""
    return _NAME.sub(lambda found: values.get(found[1], found[0]), " ".join(text.split()))


def paragraphs_of(text: str, values: Mapping[str, str]) -> list[Paragraph]:
    """The lines of a text. What is filled in is never read as bold or as a placeholder."""
    return [_paragraph(line.strip(), values) for line in text.strip().splitlines()]


def _paragraph(line: str, values: Mapping[str, str]) -> Paragraph:
    bullet = line.startswith("- ")
    parts = _BOLD.split(line.removeprefix("- ") if bullet else line)
    runs = [(bool(index % 2), line_of_part(part, values)) for index, part in enumerate(parts)]
    return Paragraph(bullet, tuple(run for run in runs if run[1]))


def line_of_part(part: str, values: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: values.get(found[1], found[0]), part)
