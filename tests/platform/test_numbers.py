"""Numbers under the pattern that an administrator chose."""

from __future__ import annotations

import datetime

import pytest

from capphep.platform import numbers
from capphep.platform.models import NumberSeries, User
from capphep.platform.option_actions import choose
from capphep.pure.errors import Invalid
from tests.plumbing.races import race

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 25)


def given() -> str:
    return numbers.next_number(numbers.ORDER, DAY)


def change(actor: User, pattern: str, seen: int = 0) -> None:
    option = numbers.FORMATS[numbers.ORDER]
    choose(actor=actor, option=option, seen_version=seen, typed=pattern)


def test_a_changed_pattern_counts_on_in_the_same_series(administrator: User) -> None:
    assert (given(), given()) == ("DH-2026-000001", "DH-2026-000002")
    change(administrator, "DH-{year}-{n:4}")
    assert given() == "DH-2026-0003"
    change(administrator, "HN{yy}-{n:5}", 1)
    assert (given(), given()) == ("HN26-00001", "HN26-00002")
    assert numbers.next_number(numbers.REQUEST, DAY) == "YC-2026-000001"


def test_without_a_year_it_never_begins_again(administrator: User) -> None:
    change(administrator, "DH.{n:6}")
    assert given() == "DH.000001"
    assert numbers.next_number(numbers.ORDER, datetime.date(2027, 1, 1)) == "DH.000002"


def test_a_wrong_pattern_is_refused(administrator: User) -> None:
    with pytest.raises(Invalid, match="capital letters"):
        change(administrator, "DH/{n:6}")


def test_the_screen_shows_what_the_next_one_looks_like(administrator: User) -> None:
    option = numbers.FORMATS[numbers.LICENCE]
    assert option.shown("GP-{year}-{n:6}").startswith("GP-{year}-{n:6} → GP-2")


def test_numbers_from_elsewhere_are_kept_under_any_pattern(administrator: User) -> None:
    change(administrator, "HN{yy}-{n:5}")
    year = datetime.date.today().year % 100
    numbers.reserve(["DH-2026-000007", f"HN{year:02d}-00009", "something else"])
    assert dict(NumberSeries.objects.values_list("series", "last")) == {
        "DH-2026": 7,
        f"HN{year:02d}": 9,
    }


def test_the_last_digits_mean_numbers_of_both_patterns(administrator: User) -> None:
    change(administrator, "HN{yy}-{n:5}")
    meant = numbers.may_mean(numbers.ORDER, "17", DAY)
    assert "HN26-00017" in meant
    assert "DH-2026-000017" in meant
    assert numbers.may_mean(numbers.ORDER, "x", DAY) == []


@pytest.mark.django_db(transaction=True)
def test_numbers_are_unique_while_the_pattern_changes(administrator: User) -> None:
    calls = [given, given, lambda: change(administrator, "DH-{year}-{n:4}"), given, given]
    outcomes = [one for one in race(calls) if one is not None]  # type: ignore[arg-type]
    assert len({int(str(one)[-4:]) for one in outcomes}) == 4
