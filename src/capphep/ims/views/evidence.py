"""The evidence of a request as the approver looks through it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from capphep.platform import filetypes
from capphep.provisioning import queries
from capphep.provisioning.models import Evidence, LicenceRequest
from capphep.provisioning.states import EvidenceKind

_FRAMES: Final = {filetypes.PDF: "pdf", filetypes.PNG: "image", filetypes.JPEG: "image"}
_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Preview:
    """One file; ``frame`` is "pdf", "image" or "" for what a browser does not show.

    ``elsewhere`` is the same content in other requests (R7); the first few are ``named``.
    """

    record: Evidence
    frame: str
    elsewhere: Sequence[Evidence]

    @property
    def named(self) -> Sequence[Evidence]:
        return self.elsewhere[:_NAMED]

    @property
    def unnamed(self) -> int:
        return len(self.elsewhere[_NAMED:])


def previews_of(request: LicenceRequest) -> list[Preview]:
    """The decision that funds the purchase comes first. Two statements."""
    # A request that holds the file as both kinds is named once.
    others: dict[str, dict[int, Evidence]] = defaultdict(dict)
    for evidence in queries.same_files_elsewhere(request):
        others[evidence.file_id].setdefault(evidence.request_id, evidence)
    order = list(EvidenceKind)
    files = sorted(
        queries.evidence_of(request), key=lambda one: order.index(EvidenceKind(one.kind))
    )
    return [
        Preview(one, _FRAMES.get(one.file.content_type, ""), [*others[one.file_id].values()])
        for one in files
    ]
