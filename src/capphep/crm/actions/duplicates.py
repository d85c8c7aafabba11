"""One unit, entered once: the warning before it is entered twice, and what becomes of pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from capphep.crm.duplicate_rules import NOTHING_SEEN, Confirmed
from capphep.crm.models import Alike, Customer, DuplicatePair
from capphep.crm.queries.duplicates import Likeness, alike, keys_of, pair_of
from capphep.platform import audit
from capphep.platform.roles import SYSTEM, Actor, Permission, require
from capphep.pure.errors import Conflict, Invalid, gettext_noop
from capphep.pure.folding import clean

COMPARED: Final = frozenset({"name", "tax_code", "province", "commune"})
_LONGEST: Final = 300
# A tax code that hundreds share is nobody's own: the first of them tell enough.
_LARGEST_GROUP: Final = 20


class PossibleDuplicates(Conflict):
    """RULE D1: these customers may be the same unit; look, and say so when they are not.

    With the field ``duplicate_reason`` where that was said, and not why.
    """

    def __init__(self, found: Sequence[Likeness], field: str = "") -> None:
        first = found[0].customer
        message = gettext_noop("May be the same unit as “%(name)s” (%(code)s).")
        if field:
            message = gettext_noop(
                "Say why another unit has the tax code of “%(name)s” (%(code)s)."
            )
        params = {"name": first.name, "code": first.budget_code}
        super().__init__("possible_duplicate", message, rule="D1", field=field, params=params)
        self.found = found

    @property
    def codes(self) -> list[str]:
        """The budget codes to confirm."""
        return [one.customer.budget_code for one in self.found]


def check_alike(
    values: Mapping[str, Any], before: Customer | None, confirmed: Confirmed
) -> list[Likeness]:
    """RULE D1: who may be the same unit, all of them seen and confirmed by the person.

    An edit that leaves name, place and tax code as they are asks nothing. Raises
    `PossibleDuplicates`, also where a tax code is the same and nobody says why.
    """
    if before is not None and all(getattr(before, name) == values[name] for name in COMPARED):
        return []
    found = alike(**keys_of(values), apart_from=before.pk if before else 0)
    if any(one.customer.budget_code not in confirmed.codes for one in found):
        raise PossibleDuplicates(found)
    if any(one.alike == Alike.TAX_CODE for one in found) and not clean(confirmed.reason):
        raise PossibleDuplicates(found, field="duplicate_reason")
    return found


def note_pairs(
    actor: Actor, customer: Customer, found: Sequence[Likeness], confirmed: Confirmed
) -> None:
    """Keep for who looks after the customers what was entered all the same."""
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(
                first_id=min(customer.pk, one.customer.pk),
                second_id=max(customer.pk, one.customer.pk),
                alike=one.alike,
                reason=clean(confirmed.reason)[:_LONGEST],
                noted_by_id=actor.pk,
            )
            for one in found
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def dismiss_pair(*, actor: Actor, pair_id: int, reason: str) -> DuplicatePair:
    """*Không trùng*: both are units of their own; nobody is asked about the two again.

    Raises Forbidden, NotFound, Invalid ``reason_required``.
    """
    require(actor, Permission.CUSTOMER_MERGE)
    pair = pair_of(actor, pair_id)
    why = clean(reason)[:_LONGEST]
    if not why:
        raise Invalid("reason_required", gettext_noop("Give the reason."), field="reason")
    if not DuplicatePair.objects.filter(pk=pair.pk, is_open=True).update(
        is_open=False, dismiss_reason=why
    ):
        message = gettext_noop("Somebody else has judged this pair meanwhile.")
        raise Conflict("changed_meanwhile", message)
    audit.record(
        actor,
        [
            audit.Change(one, "duplicate_dismissed", after={"customer": str(other), "reason": why})
            for one, other in ((pair.first, pair.second), (pair.second, pair.first))
        ],
    )
    return pair


def find_pairs() -> int:
    """RULE D1: note every pair of active customers that look alike, from before anybody asked.

    Two statements over the table, and some for each group that looks alike. Safe to run again:
    a pair that was judged is not noted anew. Returns how many are new.
    """
    before = DuplicatePair.objects.count()
    for column in ("tax_code", "name_key"):
        rows = Customer.objects.filter(is_active=True).exclude(**{column: ""}).order_by()
        groups = rows.values(column).annotate(members=Count("pk")).filter(members__gt=1)
        for key in groups.values_list(column, flat=True).iterator(chunk_size=1000):
            _note_group(rows.filter(**{column: key}).order_by("pk"))
    return DuplicatePair.objects.count() - before


def _note_group(customers: QuerySet[Customer]) -> None:
    for customer in customers[:_LARGEST_GROUP]:
        keys = {name: getattr(customer, name) for name in ("tax_code", "name_key", "place_key")}
        note_pairs(SYSTEM, customer, alike(**keys, apart_from=customer.pk), NOTHING_SEEN)


def close_pairs(gone: Customer, kept: Customer) -> None:
    """Of a merged customer nobody has to judge anything more."""
    DuplicatePair.objects.filter(Q(first=gone) | Q(second=gone), is_open=True).update(
        is_open=False, dismiss_reason=str(kept)[:_LONGEST]
    )
