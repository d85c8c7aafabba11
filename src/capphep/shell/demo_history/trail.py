"""The audit trail of the sample data, with the moments at which things happened."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from capphep.entitlements.models import Grant
from capphep.platform import audit_chain
from capphep.platform.audit import Change
from capphep.platform.audit_hash import settled
from capphep.platform.models import AuditEntry, User
from capphep.platform.origin import current
from capphep.provisioning.states import RequestStatus
from capphep.shell.demo_history.orders import OF_ORDER
from capphep.shell.demo_history.requests import begun_at
from capphep.shell.demo_history.sales import Sale


class _Told(NamedTuple):
    at: datetime.datetime
    actor: User
    change: Change


def write_trail(sales: Sequence[Sale]) -> None:
    """In the order of the moments. Nobody else can write an entry of the past: `audit.record`."""
    told = sorted((one for sale in sales for one in _of(sale)), key=lambda one: one.at)
    audit_chain.append([_entry(one) for one in told])


def _of(sale: Sale) -> Iterator[_Told]:
    yield _Told(
        sale.made_at, sale.seller, Change(sale.order, "created", after={"total": sale.order.total})
    )
    if sale.end:
        request = sale.request
        number = {"request_no": request.request_no}
        yield _Told(begun_at(sale), sale.seller, Change(request, "created", after=number))
        for evidence in sale.evidence:
            facts = {"kind": evidence.kind, "name": evidence.name, "sha256": evidence.file_id}
            yield _Told(
                evidence.added_at, sale.seller, Change(request, "evidence_added", after=facts)
            )
        yield from _sendings(sale)


def _sendings(sale: Sale) -> Iterator[_Told]:
    before, waiting = RequestStatus.DRAFT.value, RequestStatus.WAITING.value
    for number, wait in enumerate(sale.waits, start=1):
        yield from _moved(sale, wait.sent_at, sale.seller, "send", before, waiting)
        if wait.answered_at is None:
            return
        officer = sale.request.assigned_to
        assert officer is not None
        if number == len(sale.waits) and sale.decided_at:
            verb, after = ("approve" if sale.is_approved else "reject"), sale.request.status
        else:
            verb, after = "return", RequestStatus.RETURNED.value
        yield from _moved(sale, wait.answered_at, officer, verb, waiting, after)
        if verb == "approve":
            yield from _approved(sale, wait.answered_at, officer)
        before = after


def _moved(
    sale: Sale, at: datetime.datetime, actor: User, verb: str, before: str, after: str
) -> Iterator[_Told]:
    yield _Told(at, actor, Change(sale.request, verb, {"status": before}, {"status": after}))
    was, now = ({"licence_status": OF_ORDER[RequestStatus(one)]} for one in (before, after))
    yield _Told(at, actor, Change(sale.order, verb, was, now))


def _approved(sale: Sale, at: datetime.datetime, officer: User) -> Iterator[_Told]:
    licence, request = sale.licence, sale.request
    assert licence is not None
    subscription = licence.subscription
    granted = {
        "request_no": request.request_no,
        "version": licence.version,
        "grants": [_in_words(grant) for grant in sale.grants],
    }
    yield _Told(at, officer, Change(subscription, "granted", after=granted))
    noted = {
        "customer": str(sale.customer),
        "product": str(subscription.product),
        "request_no": request.request_no,
    }
    if sale.account:
        yield _Told(at, officer, Change(sale.account, "account_noted", after=noted))
    issued = {"licence_no": licence.licence_no}
    yield _Told(at, officer, Change(subscription, "licence_issued", after=issued))


def _in_words(grant: Grant) -> str:
    return f"{grant.module.name} – {grant.resource.name} {grant.quantity:+} ({grant.source})"


def _entry(told: _Told) -> AuditEntry:
    change = told.change
    return AuditEntry(
        at=told.at,
        actor_id=told.actor.pk,
        actor_name=told.actor.full_name,
        origin=current(),
        verb=change.verb,
        subject_type=change.subject._meta.model_name or "",
        subject_id=change.subject.pk,
        subject_no=str(change.subject)[:150],
        before=settled(change.before),
        after=settled(change.after),
    )
