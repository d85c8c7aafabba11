"""The part of Markdown that the user's guide is written in, as HTML: headings, paragraphs, lists
with what belongs to their items, tables, pictures, links, **bold**, *italic* and `code`.

Everything else is text; what a file says is escaped, and links lead to where ``address`` says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Final

# What a link or a picture names, as the page that shows it has to address it.
Address = Callable[[str], str]

_INLINE: Final = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|!\[(?P<alt>[^\]]*)\]\((?P<picture>[^)\s]+)\)"
    r"|\[(?P<text>(?:[^\]\[]|\[[^\]]*\])+)\]\((?P<link>[^)\s]+)\)"
    r"|\*\*(?P<bold>.+?)\*\*"
    r"|\*(?P<italic>[^*\s](?:[^*]*[^*\s])?)\*"
)
_HEADING: Final = re.compile(r"(#{1,4}) +(.+)")
_ITEM: Final = re.compile(r"(?P<mark>[-*]|\d+\.) +(?P<text>.+)")
_RULE: Final = re.compile(r"\|?[\s:|-]+\|[\s:|-]*")


def to_html(text: str, address: Address) -> str:
    return "\n".join(_blocks(text.splitlines(), address))


def title_of(text: str) -> str:
    """The first heading, without its marks; "" where there is none."""
    found = re.search(r"^# +(.+)$", text, re.MULTILINE)
    return plain(found[1]) if found else ""


def plain(text: str) -> str:
    """A line as a person reads it: no marks, of a link its words."""
    return _INLINE.sub(lambda found: plain(_words(found)), text)


def targets(text: str) -> list[str]:
    """What the links and pictures name, in their order."""
    found = []
    for each in _INLINE.finditer(text):
        own = each["picture"] or each["link"]
        found += [own] if own else []
        found += targets(each["bold"] or each["italic"] or each["text"] or "")
    return found


def anchor(heading: str) -> str:
    """How a heading is addressed: "Khách hàng" is "khách-hàng"."""
    return re.sub(r"[^\w-]+", "-", plain(heading).lower()).strip("-")


# --- blocks ------------------------------------------------------------------------------------


def _blocks(lines: Sequence[str], address: Address) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        heading = _HEADING.fullmatch(line.strip())
        if not line.strip():
            at += 1
        elif heading:
            yield _heading(len(heading[1]), heading[2], address)
            at += 1
        elif line.startswith("|"):
            end = _end(lines, at, lambda each: each.startswith("|"))
            yield _table(lines[at:end], address)
            at = end
        elif _ITEM.fullmatch(line):
            end = _end_of_list(lines, at)
            yield _list(lines[at:end], address)
            at = end
        else:
            end = _end(lines, at, _goes_on)
            yield f"<p>{_inline(' '.join(map(str.strip, lines[at:end])), address)}</p>"
            at = end


def _goes_on(line: str) -> bool:
    begins = line.startswith("|") or _HEADING.fullmatch(line) or _ITEM.fullmatch(line)
    return bool(line.strip()) and not begins


def _end(lines: Sequence[str], start: int, belongs: Callable[[str], bool]) -> int:
    for at in range(start + 1, len(lines)):
        if not belongs(lines[at]):
            return at
    return len(lines)


def _end_of_list(lines: Sequence[str], start: int) -> int:
    """Items of the same kind, what is indented below them, and empty lines between those."""
    numbered = lines[start][0].isdigit()
    end = start + 1
    for at in range(start + 1, len(lines)):
        line = lines[at]
        item = _ITEM.fullmatch(line)
        if not (line.startswith("  ") or (item and line[0].isdigit() == numbered)):
            if line.strip():
                break
            continue
        end = at + 1
    return end


def _heading(level: int, text: str, address: Address) -> str:
    return f'<h{level} id="{escape(anchor(text))}">{_inline(text, address)}</h{level}>'


def _list(lines: Sequence[str], address: Address) -> str:
    name = "ol" if lines[0][0].isdigit() else "ul"
    items: list[list[str]] = []
    for line in lines:
        item = _ITEM.fullmatch(line)
        if item:
            items.append([item["text"]])
        else:
            items[-1].append(re.sub(r"^ {1,4}", "", line))
    return f"<{name}>{''.join(_item(item, address) for item in items)}</{name}>"


def _item(lines: Sequence[str], address: Address) -> str:
    """The text of a short item stands in it without a paragraph around it."""
    inside = list(_blocks(lines, address))
    inside[0] = re.sub(r"^<p>(.*)</p>$", r"\1", inside[0])
    return f"<li>{''.join(inside)}</li>"


def _table(lines: Sequence[str], address: Address) -> str:
    head, *body = [_cells(line) for line in lines if not _RULE.fullmatch(line)]
    rows = "".join(_row("td", cells, address) for cells in body)
    return f"<table><thead>{_row('th', head, address)}</thead><tbody>{rows}</tbody></table>"


def _row(name: str, cells: Sequence[str], address: Address) -> str:
    inside = (f"<{name}>{_inline(cell, address)}</{name}>" for cell in cells)
    return f"<tr>{''.join(inside)}</tr>"


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


# --- in a line ---------------------------------------------------------------------------------


def _inline(text: str, address: Address) -> str:
    parts, end = [], 0
    for found in _INLINE.finditer(text):
        parts += [escape(text[end : found.start()]), _marked(found, address)]
        end = found.end()
    return "".join([*parts, escape(text[end:])])


def _marked(found: re.Match[str], address: Address) -> str:
    if found["code"]:
        return f"<code>{escape(found['code'])}</code>"
    if found["picture"]:
        where, alt = escape(address(found["picture"])), escape(found["alt"])
        return f'<img src="{where}" alt="{alt}" loading="lazy">'
    if found["link"]:
        inside = _inline(found["text"], address)
        return f'<a href="{escape(address(found["link"]))}">{inside}</a>'
    name = "strong" if found["bold"] else "em"
    return f"<{name}>{_inline(_words(found), address)}</{name}>"


def _words(found: re.Match[str]) -> str:
    kinds = ("code", "alt", "text", "bold", "italic")
    return next((found[kind] for kind in kinds if found[kind]), "")
