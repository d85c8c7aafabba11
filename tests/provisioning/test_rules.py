"""The rules of a licence request, by example and by property."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from capphep.entitlements.rules import Span
from capphep.provisioning.rules import (
    OrderedContent,
    PlannedLine,
    fingerprint,
    missing_evidence,
    module_lines,
    needs_evidence,
)
from capphep.provisioning.states import EvidenceKind, RequestKind
from capphep.provisioning.term_rules import Holdings, Timing

OFFICE, ACCOUNTING = 1, 2
USERS, BOOKS, STORAGE = 10, 20, 30


DAY = datetime.date(2026, 3, 15)
TIMING = Timing(RequestKind.ADD_ON, DAY)
LONG = (datetime.date(2026, 1, 1), datetime.date(2036, 12, 31))


def held(quantities: dict[tuple[int, int], int]) -> Holdings:
    """In force for a long time, by one request."""
    return Holdings(
        [
            Span(key, quantity, *LONG, "YC-2026-000012")
            for key, quantity in quantities.items()
            if quantity
        ]
    )


def totals(lines: list[PlannedLine]) -> list[tuple[int, int, list[tuple[int, int, int, int]]]]:
    return [
        (
            line.module_id,
            line.months,
            [(q.resource_id, q.base.quantity, q.added, q.total) for q in line.quantities],
        )
        for line in lines
    ]


def test_the_total_is_what_is_in_force_and_what_is_bought() -> None:
    lines = module_lines(
        [OrderedContent(OFFICE, USERS, 12, 50)], TIMING, held({(OFFICE, USERS): 100})
    )
    assert totals(lines) == [(OFFICE, 12, [(USERS, 100, 50, 150)])]
    assert lines[0].quantities[0].base.request_no == "YC-2026-000012"


def test_order_lines_for_one_resource_add_up_in_one_line() -> None:
    lines = module_lines(
        [OrderedContent(OFFICE, USERS, 12, 50), OrderedContent(OFFICE, USERS, 12, 20)],
        TIMING,
        held({}),
    )
    assert totals(lines) == [(OFFICE, 12, [(USERS, 0, 70, 70)])]


def test_a_module_with_two_resources_is_one_line() -> None:
    lines = module_lines(
        [OrderedContent(OFFICE, USERS, 12, 50), OrderedContent(OFFICE, STORAGE, 12, 5)],
        TIMING,
        held({}),
    )
    assert totals(lines) == [(OFFICE, 12, [(USERS, 0, 50, 50), (STORAGE, 0, 5, 5)])]


def test_a_second_term_of_one_resource_counts_on_top_of_the_first() -> None:
    lines = module_lines(
        [OrderedContent(OFFICE, USERS, 12, 50), OrderedContent(OFFICE, USERS, 24, 20)],
        TIMING,
        held({(OFFICE, USERS): 100}),
    )
    assert totals(lines) == [
        (OFFICE, 12, [(USERS, 100, 50, 150)]),
        (OFFICE, 24, [(USERS, 150, 20, 170)]),
    ]


contents = st.lists(
    st.builds(
        OrderedContent,
        st.sampled_from([OFFICE, ACCOUNTING]),
        st.sampled_from([USERS, BOOKS]),
        st.sampled_from([6, 12]),
        st.integers(1, 10_000),
    ),
    max_size=10,
)
known = st.dictionaries(
    st.tuples(st.sampled_from([OFFICE, ACCOUNTING]), st.sampled_from([USERS, BOOKS])),
    st.integers(0, 10_000),
)


@given(contents, known)
def test_nothing_bought_is_lost_and_nothing_is_invented(
    ordered: list[OrderedContent], bases: dict[tuple[int, int], int]
) -> None:
    lines = module_lines(ordered, TIMING, held(bases))
    assert sum(q.added for line in lines for q in line.quantities) == sum(
        content.added for content in ordered
    )
    reached = dict(bases)
    for line in lines:
        for quantity in line.quantities:
            key = (line.module_id, quantity.resource_id)
            assert quantity.base.quantity == reached.get(key, 0)
            reached[key] = quantity.total


def test_only_what_is_sold_has_to_be_proved() -> None:
    assert [kind for kind in RequestKind if not needs_evidence(kind)] == [
        RequestKind.TRIAL,
        RequestKind.INFO_CHANGE,
    ]


def test_both_kinds_of_evidence_are_asked_for_at_their_own_fields() -> None:
    assert [refusal.field for refusal in missing_evidence([])] == [
        "evidence-funding_decision",
        "evidence-commitment",
    ]
    assert [refusal.field for refusal in missing_evidence([EvidenceKind.COMMITMENT])] == [
        "evidence-funding_decision"
    ]
    assert not missing_evidence(list(EvidenceKind))


def test_the_fingerprint_changes_with_any_base_and_any_running_term() -> None:
    seen = [((OFFICE, USERS), 100, None), ((ACCOUNTING, BOOKS), 1, DAY)]
    assert fingerprint(seen) == fingerprint(list(seen))
    assert fingerprint(seen) != fingerprint([((OFFICE, USERS), 101, None), seen[1]])
    assert fingerprint(seen) != fingerprint([seen[0], ((ACCOUNTING, BOOKS), 1, None)])
