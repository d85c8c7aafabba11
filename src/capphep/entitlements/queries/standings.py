"""Licences that somebody may see, what they say, and what they are worth on a day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Min, QuerySet

from capphep.catalog.models import Module, Resource
from capphep.entitlements import public_codes
from capphep.entitlements.licence_rules import LicenceState, licence_state
from capphep.entitlements.models import Grant, Licence, LicenceCause
from capphep.entitlements.queries.subscriptions import visible_subscriptions
from capphep.platform.roles import Actor
from capphep.pure.errors import NotFound, gettext_noop
from capphep.pure.months import Term


@dataclass(frozen=True, slots=True)
class Standing:
    """What a licence is worth on a day.

    ``successor`` is the subscription's latest licence where that is another one.
    """

    licence: Licence
    state: LicenceState
    withdrawn_from: datetime.date | None
    successor: Licence | None


@dataclass(frozen=True, slots=True)
class CertifiedLine:
    """One addition that a licence certifies, in the catalogue's words of today."""

    module: str
    resource: str
    unit: str
    quantity: int
    term: Term
    is_trial: bool
    request_no: str


def visible_licences(actor: Actor) -> QuerySet[Licence]:
    """The licences of the subscriptions that the actor may see, with what they name."""
    return licences_on_paper().filter(subscription__in=visible_subscriptions(actor).order_by())


def licences_on_paper() -> QuerySet[Licence]:
    """Every licence with what it names, without its signed file."""
    related = ("subscription__product", "subscription__customer__parent")
    return Licence.objects.select_related(*related).defer("file")


def licence_of(actor: Actor, licence_no: str) -> Licence:
    """Raises NotFound for one that does not exist or that the actor may not see."""
    found = visible_licences(actor).filter(licence_no=licence_no).first()
    if not found:
        raise licence_not_found()
    return found


def licence_by_code(typed: str) -> Licence:
    """The licence of a public address. Raises NotFound, whatever is wrong with the code."""
    code = public_codes.normal(typed)
    rows = licences_on_paper().filter(public_code=code)
    found = rows.first() if public_codes.is_code(code) else None
    if not found:
        raise licence_not_found()
    return found


def licence_not_found() -> NotFound:
    return NotFound("licence_not_found", gettext_noop("There is no such licence."))


def standings(licences: Iterable[Licence], day: datetime.date) -> list[Standing]:
    """RULE R14: what each is worth on the local day. Two statements."""
    asked = list(licences)
    subscriptions = {licence.subscription_id for licence in asked}
    latest = _latest(subscriptions)
    withdrawn = _withdrawn(subscriptions)
    return [
        _standing(licence, latest[licence.subscription_id], withdrawn.get(licence.request_no), day)
        for licence in asked
    ]


def _standing(
    licence: Licence, latest: Licence, withdrawn_from: datetime.date | None, day: datetime.date
) -> Standing:
    terms = [_term(certified) for certified in licence.content["grants"]]
    if licence.cause == LicenceCause.WITHDRAWAL and terms:
        # It certifies what was left when its request was withdrawn: that still counts.
        withdrawn_from = None
    is_superseded = latest.version > licence.version
    state = licence_state(terms, day, withdrawn_from=withdrawn_from, is_superseded=is_superseded)
    return Standing(licence, state, withdrawn_from, latest if is_superseded else None)


def _latest(subscriptions: Iterable[int]) -> dict[int, Licence]:
    rows = Licence.objects.filter(subscription__in=subscriptions).defer("content", "file")
    return {licence.subscription_id: licence for licence in rows.order_by("version")}


def _withdrawn(subscriptions: Iterable[int]) -> Mapping[str, datetime.date]:
    """From which day on the requests that were withdrawn no longer count."""
    withdrawals = Licence.objects.filter(
        subscription__in=subscriptions, cause=LicenceCause.WITHDRAWAL
    )
    taken_back = Grant.objects.filter(
        quantity__lt=0, request_no__in=withdrawals.values("request_no")
    )
    return dict(taken_back.values_list("request_no").annotate(from_day=Min("first_day")))


def certified_lines(licence: Licence) -> list[CertifiedLine]:
    """What the licence says, in the catalogue's order. Two statements."""
    grants: Sequence[Mapping[str, Any]] = licence.content["grants"]
    modules = {
        module.code: module
        for module in Module.objects.filter(product=licence.subscription.product)
    }
    codes = {certified["resource"] for certified in grants}
    resources = {each.code: each for each in Resource.objects.filter(code__in=codes)}

    def place(certified: Mapping[str, Any]) -> tuple[object, ...]:
        module = modules[certified["module"]]
        name = resources[certified["resource"]].name
        return module.position, module.pk, name, certified["first_day"], certified["last_day"]

    return [
        CertifiedLine(
            module=modules[certified["module"]].name,
            resource=resources[certified["resource"]].name,
            unit=resources[certified["resource"]].unit,
            quantity=certified["quantity"],
            term=_term(certified),
            is_trial=certified.get("trial", False),
            request_no=certified["request_no"],
        )
        for certified in sorted(grants, key=place)
    ]


def _term(certified: Mapping[str, Any]) -> Term:
    first, last = certified["first_day"], certified["last_day"]
    return Term(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))
