"""A PDF of half a kilobyte."""

from __future__ import annotations

from typing import Final

_MARK: Final = b"%" + b"." * 60


def _empty_page() -> bytes:
    """One empty page, with a comment in front and a table of offsets that is right."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ]
    text, offsets = b"%PDF-1.4\n" + _MARK + b"\n", list[int]()
    for number, body in enumerate(objects, start=1):
        offsets.append(len(text))
        text += b"%d 0 obj%sendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(text)
    return text + b"xref\n0 4\n0000000000 65535 f \n" + table + end


_PAGE: Final = _empty_page()


def small_pdf(text: str) -> bytes:
    """The empty page with ``text``, at most 60 bytes, as its comment."""
    return _PAGE.replace(_MARK, b"%" + text.encode().ljust(60, b"."))
