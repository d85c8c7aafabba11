"""R15 as pure functions: what of an account is to be delivered, and how providers write it."""

from __future__ import annotations

import datetime

import pytest

from capphep.identity.rules import (
    NameParts,
    Standing,
    international,
    name_parts,
    same_phone,
    work_of,
)
from capphep.identity.states import AccountStatus as S

DAY = datetime.date(2026, 11, 25)
NEXT = DAY + datetime.timedelta(days=1)

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("links", "is_active", "opening", "closing"),
    [
        ([], False, set(), set()),
        ([(S.PENDING, None)], True, {1}, set()),
        ([(S.FAILED, None)], True, {1}, set()),
        ([(S.INVITED, None), (S.LINKED, None)], True, set(), set()),
        ([(S.PENDING, NEXT)], True, {1}, set()),
        ([(S.PENDING, DAY)], False, set(), set()),
        ([(S.LINKED, DAY)], False, set(), set()),
        ([(S.CLOSING, DAY)], False, set(), {1}),
        ([(S.CLOSE_FAILED, DAY)], False, set(), {1}),
        ([(S.CLOSED, DAY)], False, set(), set()),
        ([(S.CLOSING, DAY), (S.LINKED, None)], True, set(), {1}),
        ([(S.CLOSING, DAY), (S.PENDING, None)], True, {2}, {1}),
    ],
)
def test_an_account_is_active_while_any_of_its_links_is_open(
    links: list[tuple[S, datetime.date | None]],
    is_active: bool,
    opening: set[int],
    closing: set[int],
) -> None:
    standing = [Standing(key, *link) for key, link in enumerate(links, start=1)]
    work = work_of(standing, DAY)
    assert (work.is_active, work.opening, work.closing) == (is_active, opening, closing)
    assert bool(work) == bool(opening | closing)


@pytest.mark.parametrize(
    ("full_name", "parts"),
    [
        ("Nguyễn Văn An", NameParts("Nguyễn", "Văn", "An")),
        ("Lê Thị Kim Ngân", NameParts("Lê", "Thị Kim", "Ngân")),
        ("Trần Bình", NameParts("Trần", "", "Bình")),
        ("An", NameParts("An", "", "An")),
        ("", NameParts("", "", "")),
    ],
)
def test_a_name_begins_with_the_familys(full_name: str, parts: NameParts) -> None:
    assert name_parts(full_name) == parts


@pytest.mark.parametrize(
    "written",
    ["0912345678", "+84912345678", "84912345678", "tel:+84-912-345-678", "0084 912.345.678"],
)
def test_a_phone_is_the_same_however_it_is_written(written: str) -> None:
    assert same_phone("0912345678", written)
    assert not same_phone("0912345679", written)
    assert not same_phone("", written)


def test_a_phone_as_providers_want_it() -> None:
    assert international("0912345678") == "+84912345678"
    assert international("+84912345678") == "+84912345678"
