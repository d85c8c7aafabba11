"""Files of a data subject's request: proof of who asks, what was handed over (R7, R13)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import transaction

from capphep.platform import audit, files, rows
from capphep.platform.models import User
from capphep.platform.roles import Actor, Permission, require
from capphep.privacy.actions.register import locked, require_open
from capphep.privacy.models import SubjectRequest, SubjectRequestFile
from capphep.privacy.queries import file_of, request_of
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.folding import clean

MOST_FILES: Final = 20
_LONGEST_NAME: Final = 255


def attach_file(
    *, actor: User, request_id: int, name: str, chunks: Iterable[bytes]
) -> SubjectRequestFile:
    """Keep a file with the request, once; also with an answered one, whose answer may be signed.

    The bytes are received and read before the transaction begins. Raises Forbidden, NotFound;
    Invalid ``too_many_files`` and what `platform.files.store` raises.
    """
    require(actor, Permission.PRIVACY_WRITE)
    request_of(actor, request_id)
    stored = files.store(chunks)
    with transaction.atomic():
        request = locked(actor, request_id)
        if request.files.count() >= MOST_FILES:
            message = gettext_noop("A request has %(most)s files at most.")
            raise Invalid("too_many_files", message, field="file", params={"most": MOST_FILES})
        kept = SubjectRequestFile(
            request=request,
            file=stored,
            name=clean(name)[-_LONGEST_NAME:] or stored.sha256[:12],
            added_by_id=actor.pk,
        )
        if not rows.insert_new(kept):
            return request.files.get(file=stored)
        facts = {"name": kept.name, "sha256": stored.sha256}
        audit.record(actor, [audit.Change(request, "evidence_added", after=facts)])
    return kept


@transaction.atomic
def remove_file(*, actor: Actor, file_id: int) -> SubjectRequest:
    """Take a file off an open request; its bytes stay, the audit trail names them.

    Raises Forbidden, NotFound; Conflict ``request_ended``.
    """
    require(actor, Permission.PRIVACY_WRITE)
    kept = file_of(actor, file_id)
    request = locked(actor, kept.request_id)
    require_open(request)
    facts = {"name": kept.name, "sha256": kept.file_id}
    kept.delete()
    audit.record(actor, [audit.Change(request, "evidence_removed", before=facts)])
    return request
