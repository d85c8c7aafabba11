"""Attaching and removing evidence files while a request is a draft (R7)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from capphep.platform import audit, files
from capphep.platform.roles import Actor
from capphep.provisioning.actions.locks import check_own, lock_own
from capphep.provisioning.models import Evidence
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
    check_own(actor, request_id, "send")
    stored = files.store(chunks)
    with transaction.atomic():
        request = lock_own(actor, request_id, "send")
        evidence, is_new = Evidence.objects.get_or_create(
            request=request,
            kind=kind,
            file=stored,
            defaults={"name": clean(name)[-_LONGEST_NAME:], "added_by_id": actor.pk},
        )
        if is_new:
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
