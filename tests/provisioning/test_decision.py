"""Number, date, issuer and amount of a funding decision: typed at its file, kept with it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client

from capphep.crm.models import Order
from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.models import User
from capphep.platform.versions import Stale
from capphep.provisioning.actions.drafts import open_request
from capphep.provisioning.actions.evidence import attach_evidence, describe_decision
from capphep.provisioning.models import Evidence, LicenceRequest
from capphep.provisioning.states import EvidenceKind
from capphep.provisioning.views.history import history_of
from capphep.pure.errors import Conflict, Forbidden, Invalid, NotFound
from tests import factories, pdfs, stories
from tests.conftest import signed_in
from tests.provisioning.conftest import HTMX, text_of, url

TYPED = {
    "number": "128/QĐ-UBND",
    "issued_on": datetime.date(2026, 1, 15),
    "issuer": "UBND xã Đông Hải",
    "amount": 24_500_000,
}
POSTED = {
    "version": "1",
    "number": " 128/QĐ-UBND ",
    "issued_on": "15/01/2026",
    "issuer": "UBND xã Đông Hải",
    "amount": "24.500.000 đ",
}


@pytest.fixture
def decision(ready: LicenceRequest) -> Evidence:
    return ready.evidence.get(kind=EvidenceKind.FUNDING_DECISION)


def describe(actor: User, decision: Evidence, version: int = 1, **changes: Any) -> Evidence:
    return describe_decision(
        actor=actor,
        request_id=decision.request_id,
        evidence_id=decision.pk,
        seen_version=version,
        values=TYPED | changes,
    )


def dialog(decision: Evidence) -> str:
    return url("evidence_decision", decision.request_id, decision.pk)


def facts(decision: Evidence) -> dict[str, object]:
    fresh = Evidence.objects.get(pk=decision.pk)
    return {name: getattr(fresh, name) for name in TYPED}


# --- the action --------------------------------------------------------------------------------


def test_what_the_decision_says_is_kept_and_told(decision: Evidence, salesperson: User) -> None:
    describe(salesperson, decision)
    assert facts(decision) == TYPED
    told = history_of(decision.request)[0]
    assert told.sentence == "ghi thông tin của quyết định"
    # PostgreSQL keeps the keys of a JSON object in an order of its own.
    assert sorted(told.changes) == sorted(
        [
            ("quyết định.pdf – Số quyết định", "", "128/QĐ-UBND"),
            ("quyết định.pdf – Ngày quyết định", "", "15/01/2026"),
            ("quyết định.pdf – Cơ quan ban hành", "", "UBND xã Đông Hải"),
            ("quyết định.pdf – Số tiền của quyết định", "", "24.500.000"),
        ]
    )


def test_the_trail_says_only_what_changed(decision: Evidence, salesperson: User) -> None:
    describe(salesperson, decision)
    describe(salesperson, decision, version=2, amount=None)
    assert history_of(decision.request)[0].changes == [
        ("quyết định.pdf – Số tiền của quyết định", "24.500.000", "")
    ]
    describe(salesperson, decision, version=3, amount=None)
    assert entries_of(decision.request).filter(verb="evidence_described").count() == 2


def test_a_day_to_come_is_refused(decision: Evidence, salesperson: User) -> None:
    tomorrow = clock.today() + datetime.timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        describe(salesperson, decision, issued_on=tomorrow)
    assert refused.value.field == "issued_on"


def test_the_later_of_two_windows_is_told(decision: Evidence, salesperson: User) -> None:
    describe(salesperson, decision)
    with pytest.raises(Stale):
        describe(salesperson, decision, number="9")
    assert facts(decision)["number"] == "128/QĐ-UBND"


def test_a_decision_that_was_sent_stays_as_it_is(order: Order, salesperson: User) -> None:
    waiting = stories.sent(order, salesperson)
    with pytest.raises(Conflict):
        describe(salesperson, waiting.evidence.get(kind=EvidenceKind.FUNDING_DECISION))


def test_a_returned_decision_is_corrected(order: Order, salesperson: User, officer: User) -> None:
    from capphep.ims.actions import return_request

    waiting = stories.sent(order, salesperson)
    return_request(actor=officer, request_id=waiting.pk, comment="Thiếu số", comments={})
    decision = waiting.evidence.get(kind=EvidenceKind.FUNDING_DECISION)
    describe(salesperson, decision)
    assert facts(decision) == TYPED
    sent_first = waiting.rounds.get().content["evidence"]
    assert {entry["number"] for entry in sent_first} == {""}


def test_only_its_salesperson_and_only_a_decision_of_this_request(
    decision: Evidence,
    both: LicenceRequest,
    salesperson: User,
    colleague: User,
    other_salesperson: User,
    officer: User,
) -> None:
    refusals = {colleague: Forbidden, other_salesperson: NotFound, officer: Forbidden}
    for person, refusal in refusals.items():
        with pytest.raises(refusal):
            describe(person, decision)
    commitment = decision.request.evidence.get(kind=EvidenceKind.COMMITMENT)
    with pytest.raises(NotFound):
        describe(salesperson, commitment)
    decision.request_id = both.pk
    with pytest.raises(NotFound):
        describe(salesperson, decision)


def test_the_request_after_a_rejection_keeps_what_was_typed(
    order: Order, salesperson: User, officer: User
) -> None:
    from capphep.ims.actions import reject

    request = stories.drafted(order, salesperson)
    describe(salesperson, request.evidence.get(kind=EvidenceKind.FUNDING_DECISION))
    stories.send(request, salesperson)
    reject(actor=officer, request_id=request.pk, reason="Thiếu dấu")
    again = open_request(actor=salesperson, order_id=order.pk)
    assert facts(again.evidence.get(kind=EvidenceKind.FUNDING_DECISION)) == TYPED


# --- the dialog --------------------------------------------------------------------------------


def test_the_dialog_keeps_it_and_the_files_show_it(
    decision: Evidence, sales_client: Client
) -> None:
    assert "Số quyết định" in text_of(sales_client.get(dialog(decision), headers=HTMX))
    saved = sales_client.post(dialog(decision), POSTED, headers=HTMX)
    assert saved.status_code == 204
    assert "evidence-changed" in saved.headers["HX-Trigger"]
    assert facts(decision) == TYPED
    kind = url("evidence_kind", decision.request_id, EvidenceKind.FUNDING_DECISION.value)
    text = text_of(sales_client.get(kind, headers=HTMX))
    assert "Số 128/QĐ-UBND" in text and "24.500.000 đ" in text
    assert "Chưa ghi số" not in text


def test_it_works_without_scripts(decision: Evidence, sales_client: Client) -> None:
    form = url("request_edit", decision.request_id)
    assert f'value="decision:{decision.pk}"' in text_of(sales_client.get(form))
    assert "<html" in text_of(sales_client.get(dialog(decision)))
    assert sales_client.post(dialog(decision), POSTED).headers["Location"] == form
    assert facts(decision) == TYPED


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("issued_on", "31/02/2026", "id_issued_on_error"),
        ("issued_on", "31/12/2999", "Ngày này chưa đến."),
        ("amount", "24 triệu", "24 triệu"),
        ("amount", "-5", "id_amount_error"),
        ("number", "1" * 51, "id_number_error"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    decision: Evidence, sales_client: Client, field: str, value: str, said: str
) -> None:
    response = sales_client.post(dialog(decision), POSTED | {field: value}, headers=HTMX)
    assert response.status_code == 422
    text = text_of(response)
    assert said in text and f'value="{value}"' in text
    assert 'value="UBND xã Đông Hải"' in text
    assert facts(decision)["issuer"] == ""


def test_the_later_window_sees_both_and_saves_again(
    decision: Evidence, salesperson: User, sales_client: Client
) -> None:
    describe(salesperson, decision, number="9/QĐ")
    response = sales_client.post(dialog(decision), POSTED, headers=HTMX)
    assert response.status_code == 409
    text = text_of(response)
    assert "9/QĐ" in text and "128/QĐ-UBND" in text and 'name="version" value="2"' in text
    assert sales_client.post(dialog(decision), POSTED | {"version": 2}).status_code == 302
    assert facts(decision) == TYPED


def test_the_files_own_text_is_offered_where_nothing_is_known(
    draft: LicenceRequest, salesperson: User, sales_client: Client
) -> None:
    text = "Số: 7/QĐ-UBND\nngày 15 tháng 01 năm 2026\nSố tiền 5.000.000 đồng"
    content = pdfs.written(text)
    factories.stored_pdf(content, text)
    decision = attach_evidence(
        actor=salesperson,
        request_id=draft.pk,
        kind=EvidenceKind.FUNDING_DECISION,
        name="quyết định.pdf",
        chunks=[content],
    )
    shown = text_of(sales_client.get(dialog(decision), headers=HTMX))
    assert 'value="7/QĐ-UBND"' in shown and 'value="15/01/2026"' in shown
    assert 'value="5.000.000"' in shown
    assert shown.count("Đọc được trong tệp") == 3
    describe(salesperson, decision, number="8/QĐ", amount=None)
    shown = text_of(sales_client.get(dialog(decision), headers=HTMX))
    assert 'value="8/QĐ"' in shown and 'value="5.000.000"' in shown
    assert shown.count("Đọc được trong tệp") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mã 1234567, năm triệu đồng", None),
        ("Mã 1234567", "Không thấy trong chữ của tệp này: số tiền 5.000.000 đ."),
        ("Mã", "Không thấy trong chữ của tệp này: mã ngân sách 1234567, số tiền 5.000.000 đ."),
        ("", None),
    ],
)
def test_the_salesperson_is_told_what_the_decision_does_not_say(
    draft: LicenceRequest, salesperson: User, sales_client: Client, text: str, said: str | None
) -> None:
    content = pdfs.written(text or " ")
    factories.stored_pdf(content, text)
    attach_evidence(
        actor=salesperson,
        request_id=draft.pk,
        kind=EvidenceKind.FUNDING_DECISION,
        name="quyết định.pdf",
        chunks=[content],
    )
    shown = text_of(sales_client.get(url("request_edit", draft.pk)))
    assert said in shown if said else "Không thấy trong chữ" not in shown


@pytest.mark.parametrize(
    ("who", "status"), [("colleague", 403), ("other_salesperson", 404), ("officer", 403)]
)
def test_nobody_else_opens_the_dialog(
    decision: Evidence, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.get(dialog(decision)).status_code == status
    assert client.post(dialog(decision), POSTED).status_code == status


def test_a_sent_decision_has_no_dialog(order: Order, salesperson: User) -> None:
    waiting = stories.sent(order, salesperson)
    decision = waiting.evidence.get(kind=EvidenceKind.FUNDING_DECISION)
    assert signed_in(salesperson).get(dialog(decision)).status_code == 409
