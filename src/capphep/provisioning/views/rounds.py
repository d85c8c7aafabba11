"""The rounds of a request as templates show them: what came back, and what changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from capphep.platform.kit import Remark, Status, Tone
from capphep.platform.personal import named
from capphep.provisioning.actions.rounds import parts_of
from capphep.provisioning.contents import Content
from capphep.provisioning.models import LicenceRequest, Round, RoundOutcome
from capphep.provisioning.round_rules import Changed, changed_rows, field_of, topic_of
from capphep.provisioning.states import RequestStatus
from capphep.provisioning.views.contents import label_of, rows_of, schemas_of

_TONES: Final[Mapping[str, Tone]] = {
    RoundOutcome.RETURNED: "info",
    RoundOutcome.RECALLED: "neutral",
    RoundOutcome.APPROVED: "good",
    RoundOutcome.REJECTED: "bad",
}


@dataclass(frozen=True, slots=True)
class Comment:
    """What the officer said of one field; ``topic`` is the same in the next round."""

    topic: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One thing that changed, and what the officer had said of it."""

    label: str
    before: str
    after: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ShownRound:
    record: Round
    outcome: Status | None
    comments: Sequence[Comment]
    changes: Sequence[ShownChange] = ()
    unchanged: Sequence[Comment] = ()
    """Comments of the round before whose fields were not changed."""
    before: Round | None = None


def rounds_shown(record: LicenceRequest) -> list[ShownRound]:
    """The newest first, each with what differs from the one before. At most two statements."""
    rounds = list(record.rounds.select_related("sent_by", "ended_by"))
    extra_schemas = schemas_of(record, *(one.content for one in rounds))
    rows = [rows_of(one.content, extra_schemas) for one in rounds]
    shown = [shown_round(one) for one in rounds]
    for index in range(1, len(shown)):
        changed = changed_rows(rows[index - 1], rows[index])
        shown[index] = _compared(shown[index], shown[index - 1], changed)
    return shown[::-1]


def shown_round(one: Round) -> ShownRound:
    """The round by itself, not compared with the one before."""
    outcome = RoundOutcome(one.outcome) if one.outcome else None
    status = Status(outcome.label, _TONES[outcome]) if outcome else None
    return ShownRound(one, status, _comments(one))


def _comments(one: Round) -> list[Comment]:
    return [
        Comment(topic_of(name, one.content), label_of(name, one.content), text)
        for name, text in one.comments.items()
    ]


def _compared(now: ShownRound, before: ShownRound, changed: Sequence[Changed]) -> ShownRound:
    said = {comment.topic: comment.text for comment in before.comments}
    topics = {change.topic for change in changed}
    return replace(
        now,
        before=before.record,
        changes=[
            ShownChange(
                one.label,
                named(one.topic, one.before),
                named(one.topic, one.after),
                said.get(one.topic, ""),
            )
            for one in changed
        ],
        unchanged=[comment for comment in before.comments if comment.topic not in topics],
    )


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back with a request, at the fields of its form as they are now.

    ``summary`` is for the top of form and page; ``remarks`` are by field.
    """

    round: Round
    summary: Sequence[Remark]
    remarks: Mapping[str, Remark] = field(default_factory=dict)


def returned_of(record: LicenceRequest) -> Returned | None:
    """None unless the request was returned and not sent again. At most five statements."""
    if record.status != RequestStatus.RETURNED:
        return None
    last = record.rounds.select_related("ended_by").last()
    if last is None or last.outcome != RoundOutcome.RETURNED:
        return None
    now = parts_of(record).content(record)
    settled = _settled(record, last.content, now)
    remarks = {
        name: _remark(last, name, text, now, is_settled=topic_of(name, last.content) in settled)
        for name, text in last.comments.items()
    }
    summary = list(remarks.values())
    return Returned(last, summary, {one.field: one for one in summary if one.field})


def remarks_of(record: LicenceRequest) -> Mapping[str, Remark]:
    """What the officer said of each field of a returned request; at most five statements."""
    returned = returned_of(record)
    return returned.remarks if returned else {}


def _settled(record: LicenceRequest, before: Content, now: Content) -> set[str]:
    """The topics that read differently by now."""
    extra_schemas = schemas_of(record, before, now)
    changed = changed_rows(rows_of(before, extra_schemas), rows_of(now, extra_schemas))
    return {change.topic for change in changed}


def _remark(last: Round, name: str, text: str, now: Content, *, is_settled: bool) -> Remark:
    return Remark(
        field=field_of(topic_of(name, last.content), now),
        label=label_of(name, last.content),
        text=text,
        by=last.ended_by.full_name if last.ended_by else "capphep",
        at=last.ended_at,
        is_settled=is_settled,
    )
