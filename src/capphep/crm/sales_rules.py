"""What makes an opportunity and a sales project valid ones: what was typed in, columns out."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from capphep.crm.customer_rules import long_text, required
from capphep.pure.cells import Raw
from capphep.pure.collation import vietnamese_key
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.folding import clean, fold
from capphep.pure.money import parse_dong
from capphep.pure.problems import Problems
from capphep.pure.vocabulary import other_words

_LONGEST_NAME: Final = 200
_LONGEST_CODE: Final = 30
_FIRST_DAY: Final = datetime.date(2000, 1, 1)
_LAST_DAY: Final = datetime.date(2099, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityInput:
    """A possible sale as typed. An empty amount is one that nobody knows yet."""

    name: str
    customer_id: int | None
    project_id: int | None = None
    expected_amount: Raw = ""
    expected_on: datetime.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectInput:
    """A sales campaign as typed; its code is kept in capitals."""

    code: str
    name: str
    first_day: datetime.date | None = None
    last_day: datetime.date | None = None
    note: str = ""


def opportunity_values(typed: OpportunityInput, problems: Problems) -> dict[str, object]:
    """RULE R10: the opportunity's own columns; what is wrong goes to ``problems``."""
    values: dict[str, object] = {
        "name": _name(typed.name, problems),
        "expected_amount": None,
        "expected_on": typed.expected_on,
        "note": long_text(typed.note, problems),
    }
    if clean(str(typed.expected_amount)):
        with problems.noted():
            values["expected_amount"] = parse_dong(typed.expected_amount, field="expected_amount")
    with problems.noted():
        check_day(typed.expected_on, "expected_on")
    return values


def project_values(typed: ProjectInput, problems: Problems) -> dict[str, object]:
    """The project's columns; what is wrong goes to ``problems``."""
    code = clean(typed.code).upper()
    if not code:
        problems.add(required("code"))
    elif len(code) > _LONGEST_CODE:
        problems.add(_too_long("code", _LONGEST_CODE))
    for field, day in (("first_day", typed.first_day), ("last_day", typed.last_day)):
        with problems.noted():
            check_day(day, field)
    with problems.noted():
        check_span(typed.first_day, typed.last_day)
    name = _name(typed.name, problems)
    return {
        "code": code,
        "name": name,
        "first_day": typed.first_day,
        "last_day": typed.last_day,
        "note": long_text(typed.note, problems),
        **project_keys(code, name),
    }


def project_keys(code: str, name: str) -> dict[str, str]:
    """The derived columns: what a search box finds the project by, and its place in order."""
    return {
        "search_key": " ".join([fold(f"{code} {name}"), *other_words(name)]),
        "sort_key": vietnamese_key(name),
    }


def check_span(first: datetime.date | None, last: datetime.date | None) -> None:
    """A campaign does not end before it begins. Raises Invalid project_ends_before."""
    if first and last and last < first:
        raise Invalid(
            "project_ends_before",
            gettext_noop("The last day, %(last)s, is before the first, %(first)s."),
            field="last_day",
            params={"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"},
        )


def check_day(day: datetime.date | None, field: str) -> None:
    """A day of this century. Raises Invalid day_out_of_range."""
    if day and not _FIRST_DAY <= day <= _LAST_DAY:
        raise Invalid(
            "day_out_of_range",
            gettext_noop("The day %(day)s cannot be right."),
            field=field,
            params={"day": f"{day:%d/%m/%Y}"},
        )


def opportunity_search_key(name: str, customer_key: str) -> str:
    """What a search box finds an opportunity by, without accents; the latter is `named_key`."""
    return f"{fold(name)} {customer_key}"


def opportunity_keys(name: str, customer_key: str) -> dict[str, str]:
    """The derived columns: what a search box finds it by, and its place in order."""
    return {
        "search_key": opportunity_search_key(name, customer_key),
        "sort_key": vietnamese_key(name),
    }


def _name(text: str, problems: Problems) -> str:
    name = clean(text)
    if not name:
        problems.add(required("name"))
    elif len(name) > _LONGEST_NAME:
        problems.add(_too_long("name", _LONGEST_NAME))
    return name


def _too_long(field: str, longest: int) -> Invalid:
    message = gettext_noop("At most %(max)s characters fit here.")
    return Invalid("too_long", message, field=field, params={"max": longest})
