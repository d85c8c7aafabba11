"""The evidence of a request as the desk looks through it: files, their texts, other requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from capphep.platform.models import FileText, TextState
from capphep.provisioning import queries
from capphep.provisioning.models import Evidence, LicenceRequest
from capphep.provisioning.states import EvidenceKind
from capphep.pure.mentions import Mention, amount_mentions, code_mentions, pages_of


@dataclass(frozen=True, slots=True)
class SeenFile:
    """One file; ``elsewhere`` is the same content in other requests, each named once (R7).

    ``text`` is None where the file was never read; the mentions are places in its text.
    """

    record: Evidence
    elsewhere: Sequence[Evidence]
    text: FileText | None
    code: Sequence[Mention]
    amount: Sequence[Mention]

    @property
    def has_text(self) -> bool:
        return self.text is not None and self.text.state == TextState.HAS_TEXT

    def pages(self, mentions: Sequence[Mention]) -> list[int]:
        """The pages, from 1, on which the mentions stand."""
        return pages_of(self.text.text if self.text else "", mentions)


def files_of(request: LicenceRequest) -> list[SeenFile]:
    """The decision that funds the purchase comes first. Two statements."""
    others: dict[str, dict[int, Evidence]] = defaultdict(dict)
    for evidence in queries.same_files_elsewhere(request):
        others[evidence.file_id].setdefault(evidence.request_id, evidence)
    order = list(EvidenceKind)
    rows = queries.evidence_of(request).select_related("file__text")
    files = sorted(rows, key=lambda one: order.index(EvidenceKind(one.kind)))
    return [_seen(request, one, list(others[one.file_id].values())) for one in files]


def _seen(request: LicenceRequest, evidence: Evidence, elsewhere: list[Evidence]) -> SeenFile:
    found: FileText | None = getattr(evidence.file, "text", None)
    text = found.text if found else ""
    return SeenFile(
        record=evidence,
        elsewhere=elsewhere,
        text=found,
        code=code_mentions(text, request.budget_code),
        amount=amount_mentions(text, request.amount),
    )
