"""Where a text of a document mentions a code or an amount, however it is spaced and written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from capphep.pure.folding import fold
from capphep.pure.words import amount_in_words

PAGE_END: Final = "\f"

# Between the digits of a code that stands in boxes, and between the groups of an amount.
_IN_CODE: Final = r"[\s.|-]{0,2}"
_IN_AMOUNT: Final = r"\s?[.,]?\s?"
_NO_MORE_FIGURES: Final = re.compile(r"(?:[.,]0{1,2})?(?![.,]?\d)")
_MORE_GROUPS: Final = re.compile(r"\s\d{3}(?!\d)")
_LEAST_AMOUNT: Final = 1_000
# The same number is read aloud, and written, in more than one way; accents are folded away.
_SAID: Final = {
    "nghin": "(?:nghin|ngan)",
    "le": "(?:le|linh)",
    "tu": "(?:tu|bon)",
    "lam": "(?:lam|nam)",
    "ty": "(?:ty|ti)",
}
_NUMBERS: Final = (
    "khong mot hai ba bon tu nam lam sau bay tam chin muoi tram le linh nghin ngan trieu ty ti"
)
_NUMBER_WORDS: Final = frozenset(_NUMBERS.split())


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """``text[start:end]`` says it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of the text around one mention or several; pages are counted from 1."""

    page: int
    parts: Sequence[Part]


def code_mentions(text: str, code: str) -> list[Mention]:
    """Where the digits of ``code`` stand by themselves: 1234567, 1 234 567, 1 2 3 4 5 6 7."""
    if not code:
        return []
    pattern = rf"(?<!\d){_IN_CODE.join(map(re.escape, code))}(?!\d)"
    return [Mention(*found.span()) for found in re.finditer(pattern, text)]


def amount_mentions(text: str, amount: int) -> list[Mention]:
    """Where whole đồng are written, in figures (19.200.000, 19 200 000,00) or in words.

    A longer number that only contains the figures is another amount. Amounts below
    1.000 đ are not looked for: any page number would be one.
    """
    if amount < _LEAST_AMOUNT:
        return []
    return sorted([*_in_figures(text, amount), *_in_words(text, amount)])


def _in_figures(text: str, amount: int) -> Iterable[Mention]:
    groups = f"{amount:,}".split(",")
    for found in re.finditer(rf"(?<!\d){_IN_AMOUNT.join(groups)}", text):
        if _is_whole_number(text, found, len(groups)):
            yield Mention(*found.span())


def _is_whole_number(text: str, found: re.Match[str], groups: int) -> bool:
    before, has_marks = text[: found.start()][-2:], re.search(r"[.,]", found[0])
    if re.search(r"\d[.,]$", before) or not _NO_MORE_FIGURES.match(text, found.end()):
        return False
    if groups == 1 or has_marks or not re.search(r"\s", found[0]):
        return True
    # Parted by spaces alone, groups beside it belong to the same number.
    return not re.search(r"\d\s$", before) and not _MORE_GROUPS.match(text, found.end())


def _in_words(text: str, amount: int) -> Iterable[Mention]:
    words = fold(amount_in_words(amount)).split()
    said = r"\s*".join(_SAID.get(word, word) for word in words[:-1])
    folded = _folded_in_place(text)
    for found in re.finditer(rf"(?<!\w){said}(?:\s*chan)?\s*{words[-1]}(?!\w)", folded):
        before = folded[max(0, found.start() - 20) : found.start()].split()
        if not (before and before[-1] in _NUMBER_WORDS):
            yield Mention(*found.span())


class _Folding(dict[int, str]):
    """One letter for each letter, so that what is found has the same place in the text."""

    def __missing__(self, code: int) -> str:
        first = unicodedata.normalize("NFD", chr(code).lower())[0]
        self[code] = fold(first) or first
        return self[code]


_FOLDING: Final = _Folding()


def _folded_in_place(text: str) -> str:
    return text.translate(_FOLDING)


def pages_of(text: str, mentions: Iterable[Mention]) -> list[int]:
    """The pages, counted from 1, on which the mentions stand; each once. One walk of the text."""
    pages, page, at = [], 1, 0
    for mention in sorted(mentions):
        page, at = page + text.count(PAGE_END, at, mention.start), mention.start
        pages.append(page)
    return list(dict.fromkeys(pages))


def snippets(text: str, mentions: Iterable[Mention], *, around: int = 70) -> list[Snippet]:
    """The text around each mention, ``around`` characters on both sides within its page.

    Mentions that stand close together share a snippet, overlapping ones are one.
    """
    groups: list[list[Mention]] = []
    for mention in _united(mentions):
        page_ended = groups and PAGE_END in text[groups[-1][-1].end : mention.start]
        if groups and not page_ended and mention.start - groups[-1][-1].end <= around:
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return [_snippet(text, group, around) for group in groups]


def marked(text: str, mentions: Iterable[Mention]) -> list[Part]:
    """The whole text in parts, what is mentioned being the hits."""
    parts, at = [], 0
    for mention in _united(mentions):
        parts += [
            Part(text[at : mention.start], False),
            Part(text[mention.start : mention.end], True),
        ]
        at = mention.end
    return [part for part in [*parts, Part(text[at:], False)] if part.text]


def _united(mentions: Iterable[Mention]) -> list[Mention]:
    united: list[Mention] = []
    for mention in sorted(mentions):
        if united and mention.start < united[-1].end:
            last = united.pop()
            mention = Mention(last.start, max(last.end, mention.end))
        united.append(mention)
    return united


def _snippet(text: str, group: Sequence[Mention], around: int) -> Snippet:
    page_start = text.rfind(PAGE_END, 0, group[0].start) + 1
    page_end = text.find(PAGE_END, group[-1].end)
    page_end = len(text) if page_end < 0 else page_end
    start = _word_start(text, max(page_start, group[0].start - around), page_start, group[0].start)
    end = _word_end(text, min(page_end, group[-1].end + around), page_end, group[-1].end)
    within = [Mention(each.start - start, each.end - start) for each in group]
    parts = marked(text[start:end], within)
    lead = [Part("… ", False)] if start > page_start else []
    tail = [Part(" …", False)] if end < page_end else []
    return Snippet(text.count(PAGE_END, 0, group[0].start) + 1, [*lead, *parts, *tail])


def _word_start(text: str, at: int, first: int, last: int) -> int:
    """The next beginning of a word, not beyond ``last``; ``first`` needs no search."""
    if at == first:
        return at
    found = re.compile(r"\s\S").search(text, at, last)
    return found.start() + 1 if found else last


def _word_end(text: str, at: int, end: int, first: int) -> int:
    if at == end:
        return at
    space = max(text.rfind(" ", first, at), text.rfind("\n", first, at))
    return space if space > 0 else at
