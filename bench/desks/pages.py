"""What is looked at: each list in its ways, the search, the palette, the dashboards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
LISTS: Final[Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]]] = {
    # where, how it is narrowed, by what it is sorted
    "orders": ("/crm/orders/", ("status=approved", "status=pending"), ("total", "order_no")),
    "customers": ("/crm/customers/", ("kind=committee",), ("name", "budget_code")),
    "requests": ("/requests/", ("status=waiting", "status=rejected"), ()),
    "queue": ("/ims/requests/", (), ()),
    "subscriptions": ("/ims/subscriptions/", (), ()),
}


def pages(deep: Mapping[str, str], codes: tuple[str, ...]) -> Iterator[Page]:
    """``deep`` are the cursors of page 1,000, by list; ``codes`` those of one sale each."""
    for name, (path, filters, sorts) in LISTS.items():
        who = "officer0" if name == "queue" else "manager"
        yield Page(f"{name}: first page", "list", who, [path])
        if name != "queue":
            yield Page(f"{name}: a team's", "list", "seller0", [path])
        if name in deep:
            yield Page(f"{name}: page 1,000", "list", who, [f"{path}?after={deep[name]}"])
        if filters:
            yield Page(f"{name}: filtered", "list", who, [f"{path}?{x}" for x in filters])
        if sorts:
            ways = [f"{path}?sort={sign}{key}" for key in sorts for sign in ("", "-")]
            yield Page(f"{name}: sorted", "list", who, ways)
        yield Page(f"{name}: exact code", "search", who, [f"{path}?q={x}" for x in codes])
        for kind, words in WORDS.items():
            yield Page(f"{name}: {kind}", "search", who, [f"{path}?q={x}" for x in words])
    yield Page("home", "dashboard", "manager", ["/"])
