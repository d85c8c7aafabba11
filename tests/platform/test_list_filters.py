"""Filters of every kind: what they read from an address, what they leave, how they go."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from capphep.platform import clock
from capphep.platform.models import Team, User
from capphep.platform.pages import (
    FUTURE,
    Column,
    DayRange,
    Filter,
    ListPage,
    ListSpec,
    NumberRange,
    Related,
    Words,
    list_page,
    yes_or_no,
)

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 25)


@pytest.fixture(autouse=True)
def _a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


SPEC: ListSpec[User] = ListSpec(
    columns=(
        Column("username", "Tên", "code", sort="username"),
        Column("full_name", "Họ tên"),
        Column("version", "Phiên bản", "number", hidden=True),
    ),
    default_sort="username",
    row_url=lambda user: f"/users/{user.pk}",
    filters=(
        Filter("role", "Vai trò", [("sales", "NVKD"), ("officer", "Cán bộ")], "role"),
        yes_or_no("active", "Đang dùng", "is_active"),
        DayRange("login", "Đăng nhập", "last_login", of_moment=True),
        NumberRange("version", "Phiên bản", "version"),
        Related("team", "Nhóm", "crm:project_picker", lambda: Team.objects.all(), "team"),
        Words("name", "Họ tên", "crm:project_picker", "full_name"),
    ),
)


def asked(query: str = "") -> ListPage[User]:
    request = RequestFactory().get(f"/users?{query}")
    return list_page(request, User.objects.all(), spec=SPEC)


def names(query: str) -> list[str]:
    return [row.record.username for row in asked(query).rows]


def chips(query: str) -> list[tuple[Any, Any]]:
    return [(chip.label, chip.value) for chip in asked(query).chips]


def at(day: str, hour: int = 12) -> datetime.datetime:
    moment = datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(hour))
    return timezone.make_aware(moment)


@pytest.fixture
def people() -> None:
    User.objects.bulk_create(
        [
            User(username="a", full_name="An", role="sales", last_login=at("2026-11-01", 0)),
            User(username="b", full_name="Bình", role="officer", last_login=at("2026-11-25", 23)),
            User(username="c", full_name="Chi", role="sales", version=5, is_active=False),
            User(username="d", full_name="Dung", role="sales", last_login=at("2026-10-31", 23)),
        ]
    )


def test_a_span_by_its_words_moves_with_the_day_and_counts_local_days(people: None) -> None:
    assert names("login=this_month") == ["a", "b"]
    assert names("login=last_month") == ["d"]
    assert names("login=today") == ["b"]
    assert chips("login=this_month") == [("Đăng nhập", "Tháng này")]


def test_days_from_and_to_stand_alone_or_together_in_either_order(people: None) -> None:
    assert names("login_from=2026-11-01") == ["a", "b"]
    assert names("login_to=2026-10-31") == ["d"]
    assert names("login_from=2026-10-31&login_to=2026-11-01") == ["a", "d"]
    assert names("login_from=2026-11-01&login_to=2026-10-31") == ["a", "d"]
    assert chips("login_from=2026-10-31&login_to=2026-11-01") == [
        ("Đăng nhập", "31/10/2026 – 01/11/2026")
    ]
    assert chips("login_to=2026-10-31") == [("Đăng nhập", "đến 31/10/2026")]


def test_days_as_people_type_them_become_iso_in_every_link(people: None) -> None:
    page = asked("login_from=1/11/2026&login_from=2026-01-01")
    assert [row.record.username for row in page.rows] == ["a", "b"]
    assert parse_qs(urlsplit(page.here).query) == {"login_from": ["2026-11-01"]}


def test_days_say_more_than_a_word_and_a_chip_takes_off_both(people: None) -> None:
    page = asked("login=this_year&login_from=2026-11-01&role=sales")
    assert parse_qs(page.query) == {"role": ["sales"], "login_from": ["2026-11-01"]}
    (days,) = [chip for chip in page.chips if chip.label == "Đăng nhập"]
    assert parse_qs(urlsplit(days.href).query) == {"role": ["sales"]}


def test_numbers_are_read_as_people_write_them(people: None) -> None:
    assert names("version_from=2") == ["c"]
    assert names("version_to=1") == ["a", "b", "d"]
    assert chips("version_from=1.000.000") == [("Phiên bản", "từ 1.000.000 đ")]
    assert parse_qs(asked("version_from=1.000.000 đ").query) == {"version_from": ["1000000"]}


def test_yes_and_no_and_words(people: None) -> None:
    assert names("active=0") == ["c"]
    assert names("name=An&name=Chi") == ["a", "c"]


def test_a_related_record_is_shown_by_its_name_and_one_beyond_is_told(people: None) -> None:
    team = Team.objects.create(name="Miền Bắc")
    User.objects.filter(username="a").update(team=team)
    assert names(f"team={team.pk}") == ["a"]
    assert chips(f"team={team.pk}") == [("Nhóm", "Miền Bắc")]
    page = asked(f"team={team.pk + 1}&team=x&team={'9' * 30}")
    assert len(page.rows) == 4
    assert [each.value for each in page.unknown] == [str(team.pk + 1), "x", "9" * 30]


@pytest.mark.parametrize(
    "query",
    [
        "login=never",
        "login_from=31/02/2026",
        "login_to=0001-01-01",
        "version_from=viele",
        "version_to=-1",
        f"version_from={'9' * 40}",
        "active=maybe",
        "team=½",
    ],
)
def test_what_cannot_be_read_narrows_nothing_and_is_told(people: None, query: str) -> None:
    page = asked(query)
    assert len(page.rows) == 4
    assert len(page.unknown) == 1
    assert page.query == ""
    assert not page.is_narrowed


def test_related_records_are_asked_for_only_while_they_are_in_force(people: None) -> None:
    team = Team.objects.create(name="Miền Bắc")
    assert statements_of("") == 1
    assert statements_of(f"team={team.pk}") == 2


def statements_of(query: str) -> int:
    seen: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        page = asked(query)
        _ = page.rows, page.chips, page.count
    return len(seen)


def test_columns_are_chosen_and_ordered_in_the_address(people: None) -> None:
    labels = [heading.label for heading in asked("cols=version,username").headings]
    # The first column carries the link: it stays.
    assert labels == ["Tên", "Phiên bản"]
    assert [heading.label for heading in asked("").headings] == ["Tên", "Họ tên"]
    assert [heading.label for heading in asked("cols=username").headings] == ["Tên"]
    page = asked("cols=version,password")
    assert [each.value for each in page.unknown] == ["password"]
    assert parse_qs(page.query) == {"cols": ["username,version"]}


def test_a_span_of_the_future_knows_what_comes() -> None:
    words = [word for word, _label in DayRange("x", "X", "last_login", spans=FUTURE).options()]
    assert "next_30_days" in words
    assert "last_month" not in words
