"""The Markdown of the user's guide."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.markdown import lines_of, targets, title_of, to_html


def html(text: str) -> str:
    return to_html(text, lambda target: f"/at/{target}").replace("\n", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Đơn **hàng**", '<h1 id="đơn-hàng">Đơn <strong>hàng</strong></h1>'),
        ("[**Lưu** it](order.md#a)", '<p><a href="/at/order.md#a"><strong>Lưu</strong> it</a></p>'),
        (
            "![A list](a.webp)",
            '<p><a href="/at/a.webp" target="_blank" rel="noopener">'
            '<img src="/at/a.webp" alt="A list" loading="lazy" /></a></p>',
        ),
        ("1. a\n   - b", "<ol><li>a<ul><li>b</li></ul></li></ol>"),
        (
            "| K |\n|---|\n| `a` |",
            "<table><thead><tr><th>K</th></tr></thead>"
            "<tbody><tr><td><code>a</code></td></tr></tbody></table>",
        ),
        ("2 * 3 < 5", "<p>2 * 3 &lt; 5</p>"),
        ("||", "<p>||</p>"),
    ],
)
def test_what_the_guide_is_written_in_becomes_html(text: str, expected: str) -> None:
    assert html(text) == expected


def test_a_page_says_its_title_its_lines_and_what_it_names() -> None:
    text = (
        "# The **order**\n\nSee [the `list`](lists.md)\nand ![x](y.webp), **[z](z.md)**.\n\n"
        "| Key | Does |\n|---|---|\n| `F1` | opens *this* |"
    )
    assert title_of(text) == "The order"
    assert lines_of(text) == ["The order", "See the list and , z.", "Key · Does", "F1 · opens this"]
    assert targets(text) == ["lists.md", "y.webp", "z.md"]


def test_a_script_is_never_where_a_link_leads() -> None:
    assert "<a" not in html("[x](javascript:alert(1))")


@given(st.text(alphabet="<>\"&'ab*`[]()!#-|1. \n", max_size=60))
def test_nothing_that_is_written_becomes_a_tag_of_its_own(text: str) -> None:
    left = re.sub(
        r"</?(h\d|p|ul|ol|li|table|thead|tbody|tr|th|td|strong|em|code|pre|blockquote|a|img|hr|br)\b"
        r'( (id|href|src|alt|title|loading|start|style)="[^"<>]*")*( /)?>',
        "",
        html(text),
    )
    assert "<" not in left and ">" not in left
