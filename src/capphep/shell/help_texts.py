"""The pages of the user's guide, read from their files once for each server process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from django.urls import reverse

from capphep.platform.kit import Text
from capphep.pure.folding import fold
from capphep.pure.markdown import lines_of, title_of, to_html
from capphep.shell.help_pages import GROUPS, INDEX, LANGUAGES, PAGES, file_of

_LONGEST_EXCERPT: Final = 160


@dataclass(frozen=True, slots=True)
class HelpText:
    slug: str
    title: str
    html: str
    lines: tuple[str, ...]

    @property
    def url(self) -> str:
        return reverse("shell:help_page", args=[self.slug])


@dataclass(frozen=True, slots=True)
class Chapter:
    label: Text
    pages: list[HelpText]


@dataclass(frozen=True, slots=True)
class Mention:
    """A page that has every word asked for, and the line that says the most of them."""

    page: HelpText
    line: str


@cache
def help_text(slug: str, language: str) -> HelpText:
    """Raises KeyError for a page that there is not."""
    if slug != INDEX and slug not in PAGES:
        raise KeyError(slug)
    text = file_of(slug, language if language in LANGUAGES else LANGUAGES[0]).read_text("utf-8")
    return HelpText(slug, title_of(text), to_html(text, _address), tuple(lines_of(text)))


def contents(language: str) -> list[Chapter]:
    return [
        Chapter(group.label, [help_text(page.slug, language) for page in group.pages])
        for group in GROUPS
    ]


def mentions(asked: str, language: str, most: int) -> list[Mention]:
    """Pages with all the words, accents folded; those that have them in their title come first."""
    words = fold(asked).split()
    if not words:
        return []
    found = []
    for slug in PAGES:
        page = help_text(slug, language)
        if all(word in fold(" ".join(page.lines)) for word in words):
            in_title = sum(word in fold(page.title) for word in words)
            found.append((-in_title, Mention(page, _best_line(page, words))))
    return [mention for _, mention in sorted(found, key=lambda each: each[0])][:most]


def _best_line(page: HelpText, words: list[str]) -> str:
    body = page.lines[1:] or page.lines
    best = max(body, key=lambda line: sum(word in fold(line) for word in words))
    return best if len(best) <= _LONGEST_EXCERPT else f"{best[: _LONGEST_EXCERPT - 1]}…"


def _address(target: str) -> str:
    """A file of the guide as an address of capphep; other addresses stay as they are."""
    path, hash_mark, place = target.partition("#")
    if path.startswith("../pictures/"):
        return reverse("shell:help_picture", args=[path.removeprefix("../pictures/")])
    if path.endswith(".md"):
        return reverse("shell:help_page", args=[path.removesuffix(".md")]) + hash_mark + place
    return target
