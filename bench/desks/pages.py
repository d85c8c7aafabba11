"""What is looked at: each list in its ways, the search, the palette, dashboards and reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench.desks.asking import Page
from bench.desks.names import RARE

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "folded name": ("truong tieu hoc tan hoa", "tram y te xa phu loi", "ubnd xa an thanh"),
    "with accents": ("Trường Mầm non Vĩnh Long", "UBND phường Bình An"),
    "rare words": (RARE, RARE.lower(), "ko nia dak"),
    "common words": ("truong", "tan", "xã", "tieu hoc"),
    "nonsense": ("zzyzx", "qwerty uiop", "truong zzyzx"),
}


@dataclass(frozen=True, slots=True)
class List:
    """A list, and the ways in which it is asked, as query strings.

    ``source`` is its name in settings.LISTS; ``deep`` the orders in which page 1,000 is asked.
    """

    name: str
    source: str
    path: str
    narrowed: Sequence[str] = ()
    sorts: Sequence[str] = ()
    deep: Sequence[str] = ("",)
    who: str = "manager"
    teams: bool = True


LISTS: Final = (
    List(
        "orders",
        "crm.orders",
        "/crm/orders/",
        narrowed=("status=approved", "status=pending"),
        sorts=("total", "order_no"),
        deep=("", "sort=-total"),
    ),
    List(
        "customers",
        "crm.customers",
        "/crm/customers/",
        narrowed=("kind=committee",),
        sorts=("name", "budget_code"),
        deep=("", "sort=name"),
    ),
    List(
        "requests",
        "provisioning.requests",
        "/requests/",
        narrowed=("status=waiting", "status=rejected"),
    ),
    List(
        "queue",
        "ims.queue",
        "/ims/requests/",
        deep=("status=approved", "status=all"),
        who="officer0",
        teams=False,
    ),
    List("subscriptions", "ims.subscriptions", "/ims/subscriptions/"),
)
BOXES: Final[Mapping[str, str]] = {"palette": "/search/suggestions", "search page": "/search"}
REPORTS: Final = (
    *("orders/", "orders/?by=province", "orders/?by=salesperson&period=24m", "leads/"),
    *("granted/", "ending/", "usage/", "answers/"),
)


def pages(deep: Mapping[str, Sequence[str]], codes: Sequence[str]) -> Iterator[Page]:
    """``deep`` are the queries of page 1,000, by list; ``codes`` those of one sale each."""
    for each in LISTS:
        yield from _in_its_ways(each, deep[each.name])
        yield from _searched(each.name, each.path, each.who, codes)
    for name, path in BOXES.items():
        yield from _searched(name, path, "manager", codes)
    yield Page("a seller's palette", "search", "seller0", _asked(BOXES["palette"], _all_words()))
    yield Page("home of a manager", "dashboard", "manager", ["/"])
    yield Page("home of a seller", "dashboard", "seller0", ["/"])
    yield Page("home of an officer", "dashboard", "officer0", ["/"])
    for report in REPORTS:
        yield Page(f"report {report}", "report", "manager", [f"/reports/{report}"])


def _in_its_ways(each: List, deep: Sequence[str]) -> Iterator[Page]:
    name, path, who = each.name, each.path, each.who
    yield Page(f"{name}: first page", "list", who, [path])
    if each.teams:
        yield Page(f"{name}: a team's", "list", "seller0", [path])
    yield Page(f"{name}: page 1,000", "list", who, [f"{path}?{query}" for query in deep])
    if each.narrowed:
        yield Page(f"{name}: filtered", "list", who, [f"{path}?{x}" for x in each.narrowed])
    if each.sorts:
        ways = [f"{path}?sort={sign}{key}" for key in each.sorts for sign in ("", "-")]
        yield Page(f"{name}: sorted", "list", who, ways)


def _searched(name: str, path: str, who: str, codes: Sequence[str]) -> Iterator[Page]:
    for kind, texts in {"exact code": codes, **WORDS}.items():
        yield Page(f"{name}: {kind}", "search", who, _asked(path, texts))


def _asked(path: str, texts: Sequence[str]) -> list[str]:
    return [f"{path}?q={text}" for text in texts]


def _all_words() -> list[str]:
    return [text for texts in WORDS.values() for text in texts]
