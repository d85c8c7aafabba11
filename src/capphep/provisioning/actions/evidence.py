"""Attaching and removing evidence files while a request may be edited (R7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from capphep.platform import audit, clock, files, rows, versions
from capphep.platform.prepared import prepared
from capphep.platform.roles import Actor
from capphep.provisioning.actions.locks import check_own, lock_own
from capphep.provisioning.evidence_rules import check_issued_on
from capphep.provisioning.models import Evidence, LicenceRequest
from capphep.provisioning.states import EvidenceKind
from capphep.pure.errors import NotFound, gettext_noop
from capphep.pure.folding import clean

_LONGEST_NAME = 255


def attach_evidence(
    *, actor: Actor, request_id: int, kind: EvidenceKind, name: str, chunks: Iterable[bytes]
) -> Evidence:
    """RULE R7: keep the file and attach it under its own name; the same file once per kind.

    The bytes are received and read before the transaction begins: nobody waits for them.
    Raises Invalid ``file_empty``, ``file_too_large``, ``file_type`` or ``file_broken``.
    """
    check_own(actor, request_id, "send", alone=True)
    stored = files.store(chunks)
    with transaction.atomic():
        request = lock_own(actor, request_id, "send", alone=True)
        evidence = Evidence(
            request=request,
            kind=kind,
            file=stored,
            name=clean(name)[-_LONGEST_NAME:],
            added_by_id=request.created_by_id,
        )
        if not rows.insert_new(evidence):
            return request.evidence.get(kind=kind, file=stored)
        facts = {"kind": kind.value, "name": evidence.name, "sha256": stored.sha256}
        audit.record(actor, [audit.Change(request, "evidence_added", after=facts)])
    return evidence


@transaction.atomic
def remove_evidence(*, actor: Actor, request_id: int, evidence_id: int) -> None:
    """Take a file off a draft. Its bytes stay: the audit trail names them."""
    request = lock_own(actor, request_id, "send")
    evidence = request.evidence.filter(pk=evidence_id).first()
    if not evidence:
        raise NotFound("file_not_found", gettext_noop("There is no such file."))
    facts = {"kind": evidence.kind, "name": evidence.name, "sha256": evidence.file_id}
    evidence.delete()
    audit.record(actor, [audit.Change(request, "evidence_removed", before=facts)])


@transaction.atomic
def describe_decision(
    *,
    actor: Actor,
    request_id: int,
    evidence_id: int,
    seen_version: int,
    values: Mapping[str, Any],
) -> Evidence:
    """Keep what a funding decision says of itself: number, issued_on, issuer, amount.

    Any of them may be missing. Raises Invalid ``decision_in_future``, `versions.Stale`,
    NotFound for a file that is no decision of this request.
    """
    request = lock_own(actor, request_id, "send")
    evidence = decision_of(request, evidence_id)
    check_issued_on(values["issued_on"], clock.today())
    before, after = versions.write(evidence, seen_version, values, actor)
    if after:
        file = {"kind": evidence.kind, "name": evidence.name}
        change = audit.Change(request, "evidence_described", before, {**file, **after})
        audit.record(actor, [change])
    return evidence


def decision_of(request: LicenceRequest, evidence_id: int) -> Evidence:
    """The funding decision among the request's files. Raises NotFound."""
    decisions = request.evidence.filter(kind=EvidenceKind.FUNDING_DECISION)
    found = decisions.select_related("file__text", "updated_by").filter(pk=evidence_id).first()
    if not found:
        raise NotFound("file_not_found", gettext_noop("There is no such file."))
    return found


def copy_evidence(source: LicenceRequest, target: LicenceRequest) -> None:
    """Give ``target`` the files of ``source``, with what was typed about them."""
    kept = ("kind", "file_id", "name", "number", "issued_on", "issuer", "amount", "added_by_id")
    Evidence.objects.bulk_create(
        Evidence(request=target, **{field: getattr(evidence, field) for field in kept})
        for evidence in source.evidence.order_by("id")
    )


def frozen_evidence(request: LicenceRequest) -> list[dict[str, object]]:
    """RULE R7: the evidence as it is sent, to be kept with that sending. One statement.

    One entry a file: id, kind, name, sha256, size (bytes), content_type, number, issued_on
    (ISO day or None), issuer, amount (whole đồng or None).
    """
    return [frozen(evidence) for evidence in _evidence(request.pk)]


@prepared
def _evidence(request_id: int) -> QuerySet[Evidence]:
    return (
        Evidence.objects.filter(request_id=request_id).select_related("file").order_by("kind", "id")
    )


def frozen(evidence: Evidence) -> dict[str, object]:
    """One entry of `frozen_evidence`."""
    return {
        "id": evidence.pk,
        "kind": evidence.kind,
        "name": evidence.name,
        "sha256": evidence.file_id,
        "size": evidence.file.size,
        "content_type": evidence.file.content_type,
        "number": evidence.number,
        "issued_on": evidence.issued_on.isoformat() if evidence.issued_on else None,
        "issuer": evidence.issuer,
        "amount": evidence.amount,
    }
