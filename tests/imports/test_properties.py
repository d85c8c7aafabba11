"""Whatever the cells hold: every row is counted once, and nothing raises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from capphep.crm.imports.customer_rows import SHEET as CUSTOMERS
from capphep.crm.imports.customers import import_customers
from capphep.crm.imports.governing import refused_parents
from capphep.crm.imports.rows import SheetRow
from capphep.entitlements.imports import SHEET as LINES
from capphep.entitlements.imports import import_subscription_lines
from capphep.platform.roles import SYSTEM
from tests.factories import SmallCatalogue
from tests.imports.books import line, unit

# Few codes, so that rows repeat each other, and govern each other in circles.
CODES = [f"100000{digit}" for digit in range(6)]
ODD_CELLS = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=True, allow_infinity=True),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(["=1+1", "\x00", "\ud800", " ", "Liên bang", "0101243151", "x" * 400]),
)


def rows_of(good: Any, columns: Any) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Good rows, of which some have some cells spoilt."""
    spoilt = st.dictionaries(st.sampled_from(sorted(columns)), ODD_CELLS, max_size=2)
    row = st.builds(lambda one, wrong: one | wrong, good, st.one_of(st.just({}), spoilt))
    return st.lists(row, max_size=12)


UNITS = rows_of(
    st.builds(
        unit,
        st.sampled_from(CODES),
        st.sampled_from(["UBND Xã A", "UBND Xã B"]),
        parent=st.sampled_from(["", *CODES, "9999999"]),
        full_name=st.sampled_from(["", "An", "Bình"]),
    ),
    CUSTOMERS.columns,
)
SUBSCRIPTIONS = rows_of(
    st.builds(
        line,
        st.sampled_from([*CODES, "9999999"]),
        st.sampled_from(["YC-2026-000001", "YC-2026-000002"]),
        quantity=st.sampled_from([1, 50]),
    ),
    LINES.columns,
)


def numbered(rows: list[dict[str, Any]]) -> list[SheetRow]:
    return [SheetRow(number, cells) for number, cells in enumerate(rows, 2)]


class AnyRows(TestCase):
    @settings(max_examples=80, suppress_health_check=list(HealthCheck))
    @given(UNITS, UNITS, SUBSCRIPTIONS)
    def test_any_mix_of_rows_is_counted_row_by_row_and_never_raises(
        self,
        first: list[dict[str, Any]],
        second: list[dict[str, Any]],
        lines: list[dict[str, Any]],
    ) -> None:
        SmallCatalogue()
        for rows in (first, second, second):
            people = import_customers(actor=SYSTEM, rows=numbered(rows))
            entered = people.created + people.updated + people.unchanged
            assert entered + len(people.rejected) == len(rows)
            assert all(row.reasons for row in people.rejected)
        assert people.created == people.updated == 0
        for expected_new in (None, 0):
            found = import_subscription_lines(
                actor=SYSTEM, rows=numbered(lines), issued_here=lambda numbers: []
            )
            assert found.created + found.unchanged + len(found.rejected) == len(lines)
            assert expected_new is None or found.created == expected_new


CODE = st.sampled_from("abcdefgh")


@pytest.mark.once
@given(st.dictionaries(CODE, st.sampled_from(["", *"abcdefghz"])), st.dictionaries(CODE, CODE))
def test_what_is_left_after_judging_parents_has_known_parents_and_no_circle(
    stated: dict[str, str], there: dict[str, str]
) -> None:
    existing: dict[str, str | None] = {}
    for code, parent in there.items():
        # What exists is a forest: a unit is governed by an earlier one only.
        existing[code] = parent if parent < code and parent in there else None
    refused = refused_parents(stated, existing)
    left = {code: parent for code, parent in stated.items() if code not in refused}
    for start in left:
        seen: list[str] = []
        at: str | None = start
        while at:
            assert at in left or at in existing
            assert at not in seen
            seen.append(at)
            at = left.get(at) or existing.get(at)
    assert all(stated[code] for code in refused)
