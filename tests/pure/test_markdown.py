"""The user's guide's part of Markdown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.markdown import plain, targets, title_of, to_html


def html(text: str) -> str:
    return to_html(text, lambda target: f"/at/{target}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Đơn hàng", '<h1 id="đơn-hàng">Đơn hàng</h1>'),
        ("one\ntwo\n\nthree", "<p>one two</p>\n<p>three</p>"),
        ("**Lưu** and *now*", "<p><strong>Lưu</strong> and <em>now</em></p>"),
        ("press `Ctrl+S`", "<p>press <code>Ctrl+S</code></p>"),
        ("[**Lưu** it](order.md#a)", '<p><a href="/at/order.md#a"><strong>Lưu</strong> it</a></p>'),
        ("![A list](a.webp)", '<p><img src="/at/a.webp" alt="A list" loading="lazy"></p>'),
        ("- a\n- b\n\n1. c", "<ul><li>a</li><li>b</li></ul>\n<ol><li>c</li></ol>"),
        (
            "1. a\n\n   ![p](p.webp)\n\n2. b\n   goes on",
            '<ol><li>a<p><img src="/at/p.webp" alt="p" loading="lazy"></p></li>'
            "<li>b goes on</li></ol>",
        ),
        ("1. a\n   - b\n   - c", "<ol><li>a<ul><li>b</li><li>c</li></ul></li></ol>"),
        (
            "| K | V |\n|---|---|\n| `a` | b |",
            "<table><thead><tr><th>K</th><th>V</th></tr></thead>"
            "<tbody><tr><td><code>a</code></td><td>b</td></tr></tbody></table>",
        ),
        ("2 * 3 * 4 < 5", "<p>2 * 3 * 4 &lt; 5</p>"),
    ],
)
def test_what_the_guide_is_written_in_becomes_html(text: str, expected: str) -> None:
    assert html(text) == expected


def test_a_page_says_its_title_its_words_and_what_it_names() -> None:
    text = "# The **order**\n\nSee [the `list`](lists.md) and ![x](y.webp), **[z](z.md)**."
    assert title_of(text) == "The order"
    assert plain("See [the `list`](lists.md).") == "See the list."
    assert targets(text) == ["lists.md", "y.webp", "z.md"]


@given(st.text(alphabet="<>\"&'ab*`[]()!#-|1. \n", max_size=60))
def test_nothing_that_is_written_becomes_a_tag_of_its_own(text: str) -> None:
    left = re.sub(
        r"</?(h\d|p|ul|ol|li|table|thead|tbody|tr|th|td|strong|em|code|a|img)\b"
        r'( (id|href|src|alt|loading)="[^"<>]*")*>',
        "",
        html(text),
    )
    assert "<" not in left and ">" not in left
