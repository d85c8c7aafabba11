"""What checks read, as the grants say it has to be; and many checks at once."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Value

from capphep.catalog.models import ItemContent, Module, TrialDefault
from capphep.crm.queries.customers import visible_customers
from capphep.crm.queries.former import codes_of_today
from capphep.entitlements import check_rules
from capphep.entitlements.check_rules import Answer, Document
from capphep.entitlements.models import CheckDocument, Subscription, Usage
from capphep.entitlements.queries.gauges import EVERYTHING, Within
from capphep.entitlements.queries.grants import Granted
from capphep.platform.roles import Actor

_CODE: Final = re.compile(r"[0-9]{7}")
NOTHING: Final = "{}"
"""The document of a subscription to which nothing was ever granted."""


def check_document(subscription: Subscription, granted: Granted) -> CheckDocument:
    """The row that checks of this subscription are answered from; not saved.

    Its customer and product are at hand.
    """
    return CheckDocument(
        subscription=subscription,
        customer_id=subscription.customer_id,
        product_id=subscription.product_id,
        budget_code=subscription.customer.budget_code,
        product_code=check_rules.flag_code(subscription.product.code),
        version=subscription.version,
        document=check_rules.document(granted.spans[subscription.pk], granted.codes),
    )


# --- many at once --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a customer may use what a flag names (``igov.office.users``), and ``more`` of it."""

    budget_code: str
    flag: str
    more: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What is answered to a question.

    ``unknown`` names what there is not, or not for who asks: customer_unknown or flag_unknown.
    ``in_use`` is what the product reported last, None where it never did or nobody asked.
    """

    answer: Answer
    unknown: str = ""
    in_use: int | None = None
    is_allowed: bool | None = None


def check_many(
    actor: Actor,
    questions: Sequence[Question],
    day: datetime.date,
    within: Within = EVERYTHING,
) -> list[Checked]:
    """The answers for the local day, in the order of the questions.

    RULE D3: a former code, also that of a merged customer, is answered like the one of today.
    At most nine statements, however many are asked, seven where nobody asks by a former code.
    ``more`` would be allowed where what is in use and it are together no more than what is in
    force; what was never reported counts as none.
    """
    asked = {each.budget_code for each in questions if _CODE.fullmatch(each.budget_code)}
    customers = _customers(actor, asked, within)
    today = codes_of_today(asked - customers)
    if today:
        customers |= _customers(actor, today.values(), within)
    codes = {today.get(code, code) for code in asked}
    known = _Known(
        today=today,
        customers=customers,
        flags=_flags(within),
        documents=_documents(codes, within),
        usage=_usage(codes, questions),
    )
    return [known.checked(question, day.isoformat()) for question in questions]


@dataclass(frozen=True, slots=True)
class _Known:
    today: Mapping[str, str]
    customers: Collection[str]
    flags: Collection[str]
    documents: Mapping[tuple[str, str], Document]
    usage: Mapping[tuple[str, str], int]

    def checked(self, question: Question, day: str) -> Checked:
        product, _, flag = question.flag.partition(".")
        customer = self.today.get(question.budget_code, question.budget_code)
        found = self.documents.get((customer, product), {})
        answer = check_rules.answer(found.get(flag), day)
        if customer not in self.customers:
            return Checked(Answer(0, ""), "customer_unknown")
        if flag not in found and question.flag not in self.flags:
            return Checked(Answer(0, ""), "flag_unknown")
        if question.more is None or "." not in flag:
            return Checked(answer)
        in_use = self.usage.get((customer, question.flag))
        is_allowed = (in_use or 0) + question.more <= answer.quantity
        return Checked(answer, in_use=in_use, is_allowed=is_allowed)


def _customers(actor: Actor, codes: Collection[str], within: Within) -> set[str]:
    customers = visible_customers(actor).filter(budget_code__in=codes, merged_into=None)
    if within.customer_id is not None:
        customers = customers.filter(pk=within.customer_id)
    return set(customers.values_list("budget_code", flat=True))


def _flags(within: Within) -> set[str]:
    """All that the catalogue knows, with the product."""
    names = "module__product", "module__product__code", "module__code", "resource__code"
    rows = [
        *Module.objects.values_list("product", "product__code", "code", Value("")),
        *ItemContent.objects.values_list(*names).distinct(),
        *TrialDefault.objects.values_list(*names),
    ]
    return {
        _flag(product, module, resource)
        for product_id, product, module, resource in rows
        if within.product_id in (None, product_id)
    }


def _flag(product: str, module: str, resource: str) -> str:
    return f"{check_rules.flag_code(product)}.{check_rules.flag_name(module, resource)}"


def _documents(codes: Collection[str], within: Within) -> dict[tuple[str, str], Document]:
    rows = CheckDocument.objects.filter(budget_code__in=codes)
    if within.product_id is not None:
        rows = rows.filter(product=within.product_id)
    return {
        (row.budget_code, row.product_code): json.loads(row.document)
        for row in rows.only("budget_code", "product_code", "document")
    }


def _usage(codes: Collection[str], questions: Iterable[Question]) -> dict[tuple[str, str], int]:
    """By customer and flag. Nothing is read where nobody asks for more."""
    if all(question.more is None for question in questions):
        return {}
    rows = Usage.objects.filter(subscription__customer__budget_code__in=codes)
    return {
        (budget_code, _flag(product, module, resource)): in_use
        for budget_code, product, module, resource, in_use in rows.values_list(
            F("subscription__customer__budget_code"),
            F("subscription__product__code"),
            F("module__code"),
            F("resource__code"),
            "in_use",
        )
    }
