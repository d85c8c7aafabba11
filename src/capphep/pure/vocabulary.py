"""What public bodies are called in short and in full, so that either finds the other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final

from capphep.pure.folding import words_of

# Short form, what of the full name stands for it, what it stands for (where that is more).
_FORMS: Final = (
    ("ubnd", "ủy ban nhân dân", ""),
    ("hdnd", "hội đồng nhân dân", ""),
    ("mttq", "mặt trận tổ quốc", ""),
    ("mn", "mầm non", "trường mầm non"),
    ("mg", "mẫu giáo", "trường mẫu giáo"),
    ("th", "tiểu học", "trường tiểu học"),
    ("thcs", "trung học cơ sở", "trường trung học cơ sở"),
    ("thpt", "trung học phổ thông", "trường trung học phổ thông"),
    ("ptdt", "phổ thông dân tộc", ""),
    ("ptdtnt", "phổ thông dân tộc nội trú", ""),
    ("ptdtbt", "phổ thông dân tộc bán trú", ""),
    ("gdtx", "giáo dục thường xuyên", ""),
    ("gdnn", "giáo dục nghề nghiệp", ""),
    ("gddt", "giáo dục và đào tạo", ""),
    ("gd dt", "giáo dục và đào tạo", ""),
    ("pgd", "phòng giáo dục", ""),
    ("sgd", "sở giáo dục", ""),
    ("dh", "đại học", ""),
    ("cd", "cao đẳng", ""),
    ("tyt", "trạm y tế", ""),
    ("ttyt", "trung tâm y tế", ""),
    ("bv", "bệnh viện", ""),
    ("bvdk", "bệnh viện đa khoa", ""),
    ("tt", "trung tâm", ""),
    ("tt", "thị trấn", ""),
    ("tx", "thị xã", ""),
    ("tp", "thành phố", ""),
    ("p", "phường", ""),
    ("x", "xã", ""),
    ("q", "quận", ""),
    ("h", "huyện", ""),
    ("t", "tỉnh", ""),
    ("vp", "văn phòng", ""),
    ("bql", "ban quản lý", ""),
    ("da", "dự án", ""),
    ("kbnn", "kho bạc nhà nước", ""),
    ("tnmt", "tài nguyên và môi trường", ""),
    ("nnmt", "nông nghiệp và môi trường", ""),
    ("khcn", "khoa học và công nghệ", ""),
    ("vhttdl", "văn hóa thể thao và du lịch", ""),
    ("tw", "trung ương", ""),
    ("hcm", "hồ chí minh", ""),
    ("tphcm", "thành phố hồ chí minh", ""),
    ("hn", "hà nội", ""),
)
_NUMBERED: Final = {"phuong": "p", "p": "p", "quan": "q", "q": "q"}
_NAMES: Final = {"p": "phuong", "q": "quan"}
_GLUED: Final = re.compile(r"([pq])([0-9]{1,2})")


def _by_first_word() -> dict[str, dict[tuple[str, ...], set[str]]]:
    """What each phrase stands for; the phrases by their first word."""
    meant: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for short, long, full in _FORMS:
        of_short, of_long = tuple(words_of(short)), tuple(words_of(long))
        meant[of_short] |= {*words_of(full or long)}
        meant[of_long] |= {*of_short}
    first: dict[str, dict[tuple[str, ...], set[str]]] = defaultdict(dict)
    for phrase, others in meant.items():
        first[phrase[0]][phrase] = others
    return dict(first)


_BY_FIRST: Final = _by_first_word()


def other_words(text: str) -> list[str]:
    """Return the words by which the text is looked for beside its own, folded, in ABC order.

    "UBND P.5" is looked for by "uy ban nhan dan phuong p5", "Ủy ban nhân dân" by "ubnd". "TT" is
    Trung tâm or Thị trấn: both find it. Word by word: the order in which one looks does not
    matter.
    """
    words = words_of(text)
    found = {*_by_phrases(words), *_by_numbers(words)}
    return sorted(found - set(words))


def _by_phrases(words: Sequence[str]) -> Iterator[str]:
    for at, word in enumerate(words):
        for phrase, others in _BY_FIRST.get(word, {}).items():
            if tuple(words[at : at + len(phrase)]) == phrase:
                yield from others


def _by_numbers(words: Sequence[str]) -> Iterator[str]:
    """Phường 5, P.5 and P5 are one."""
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        glued = _GLUED.fullmatch(word)
        if glued:
            yield from (glued[1], glued[2], _NAMES[glued[1]])
        elif word in _NUMBERED and following.isdigit():
            yield _NUMBERED[word] + following
