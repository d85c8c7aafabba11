"""PDF documents made by hand: with text, without, and hostile ones."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

PAGE_SIZE = b"/MediaBox[0 0 595 842]"


def document(objects: Sequence[bytes], root: int = 1) -> bytes:
    """A document of these objects, the first being number 1, with a right table of offsets."""
    text, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(text))
        text += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        text
        + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        + table
        + b"trailer<</Size %d/Root %d 0 R>>\n" % (len(objects) + 1, root)
        + b"startxref\n%d\n%%%%EOF\n" % len(text)
    )


def stream(content: bytes, facts: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream" % (
        len(packed),
        facts,
        packed,
    )


def empty() -> bytes:
    """One page on which nothing stands."""
    return document(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R%s>>" % PAGE_SIZE,
        ]
    )


def written(*pages: str) -> bytes:
    """Pages of text, a line for each line; Vietnamese too, by a table of the letters used."""
    letters = sorted(set("".join(pages)) - {"\n"})
    codes = {letter: number for number, letter in enumerate(letters, start=1)}
    first = 5
    kids = b" ".join(b"%d 0 R" % (first + 2 * index) for index in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d%s>>" % (kids, len(pages), PAGE_SIZE),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 4 0 R>>",
        stream(_letters(codes)),
    ]
    for index, page in enumerate(pages):
        content = first + 2 * index + 1
        facts = b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>"
        objects += [facts % content, stream(_drawn(page, codes))]
    return document(objects)


def _drawn(page: str, codes: dict[str, int]) -> bytes:
    lines = [
        b"<%s>Tj T*" % b"".join(b"%02x" % codes[letter] for letter in line)
        for line in page.splitlines()
    ]
    return b"BT /F 12 Tf 14 TL 50 780 Td " + b" ".join(lines) + b" ET"


def _letters(codes: dict[str, int]) -> bytes:
    rows = [
        b"<%02x><%s>" % (code, letter.encode("utf-16-be").hex().encode())
        for letter, code in codes.items()
    ]
    return (
        b"begincmap 1 begincodespacerange<00><ff>endcodespacerange\n"
        + b"%d beginbfchar\n%s\nendbfchar endcmap" % (len(rows), b"\n".join(rows))
    )


def locked(password: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(empty())))
    writer.encrypt(user_password=password, owner_password="chủ", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def branching_pages(levels: int = 12) -> bytes:
    """A tree of pages in which each node names the next one ten times: 10^levels pages."""
    nodes = [b"<</Type/Catalog/Pages 2 0 R>>"]
    for level in range(levels):
        kids = b"%d 0 R " % (level + 3) * 10
        nodes.append(b"<</Type/Pages/Count 1000000/Kids[%s]%s>>" % (kids, PAGE_SIZE))
    nodes.append(b"<</Type/Page%s>>" % PAGE_SIZE)
    return document(nodes)


def circular_pages() -> bytes:
    return document(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 9%s>>" % PAGE_SIZE]
    )


def nested(depth: int = 200_000) -> bytes:
    """A page whose resources are arrays in arrays."""
    deep = b"[" * depth + b"]" * depth
    return document(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R%s/Contents 4 0 R/Resources<</Font %s>>>>"
            % (PAGE_SIZE, deep),
            stream(b"BT (x)Tj ET"),
        ]
    )


def bomb(size: int = 400_000_000) -> bytes:
    """A page whose content unpacks to so many bytes."""
    packer = zlib.compressobj(9)
    chunk = b"(x)Tj " * 100_000
    packed = b"".join(packer.compress(chunk) for _ in range(size // len(chunk))) + packer.flush()
    content = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
    font = b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    return document(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R%s/Contents 4 0 R/Resources%s>>" % (PAGE_SIZE, font),
            content,
        ]
    )


def endless(*, first_page: bool = False, lines: int = 2_000_000) -> bytes:
    """A page that obeys every limit of the parser and keeps it busy; one with "x" before it."""
    font = b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    page = b"<</Type/Page/Parent 2 0 R/Contents %%d 0 R/Resources%s>>" % font
    kids = b"5 0 R 3 0 R" if first_page else b"3 0 R"
    return document(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[%s]/Count 2%s>>" % (kids, PAGE_SIZE),
            page % 4,
            stream(b"BT /F 12 Tf " + b"(x)Tj 0 -14 Td " * lines + b"ET"),
            page % 6,
            stream(b"BT /F 12 Tf (x)Tj ET"),
        ]
    )
