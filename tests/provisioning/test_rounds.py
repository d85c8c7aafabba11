"""Each sending is a round: what was sent stays as it was, and how it ended is noted with it."""

from __future__ import annotations

import pytest

from capphep.ims.actions import reject
from capphep.platform.models import User
from capphep.provisioning.actions.drafts import refresh_lines
from capphep.provisioning.actions.evidence import attach_evidence, frozen_evidence, remove_evidence
from capphep.provisioning.actions.sending import recall_request
from capphep.provisioning.models import LicenceRequest, Round, RoundOutcome
from capphep.provisioning.states import EvidenceKind, RequestStatus
from tests import pdfs, stories
from tests.provisioning.conftest import complete_extra


@pytest.fixture
def waiting(ready: LicenceRequest, salesperson: User) -> LicenceRequest:
    return stories.sent_again(ready, salesperson, note="Ghi chú một")


def rounds(record: LicenceRequest) -> list[tuple[int, str, str]]:
    return list(record.rounds.values_list("number", "outcome", "comment"))


def test_sending_keeps_everything_that_was_sent(waiting: LicenceRequest, salesperson: User) -> None:
    kept = waiting.rounds.get()
    assert (kept.number, kept.outcome) == (1, "")
    assert (kept.sent_by, kept.sent_at) == (salesperson, waiting.sent_at)
    fields = kept.content["fields"]
    assert fields["note"] == "Ghi chú một"
    assert (fields["level"], fields["start_on"], fields["amount"]) == (4, None, waiting.amount)
    assert fields["sector"] == waiting.sector.name if waiting.sector else ""
    assert fields["order_no"] == waiting.order.order_no if waiting.order else ""
    (line,) = kept.content["lines"]
    assert (line["position"], line["months"]) == (1, 12)
    assert [
        (one["base"], one["added"], one["total"], one["unit"]) for one in line["quantities"]
    ] == [(100, 50, 150, "người")]
    assert kept.content["evidence"] == frozen_evidence(waiting)


def test_what_was_typed_into_the_modules_is_kept_too(
    both: LicenceRequest, salesperson: User
) -> None:
    complete_extra(both, salesperson)
    sent = stories.sent_again(both, salesperson)
    extras = [line["extra"] for line in sent.rounds.get().content["lines"]]
    assert extras[0]["regime"] == "tt24"
    assert extras[1]["departments"] == 3


def test_a_recalled_round_is_over_and_the_next_sending_is_the_next_round(
    waiting: LicenceRequest, salesperson: User
) -> None:
    recall_request(actor=salesperson, request_id=waiting.pk)
    assert rounds(waiting) == [(1, RoundOutcome.RECALLED, "")]
    assert waiting.rounds.get().ended_by == salesperson
    stories.sent_again(waiting, salesperson)
    assert [number for number, *_ in rounds(waiting)] == [1, 2]


def test_an_approval_and_a_rejection_end_the_round(
    waiting: LicenceRequest, officer: User, salesperson: User
) -> None:
    reject(actor=officer, request_id=waiting.pk, reason="Thiếu chữ ký.")
    assert rounds(waiting) == [(1, RoundOutcome.REJECTED, "Thiếu chữ ký.")]
    assert waiting.order is not None
    again = stories.sent(waiting.order, salesperson)
    stories.approved(again, officer)
    ended = again.rounds.get()
    assert (ended.outcome, ended.ended_by) == (RoundOutcome.APPROVED, officer)
    assert ended.ended_at is not None


def test_a_returned_request_is_sent_again_as_the_next_round_of_the_same_number(
    waiting: LicenceRequest, officer: User, salesperson: User
) -> None:
    stories.returned(waiting, officer, "Xem lại.", {"level": "Cấp xã."})
    again = stories.sent_again(waiting, salesperson, note="Ghi chú hai")
    assert (again.request_no, again.status) == (waiting.request_no, RequestStatus.WAITING)
    first, second = again.rounds.all()
    assert (first.outcome, first.comments) == (RoundOutcome.RETURNED, {"level": "Cấp xã."})
    notes = [one.content["fields"]["note"] for one in (first, second)]
    assert notes == ["Ghi chú một", "Ghi chú hai"]


def test_what_was_sent_stays_as_it_was_whatever_happens_later(
    waiting: LicenceRequest, officer: User, salesperson: User
) -> None:
    before = waiting.rounds.get().content
    stories.returned(waiting, officer)
    remove_evidence(
        actor=salesperson,
        request_id=waiting.pk,
        evidence_id=waiting.evidence.order_by("id")[0].pk,
    )
    attach_evidence(
        actor=salesperson,
        request_id=waiting.pk,
        kind=EvidenceKind.FUNDING_DECISION,
        name="quyết định mới.pdf",
        chunks=[pdfs.written("Quyet dinh moi")],
    )
    refresh_lines(actor=salesperson, request_id=waiting.pk)
    stories.sent_again(waiting, salesperson)
    first, second = Round.objects.order_by("number")
    assert first.content == before
    files = [{each["sha256"] for each in one.content["evidence"]} for one in (first, second)]
    assert files[0] != files[1]


def test_a_request_sent_before_rounds_were_kept_can_still_end_and_be_sent_again(
    waiting: LicenceRequest, officer: User, salesperson: User
) -> None:
    waiting.rounds.all().delete()
    stories.returned(waiting, officer)
    assert rounds(waiting) == []
    stories.sent_again(waiting, salesperson)
    assert [number for number, *_ in rounds(waiting)] == [2]
