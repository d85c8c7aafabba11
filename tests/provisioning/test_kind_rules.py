"""R8: which kind an order leads to, and who may try a product."""

from __future__ import annotations

import datetime

import pytest

from capphep.catalog.kinds import OrderPurpose, PackageKind
from capphep.crm.rules import Ownership, ownership
from capphep.provisioning.kind_rules import check_first_day, check_trial, request_kind
from capphep.provisioning.states import RequestKind
from capphep.pure.errors import Invalid

SALE, RENEWAL = OrderPurpose.SALE, OrderPurpose.RENEWAL
BASE, ADD_ON = PackageKind.BASE, PackageKind.ADD_ON
DAY = datetime.date(2026, 3, 15)
NEVER = Ownership()
IN_FORCE = Ownership(until=datetime.date(2026, 12, 31))
LAPSED = Ownership(ended_on=datetime.date(2025, 12, 31))
LATER = Ownership(begins_on=datetime.date(2026, 8, 1))


def days(*texts: str) -> list[tuple[datetime.date, datetime.date]]:
    """ "2026-01-01 2026-12-31" as first and last day."""
    ends = [[datetime.date.fromisoformat(part) for part in text.split()] for text in texts]
    return [(first, last) for first, last in ends]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], NEVER),
        (["2026-01-01 2026-12-31"], IN_FORCE),
        (["2026-03-15 2026-12-31"], IN_FORCE),
        (["2025-01-01 2025-12-31"], LAPSED),
        (["2026-08-01 2027-07-31"], LATER),
        (
            ["2025-01-01 2025-12-31", "2026-08-01 2027-07-31"],
            Ownership(begins_on=LATER.begins_on, ended_on=LAPSED.ended_on),
        ),
        (
            ["2026-01-01 2026-03-15", "2026-08-01 2027-07-31"],
            Ownership(until=DAY, begins_on=LATER.begins_on),
        ),
    ],
)
def test_ownership_is_seen_from_a_day(spans: list[str], expected: Ownership) -> None:
    assert ownership(days(*spans), DAY) == expected


@pytest.mark.parametrize(
    ("packages", "purpose", "owned", "kind"),
    [
        ({BASE}, SALE, NEVER, RequestKind.NEW),
        ({BASE}, SALE, LAPSED, RequestKind.NEW),
        ({ADD_ON}, SALE, IN_FORCE, RequestKind.ADD_ON),
        ({BASE, ADD_ON}, RENEWAL, IN_FORCE, RequestKind.RENEWAL),
        ({ADD_ON}, RENEWAL, LAPSED, RequestKind.RENEWAL),
    ],
)
def test_the_kind_follows_from_the_order_and_the_subscription(
    packages: set[PackageKind], purpose: str, owned: Ownership, kind: RequestKind
) -> None:
    assert request_kind(packages, purpose=purpose, owned=owned) == kind


@pytest.mark.parametrize(
    ("packages", "purpose", "owned", "code", "word"),
    [
        ({ADD_ON}, SALE, NEVER, "no_subscription", "new sale"),
        ({ADD_ON}, SALE, LAPSED, "no_subscription", "renew"),
        ({ADD_ON}, SALE, LATER, "no_subscription", "01/08/2026"),
        ({BASE}, SALE, IN_FORCE, "already_owned", "renew"),
        ({BASE}, SALE, LATER, "begins_later", "01/08/2026"),
        ({BASE}, RENEWAL, NEVER, "nothing_to_renew", "renew"),
        ({BASE}, RENEWAL, LATER, "nothing_to_renew", "renew"),
    ],
)
def test_an_order_that_does_not_fit_the_subscription_is_refused(
    packages: set[PackageKind], purpose: str, owned: Ownership, code: str, word: str
) -> None:
    with pytest.raises(Invalid, match=word) as refused:
        request_kind(packages, purpose=purpose, owned=owned)
    assert (refused.value.code, refused.value.rule) == (code, "R8")


@pytest.mark.parametrize("owned", [NEVER, LAPSED])
def test_who_does_not_have_the_product_may_try_it(owned: Ownership) -> None:
    check_trial("iGOV", owned=owned, trial=LAPSED)


@pytest.mark.parametrize(
    ("owned", "trial", "code", "word"),
    [
        (IN_FORCE, NEVER, "already_owned", "until 31/12/2026: order add-on"),
        (LATER, NEVER, "begins_later", "begins on 01/08/2026"),
        (NEVER, IN_FORCE, "trial_running", "on trial until 31/12/2026"),
        (NEVER, LATER, "trial_running", "begins on 01/08/2026"),
    ],
)
def test_a_trial_is_refused_to_who_has_the_product_or_tries_it(
    owned: Ownership, trial: Ownership, code: str, word: str
) -> None:
    with pytest.raises(Invalid, match=word) as refused:
        check_trial("iGOV", owned=owned, trial=trial)
    assert (refused.value.code, refused.value.rule) == (code, "R8")
    assert "iGOV" in str(refused.value)


def test_on_the_first_day_of_an_addition_there_is_something_to_add_to() -> None:
    check_first_day(RequestKind.ADD_ON, IN_FORCE, DAY)
    check_first_day(RequestKind.NEW, NEVER, DAY)
    with pytest.raises(Invalid, match="On 15/03/2026") as refused:
        check_first_day(RequestKind.ADD_ON, LAPSED, DAY)
    assert (refused.value.code, refused.value.field) == ("lapsed_by_then", "start_on")
