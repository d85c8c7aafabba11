"""Proof that evidence is what was sent: every round against the files and the request (R7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from capphep.platform.models import StoredFile
from capphep.provisioning.actions.evidence import frozen
from capphep.provisioning.models import Evidence, Round
from capphep.provisioning.states import RequestStatus
from capphep.pure.batching import batches

_BATCH: Final = 200
# In these nobody may have touched the evidence since it was sent.
_FROZEN: Final = (
    RequestStatus.WAITING,
    RequestStatus.APPROVED,
    RequestStatus.REJECTED,
    RequestStatus.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class SentRound:
    """One sending and how many files went with it; ``differences`` are English sentences."""

    files: int
    differences: list[str]


def checked_rounds() -> Iterator[SentRound]:
    """Compare every sending with the stored files, the last one with the request too."""
    for batch in batches(_rounds().iterator(chunk_size=_BATCH), _BATCH):
        digests = {str(entry["sha256"]) for one in batch for entry in _sent(one)}
        stored = StoredFile.objects.in_bulk(list(digests))
        for one in batch:
            yield SentRound(len(_sent(one)), [*_lost(one, stored), *_changed(one)])


def _rounds() -> QuerySet[Round]:
    later = Round.objects.filter(request=OuterRef("request"), number__gt=OuterRef("number"))
    files = Evidence.objects.select_related("file").order_by("kind", "id")
    return (
        Round.objects.annotate(is_last=~Exists(later))
        .select_related("request")
        .prefetch_related(Prefetch("request__evidence", files))
        .order_by("id")
    )


def _sent(one: Round) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = one.content.get("evidence", [])
    return entries


def _lost(one: Round, stored: dict[str, StoredFile]) -> Iterator[str]:
    for entry in _sent(one):
        file = stored.get(entry["sha256"])
        if not file:
            yield f"{_name(one)} sent {entry['sha256']} ({entry['name']}), which has no record"
        elif file.size != entry["size"]:
            yield (
                f"{_name(one)} sent {entry['sha256']} ({entry['name']}) with {entry['size']} "
                f"bytes, its record has {file.size}"
            )


def _changed(one: Round) -> Iterator[str]:
    """What stands at the request now is what was sent last."""
    is_last: bool = one.is_last  # type: ignore[attr-defined]
    if not is_last or one.request.status not in _FROZEN:
        return
    sent = {entry["id"]: entry for entry in _sent(one)}
    now = {evidence.pk: frozen(evidence) for evidence in one.request.evidence.all()}
    for key in sorted(sent.keys() | now.keys()):
        if key not in now:
            yield f"{_name(one)} sent {sent[key]['name']}, which is no longer attached"
        elif key not in sent:
            yield f"{_name(one)} did not send {now[key]['name']}, which is attached"
        elif sent[key] != now[key]:
            yield f"{_name(one)} sent {sent[key]['name']} otherwise than it is attached"


def _name(one: Round) -> str:
    return f"{one.request.request_no}, round {one.number},"
