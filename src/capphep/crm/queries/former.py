"""Former codes and names, and those of merged customers: which unit of today is meant (D3)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Final

from django.db.models import QuerySet

from capphep.crm.models import CodeKind, Customer, CustomerCode
from capphep.pure import codes
from capphep.pure.errors import Invalid
from capphep.pure.folding import fold

_MOST: Final = 50
_BATCH: Final = 500


def formerly(text: str) -> dict[int, str]:
    """By the key of the customer, the former code or name that the text is exactly, accents or not.

    At most fifty, of whoever they are: the caller asks among those that the actor may know of.
    One statement, by the index.
    """
    keys = _keys(text)
    if not keys:
        return {}
    rows = CustomerCode.objects.filter(key__in=keys).order_by("-pk")
    return dict(rows.values_list("customer_id", "value")[:_MOST])


def _keys(text: str) -> set[str]:
    keys = {fold(text)}
    for normalised in (codes.budget_code, codes.tax_code):
        with suppress(Invalid):
            keys.add(normalised(text))
    return keys - {""}


def named(rows: QuerySet[Customer], budget_code: str) -> Customer | None:
    """RULE D3: the customer with this code, or the unit that had it before. At most two
    statements; a merged one is found itself."""
    return rows.filter(budget_code=budget_code).first() or unit_of_today(rows, budget_code)


def unit_of_today(rows: QuerySet[Customer], budget_code: str) -> Customer | None:
    """RULE D3: the unit of which the code is a former one."""
    kind = CodeKind.BUDGET_CODE
    return rows.filter(former_codes__kind=kind, former_codes__key=budget_code).first()


def codes_of_today(asked: Collection[str]) -> dict[str, str]:
    """RULE D3: of the codes that are former ones, also of merged customers, those of today.

    One statement for 500 codes.
    """
    found: dict[str, str] = {}
    ordered = sorted(asked)
    for start in range(0, len(ordered), _BATCH):
        rows = CustomerCode.objects.filter(
            kind=CodeKind.BUDGET_CODE, key__in=ordered[start : start + _BATCH]
        )
        found.update(rows.values_list("key", "customer__budget_code"))
    return found


def code_of_today(asked: str) -> str:
    """RULE D3: the code itself, or the one of today of which it is a former one. One statement."""
    return codes_of_today([asked]).get(asked, asked)


def codes_ever(customer_id: int) -> list[str]:
    """RULE D3: the code of today first, then all former ones: what is told under any of them
    concerns the unit. Two statements."""
    today = Customer.objects.filter(pk=customer_id).values_list("budget_code", flat=True)
    former = CustomerCode.objects.filter(customer=customer_id, kind=CodeKind.BUDGET_CODE)
    return [*today, *former.values_list("value", flat=True)]
