"""The pages of the user's guide, read from their files once for each server process."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.urls import reverse

from capphep.platform.kit import Text
from capphep.pure.folding import fold
from capphep.pure.markdown import lines_of, title_of, to_html
from capphep.shell.help_pages import GROUPS, INDEX, LANGUAGES, PAGES, file_of

_LONGEST_EXCERPT: Final = 160
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class HelpText:
    slug: str
    title: str
    html: str
    lines: tuple[str, ...]
    title_words: tuple[str, ...]
    words: tuple[str, ...]
    folded: str

    @property
    def url(self) -> str:
        return reverse("shell:help_page", args=[self.slug])


@dataclass(frozen=True, slots=True)
class Chapter:
    label: Text
    pages: list[HelpText]


@dataclass(frozen=True, slots=True)
class Mention:
    """A page that has every word asked for, and the line that says the most of them.

    ``is_close``: all in its title, or together as they were typed.
    """

    page: HelpText
    line: str
    is_close: bool


@cache
def help_text(slug: str, language: str) -> HelpText:
    """Raises KeyError for a page that there is not."""
    if slug != INDEX and slug not in PAGES:
        raise KeyError(slug)
    text = file_of(slug, language if language in LANGUAGES else LANGUAGES[0]).read_text("utf-8")
    lines, title = tuple(lines_of(text)), title_of(text)
    folded = fold(" ".join(lines))
    html = to_html(text, _address)
    return HelpText(slug, title, html, lines, _words([title]), _words(lines), folded)


def contents(language: str) -> list[Chapter]:
    return [
        Chapter(group.label, [help_text(page.slug, language) for page in group.pages])
        for group in GROUPS
    ]


def mentions(asked: str, language: str, most: int) -> list[Mention]:
    """Pages with words that begin as all those asked for, accents folded.

    First those that say them all in their title, then those that say them oftenest as typed.
    """
    words, phrase = _words([asked]), fold(asked)
    if not words:
        return []
    pages = [help_text(slug, language) for slug in PAGES]
    found = [page for page in pages if all(_begins(page.words, word) for word in words)]
    titled = {page.slug: all(_begins(page.title_words, word) for word in words) for page in found}
    found.sort(key=lambda page: (not titled[page.slug], -page.folded.count(phrase)))
    return [
        Mention(page, _best_line(page, words, phrase), titled[page.slug] or phrase in page.folded)
        for page in found[:most]
    ]


def _words(texts: Iterable[str]) -> tuple[str, ...]:
    """Folded, each once, sorted: the beginning of one is found without looking at all."""
    return tuple(sorted({word for text in texts for word in _WORD.findall(fold(text))}))


def _begins(words: Sequence[str], beginning: str) -> bool:
    at = bisect_left(words, beginning)
    return at < len(words) and words[at].startswith(beginning)


def _best_line(page: HelpText, words: Sequence[str], phrase: str) -> str:
    """The first of the lines that say them as they were typed, or the most of them."""

    def worth(line: str) -> tuple[bool, int]:
        return phrase in fold(line), sum(_begins(_words([line]), word) for word in words)

    best = max(page.lines[1:] or page.lines, key=worth)
    return best if len(best) <= _LONGEST_EXCERPT else f"{best[: _LONGEST_EXCERPT - 1]}…"


def _address(target: str) -> str:
    """A file of the guide as an address of capphep; other addresses stay as they are."""
    path, hash_mark, place = target.partition("#")
    if path.startswith("../pictures/"):
        return reverse("shell:help_picture", args=[path.removeprefix("../pictures/")])
    if path.endswith(".md"):
        return reverse("shell:help_page", args=[path.removesuffix(".md")]) + hash_mark + place
    return target
