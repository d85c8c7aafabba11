"""The rounds of a request: each sending with what was sent, and what came back (R13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Max
from django.utils import timezone

from capphep.platform import clock, rows
from capphep.platform.roles import Actor
from capphep.provisioning import queries
from capphep.provisioning.actions.evidence import frozen_evidence
from capphep.provisioning.contents import Content, content_of
from capphep.provisioning.models import LicenceRequest, RequestLine, Round, RoundOutcome

OUTCOMES: Final[Mapping[str, RoundOutcome]] = {
    "return": RoundOutcome.RETURNED,
    "recall": RoundOutcome.RECALLED,
    "approve": RoundOutcome.APPROVED,
    "reject": RoundOutcome.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What belongs to a request beside its fields, read once: module lines and evidence."""

    lines: list[RequestLine]
    evidence: list[dict[str, object]]

    def content(self, request: LicenceRequest) -> Content:
        return content_of(request, self.lines, self.evidence)


def parts_of(request: LicenceRequest) -> Parts:
    """Three statements."""
    return Parts(queries.whole_lines_of(request), frozen_evidence(request))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the desk says of a request: in general, and by the field that it is about."""

    comment: str = ""
    comments: Mapping[str, str] = field(default_factory=dict)


def open_round(request: LicenceRequest, content: Content, *, is_first: bool) -> Round:
    """Keep what was sent as the request's next round. One statement for the first one."""
    assert request.sent_at is not None
    opened = Round(
        request=request,
        number=1 if is_first else _last_number(request) + 1,
        content=content,
        sent_by_id=request.sent_by_id,
        sent_at=request.sent_at,
        due_on=request.due_on,
    )
    return rows.insert([opened])[0]


def _last_number(request: LicenceRequest) -> int:
    # What was sent before rounds were kept has no row and was the first one.
    last: int | None = request.rounds.aggregate(last=Max("number"))["last"]
    return last or 1


def close_round(actor: Actor, request: LicenceRequest, verb: str, answer: Answer) -> None:
    """Note how the open round ended. A request sent before rounds were kept has none."""
    said = {"comment": answer.comment, "comments": dict(answer.comments)}
    ended = {
        "ended_by_id": actor.pk,
        "ended_at": timezone.now(),
        "ended_on": clock.today(),
    }
    still_open = {"request_id": request.pk, "outcome": ""}
    rows.update(Round, still_open, {"outcome": OUTCOMES[verb], **said, **ended})
