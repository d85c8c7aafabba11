"""List pages: paging that shows every row once, state that survives in the query string."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capphep.platform import pages
from capphep.platform.keyset import window
from capphep.platform.models import Team, User
from capphep.platform.pages import Column, Filter, ListPage, ListSpec, list_page
from tests.plumbing.sql_counts import remember_into

pytestmark = pytest.mark.django_db
FEW = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

# A person: a number that many share, and a team that some do not have.
people = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([None, "a", "b"])), max_size=14)
sorts = st.sampled_from(["version", "-version", "team__name", "-team__name", "pk", "-username"])
sizes = st.integers(1, 5)


def make(rows: Sequence[tuple[int, str | None]]) -> list[User]:
    teams = {name: Team.objects.create(name=name) for name in ("a", "b")}
    return User.objects.bulk_create(
        User(
            username=f"u{index:03}",
            full_name=f"Người {index}",
            role="sales" if index % 2 else "officer",
            version=version,
            team=teams[team] if team else None,
        )
        for index, (version, team) in enumerate(rows)
    )


def in_order(users: list[User], sort: str) -> list[User]:
    """What the database has to answer: by value, then key, those without a value last."""
    falling = sort.startswith("-")

    def value(user: User) -> Any:
        path = sort.removeprefix("-")
        return user.team and user.team.name if path == "team__name" else getattr(user, path)

    given_value = [user for user in users if value(user) is not None]
    missing = [user for user in users if value(user) is None]
    given_value.sort(key=lambda user: (value(user), user.pk), reverse=falling)
    missing.sort(key=lambda user: user.pk, reverse=falling)
    return given_value + missing


class Undone(Exception):
    """Ends an example: what it wrote is rolled back."""


def example(check: Callable[[], None]) -> None:
    try:
        with transaction.atomic():
            check()
            raise Undone
    except Undone:
        pass


@FEW
@given(people, sorts, sizes)
def test_walking_forward_and_back_shows_every_row_once_in_order(
    rows: list[tuple[int, str | None]], sort: str, size: int
) -> None:
    def check() -> None:
        expected = [user.pk for user in in_order(make(rows), sort)]
        found = window(User.objects.all(), sort, size)
        forward = [found]
        while found.after:
            found = window(User.objects.all(), sort, size, after=found.after)
            forward.append(found)
        assert [user.pk for each in forward for user in each.rows] == expected
        assert forward[0].before is None
        back = [found]
        while found.before:
            found = window(User.objects.all(), sort, size, before=found.before)
            back.insert(0, found)
        assert [user.pk for each in back for user in each.rows] == expected

    example(check)


@FEW
@given(people, sorts, sizes, st.data())
def test_rows_that_come_and_go_meanwhile_neither_repeat_nor_hide_others(
    rows: list[tuple[int, str | None]], sort: str, size: int, data: st.DataObject
) -> None:
    def check() -> None:
        users = make(rows)
        gone = data.draw(st.sets(st.sampled_from(users)) if users else st.just(set()))
        first = window(User.objects.all(), sort, size)
        shown = [user.pk for user in first.rows]
        User.objects.filter(pk__in=[user.pk for user in gone]).delete()
        User.objects.create(username="v", full_name="Mới", role="sales", version=2)
        after = first.after
        while after:
            found = window(User.objects.all(), sort, size, after=after)
            shown += [user.pk for user in found.rows]
            after = found.after
        assert len(shown) == len(set(shown))
        assert {user.pk for user in users} - {user.pk for user in gone} <= set(shown)

    example(check)


@FEW
@given(st.text(max_size=30), st.text(max_size=30))
def test_a_forged_cursor_gives_the_first_page(after: str, before: str) -> None:
    def check() -> None:
        users = make([(1, None)] * 3)
        found = window(User.objects.all(), "pk", 2, after=after, before=before)
        assert found.rows == users[:2]

    example(check)


def test_a_cursor_of_another_order_gives_the_first_page() -> None:
    make([(version, None) for version in range(4)])
    by_version = window(User.objects.all(), "version", 2)
    assert by_version.after
    found = window(User.objects.all(), "-version", 2, after=by_version.after)
    assert [user.version for user in found.rows] == [3, 2]


def test_an_annotation_sorts_and_pages() -> None:
    make([(version, None) for version in (2, 0, 1)])
    queryset = User.objects.annotate(label=Concat(Value("x"), F("username")))
    first = window(queryset, "-label", 2)
    assert [user.username for user in first.rows] == ["u002", "u001"]
    assert first.after
    assert [u.username for u in window(queryset, "-label", 2, after=first.after).rows] == ["u000"]


def by_name(queryset: QuerySet[User], text: str) -> QuerySet[User]:
    return queryset.filter(Q(full_name__icontains=text))


SPEC: ListSpec[User] = ListSpec(
    columns=(
        Column("username", "Tên", "code", sort="username"),
        Column("full_name", "Họ tên"),
        Column("team__name", "Nhóm", sort="team__name"),
        Column("version", "Phiên bản", "number", sort="version"),
    ),
    default_sort="-username",
    row_url=lambda user: f"/users/{user.pk}",
    filters=(
        Filter("role", "Vai trò", [("sales", "NVKD"), ("officer", "Cán bộ")], "role"),
        Filter(
            "odd",
            "Lẻ",
            lambda: [("yes", "Có")],
            lambda queryset, values: queryset.filter(version__in=[1, 3]),
        ),
    ),
    search=by_name,
    size=2,
)


def asked(query: str = "") -> ListPage[User]:
    request = RequestFactory().get(f"/users?{query}")
    return list_page(request, User.objects.select_related("team"), spec=SPEC)


def names(page: ListPage[User]) -> list[str]:
    return [row.record.username for row in page.rows]


def query_of(href: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(href).query)


def test_a_page_costs_two_statements_however_long_the_list_is() -> None:
    from django.db import connection

    make([(index % 4, "a") for index in range(9)])
    for query in ("", "role=sales&q=người&sort=team__name", f"after={cursor()}"):
        seen: list[str] = []
        with connection.execute_wrapper(remember_into(seen)):
            page = asked(query)
            _ = page.rows, page.headings, page.chips, page.count, page.next_href
        assert len(seen) == 2, seen


def cursor() -> str:
    return query_of(asked().next_href)["after"][0]


def test_filters_of_one_name_are_alternatives_and_of_two_names_conditions() -> None:
    make([(index, None) for index in range(4)])
    assert asked("role=sales&role=officer").count == 4
    assert asked("role=sales").count == 2
    assert asked("role=officer&odd=yes").count == 0
    assert asked("role=sales&odd=yes").count == 2


def test_what_is_not_known_is_left_out_and_told() -> None:
    make([(0, None), (1, None)])
    told = {
        "role=boss": ("Vai trò", "boss"),
        "sort=password": ("Thứ tự các dòng", "password"),
        "sort=-": ("Thứ tự các dòng", "-"),
        "cols=password": ("Cột", "password"),
        "after=x": None,
        "before=x": None,
        "q=%00": None,
        "odd=": None,
    }
    for query, what in told.items():
        page = asked(query)
        assert names(page) == ["u001", "u000"], query
        assert not page.is_narrowed
        assert page.sort == "-username"
        assert [(each.what, each.value) for each in page.unknown] == ([what] if what else [])
        assert not page.unknown or "=" not in page.query.replace("cols=username", "")


def test_a_chip_takes_off_its_own_value_and_returns_to_the_first_page() -> None:
    make([(index, None) for index in range(6)])
    token = cursor()
    page = asked(f"role=sales&role=officer&q=ng&sort=version&after={token}&customer=7")
    assert [(chip.label, chip.value) for chip in page.chips] == [
        ("Tìm kiếm", "ng"),
        ("Vai trò", "NVKD"),
        ("Vai trò", "Cán bộ"),
    ]
    left = query_of(page.chips[1].href)
    assert left == {"role": ["officer"], "q": ["ng"], "sort": ["version"], "customer": ["7"]}
    assert "q" not in query_of(page.chips[0].href)
    assert query_of(page.clear_href) == {"sort": ["version"], "customer": ["7"]}
    assert ("role", "sales") in page.kept_fields
    assert not {"q", "after"} & {name for name, _ in page.kept_fields}


def test_a_heading_turns_the_order_and_keeps_the_filters() -> None:
    make([(0, None)])
    page = asked("role=officer")
    username, full_name, _team, version = page.headings
    assert (username.direction, query_of(username.href)["sort"]) == ("descending", ["username"])
    assert (full_name.direction, full_name.href) == ("none", "")
    assert query_of(version.href) == {"role": ["officer"], "sort": ["version"]}
    assert asked("sort=version").headings[3].direction == "ascending"


def test_next_and_previous_lead_there_and_back() -> None:
    make([(index, None) for index in range(5)])
    first = asked("role=officer")
    assert (names(first), first.previous_href) == (["u004", "u002"], "")
    second = asked(urlsplit(first.next_href).query)
    assert (names(second), second.next_href) == (["u000"], "")
    assert names(asked(urlsplit(second.previous_href).query)) == names(first)
    assert "before" not in query_of(asked(urlsplit(second.previous_href).query).next_href)


def test_counts_stop_at_the_cap_and_are_exact_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "COUNT_CAP", 3)
    make([(0, None)] * 5)
    page = asked()
    assert (page.count, page.count_is_capped) == (4, True)
    exact = asked(urlsplit(page.exact_count_href).query)
    assert (exact.count, exact.count_is_capped) == (5, False)


def test_the_address_of_a_view_gives_the_same_view() -> None:
    make([(index % 3, "a") for index in range(7)])
    page = asked(f"role=sales&sort=-version&q=người&after={cursor()}")
    assert asked(urlsplit(page.here).query).here == page.here
    assert QueryDict(urlsplit(page.here).query).getlist("role") == ["sales"]


def test_a_cell_follows_its_path_and_tolerates_a_missing_link() -> None:
    make([(0, "a"), (0, None)])
    assert [row.cells[2] for row in asked("sort=username").rows] == [("text", "a"), ("text", None)]
