"""Texts of e-mails: placeholders, what is left out, nothing that people wrote becomes HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.platform.message_rules import as_html, as_text, bullets, checked, link, subject_line
from capphep.pure.errors import Invalids

pytestmark = pytest.mark.once
KNOWN, REQUIRED = ["name", "notices"], ["notices"]


@pytest.mark.parametrize(
    ("subject", "body", "found"),
    [
        ("", "{notices}", [("message_required", "subject")]),
        ("S", " \n ", [("message_required", "body")]),
        ("{who}", "{notices}", [("placeholder_unknown", "subject")]),
        ("S", "{notices} {}", [("placeholder_unknown", "body")]),
        ("S", "{notices} {name", [("placeholder_brace", "body")]),
        ("S", "Dear {name}", [("placeholder_missing", "body")]),
        ("S" * 201, "{notices}" + "x" * 5000, [("too_long", "subject"), ("too_long", "body")]),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused_at_its_field(
    subject: str, body: str, found: list[tuple[str, str]]
) -> None:
    with pytest.raises(Invalids) as refused:
        checked(subject, body, KNOWN, REQUIRED)
    assert [(one.code, one.field) for one in refused.value.refusals] == found


def test_what_is_kept_is_tidy() -> None:
    assert checked(" A  {name} ", "\r\n{notices}\r\nB\r\n", KNOWN, REQUIRED) == (
        "A {name}",
        "{notices}\nB",
    )


def test_a_paragraph_with_nothing_to_say_is_left_out_whole() -> None:
    body = "Dear {name},\n\nSee {url}\n\n \n{rows}\nand\n\nBye"
    values = {"name": "An", "url": link(""), "rows": bullets(["a", "b"])}
    assert as_text(body, values) == "Dear An,\n\n- a\n- b\nand\n\nBye\n"
    html = as_html(body, values)
    assert "See" not in html
    assert "<ul><li>a</li><li>b</li></ul>" in html


@given(st.text(max_size=40), st.text(max_size=40))
def test_neither_values_nor_texts_become_html_or_placeholders(value: str, said: str) -> None:
    said = said.replace("{", "").replace("}", "")
    values = {"name": value + "<b>{rows}", "rows": bullets([value + "&<i>"])}
    html = as_html(f"<p>{said}{{name}}\n\n{{rows}}", values)
    for mark in ("<p>", "<b>", "<i>"):
        assert mark not in html
    assert "{rows}" in as_text("{name}", values)
    assert "\n" not in subject_line(f"{said} {{name}}", values)
