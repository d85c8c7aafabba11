"""The Markdown of the user's guide, read by markdown-it-py: CommonMark with tables.

What a file says in HTML is escaped, and links lead to where ``address`` says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

# What a link or a picture names, as the page that shows it has to address it.
Address = Callable[[str], str]


def _picture(
    renderer: RendererHTML, tokens: list[Token], at: int, options: OptionsDict, env: Any
) -> str:
    """One that opens in its own size: on a phone nothing could be read in it else."""
    address = escapeHtml(str(tokens[at].attrs["src"]))
    shown = renderer.image(tokens, at, options, env)
    return f'<a href="{address}" target="_blank" rel="noopener">{shown}</a>'


_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
_MARKDOWN.add_render_rule("image", _picture)
_NAMES: Final = {"link_open": "href", "image": "src"}


def to_html(text: str, address: Address) -> str:
    """Headings can be addressed (``anchor``); pictures are loaded when they come into sight, and
    open in their own size."""
    tokens = _MARKDOWN.parse(text)
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor(_words(following)))
    for token in _naming(tokens):
        attribute = _NAMES[token.type]
        token.attrSet(attribute, address(str(token.attrs[attribute])))
        if token.type == "image":
            token.attrSet("loading", "lazy")
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def title_of(text: str) -> str:
    """The first heading of the first level, without its marks; "" where there is none."""
    for token, following in pairwise(_MARKDOWN.parse(text)):
        if token.type == "heading_open" and token.tag == "h1":
            return _words(following)
    return ""


def lines_of(text: str) -> list[str]:
    """What a person reads, without its marks: a paragraph, a heading or a table's row each."""
    inlines = [token for token in _MARKDOWN.parse(text) if token.type == "inline"]
    rows = groupby(inlines, key=lambda token: token.map)
    lines = (" · ".join(filter(None, map(_words, row))) for _, row in rows)
    return [line for line in lines if line]


def targets(text: str) -> list[str]:
    """What the links and pictures name, in their order."""
    return [str(each.attrs[_NAMES[each.type]]) for each in _naming(_MARKDOWN.parse(text))]


def anchor(heading: str) -> str:
    """How a heading is addressed: "Khách hàng" is "khách-hàng"."""
    return re.sub(r"[^\w-]+", "-", heading.lower()).strip("-")


def _naming(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type in _NAMES:
            yield token
        yield from _naming(token.children or [])


def _words(token: Token) -> str:
    """The text of a piece; of a link its words, of a picture nothing."""
    pieces = (" " if each.type == "softbreak" else each.content for each in _shown(token))
    return "".join(pieces).strip()


def _shown(token: Token) -> list[Token]:
    return [each for each in token.children or [] if each.type != "image"]
