"""What may be commented on, and what two sendings say differently."""

from __future__ import annotations

from typing import Any

import pytest

from capphep.provisioning.round_rules import (
    Changed,
    Row,
    changed_rows,
    checked_comments,
    comment_fields,
    field_of,
    topic_of,
)
from capphep.provisioning.states import RequestKind
from capphep.pure.errors import Invalid

FIELDS = comment_fields([1, 2], kind=RequestKind.ADD_ON)


def content(*modules: str) -> dict[str, Any]:
    lines = [{"position": at, "module": code} for at, code in enumerate(modules, start=1)]
    return {"fields": {}, "lines": lines, "evidence": []}


def row(key: str, text: str) -> Row:
    return Row(key, key, key.title(), text)


def test_comments_are_cleaned_and_empty_ones_left_out() -> None:
    said = checked_comments(" Xem lại.\n\n", {"level": " ", "note": " Một \nHai "}, FIELDS)
    assert said == ("Xem lại.", {"note": "Một\nHai"})


def test_nothing_said_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        checked_comments(" ", {"level": "\u200b"}, FIELDS)
    assert (refused.value.code, refused.value.field) == ("comment_required", "comment")


def test_a_comment_on_what_is_not_there_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        checked_comments("", {"line-3": "?"}, FIELDS)
    assert (refused.value.code, refused.value.field) == ("comment_field", "line-3")


def test_what_is_not_sold_has_neither_amount_nor_evidence_to_comment_on() -> None:
    fields = comment_fields([1], kind=RequestKind.TRIAL)
    assert not [name for name in fields if name == "amount" or name.startswith("evidence-")]
    assert {"level", "line-1"} <= set(fields)


def test_the_chapter_and_the_first_day_are_commented_on_where_the_form_has_them() -> None:
    sale = comment_fields([1], kind=RequestKind.ADD_ON)
    change = comment_fields([], kind=RequestKind.INFO_CHANGE)
    assert "start_on" in sale and "unit_chapter_code" not in sale
    assert "unit_chapter_code" in change and "start_on" not in change


def test_what_differs_comes_in_the_order_of_what_is_there_now_then_what_is_gone() -> None:
    before = [row("level", "Tỉnh"), row("note", "x"), row("gone", "cũ"), row("empty", "")]
    after = [row("level", "Xã"), row("note", "x"), row("new", "mới")]
    assert changed_rows(before, after) == [
        Changed("level", "Level", "Tỉnh", "Xã"),
        Changed("new", "New", "", "mới"),
        Changed("gone", "Gone", "cũ", ""),
    ]


def test_the_same_said_twice_is_no_difference() -> None:
    rows = [row("level", "Xã"), row("note", "")]
    assert changed_rows(rows, rows) == []
    assert changed_rows(rows, rows[:1]) == []


def test_a_comment_on_a_module_line_follows_the_module_whatever_its_position() -> None:
    before, after = content("accounting", "office", "office"), content("office", "chat", "office")
    assert topic_of("line-3", before) == "line:office:2"
    assert field_of("line:office:2", after) == "line-3"
    assert field_of(topic_of("line-2", before), after) == "line-1"
    assert field_of(topic_of("line-1", before), after) == ""
    assert field_of(topic_of("level", before), after) == "level"
