"""Pages of the user's guide in the search box, last: who looks for a record gets it first."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language

from capphep.shell.help_texts import Mention, mentions

_SHORTEST: Final = 2


def helping_with(asked: str, most: int) -> list[Mention]:
    """At most so many pages in the reader's language; none for a code or a single letter.

    Those that only have the words somewhere apart are left out where others say them together.

    Without a statement: the pages are in memory.
    """
    if len(asked) < _SHORTEST or any(char.isdigit() for char in asked):
        return []
    found = mentions(asked, (get_language() or "vi")[:2], most)
    return [mention for mention in found if mention.is_close] or found
