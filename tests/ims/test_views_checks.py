"""The checks on the approver's page, the words found in files, and checks that block."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from capphep.catalog.models import AddOnEligibility
from capphep.crm.models import Customer, OwnedProduct
from capphep.entitlements.models import Grant
from capphep.identity.models import AccountLink, AdminAccount
from capphep.ims.actions import approve
from capphep.ims.check_codes import CheckCode
from capphep.platform import clock
from capphep.platform.models import FileText, TextState, User
from capphep.provisioning.actions.drafts import open_request
from capphep.provisioning.actions.evidence import attach_evidence, describe_decision
from capphep.provisioning.actions.sending import recall_request
from capphep.provisioning.models import Evidence, LicenceRequest
from capphep.provisioning.states import EvidenceKind, RequestStatus
from capphep.pure.errors import Invalid
from tests import factories, pdfs, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.ims.conftest import HTMX, text_of
from tests.plumbing.sql_counts import Counter

ROOT = Path(__file__).resolve().parents[2]
TEXT = "Cấp 5.000.000 đồng cho đơn vị 1234567 <b>mua</b> phần mềm"


def page_of(record: LicenceRequest) -> str:
    return reverse("ims:request", args=[record.pk])


def outcomes(client: Client, record: LicenceRequest) -> dict[str, str]:
    rows = client.get(page_of(record)).context["checks"].rows
    return {row.check.code.value: row.check.outcome.value for row in rows}


def details(client: Client, record: LicenceRequest, code: str) -> Any:
    rows = client.get(page_of(record)).context["checks"].rows
    return next(row.check for row in rows if row.check.code == code)


@pytest.fixture
def proved(customer: Customer, salesperson: User, catalogue: SmallCatalogue) -> LicenceRequest:
    """Waits at the desk, with a digital decision that says everything."""
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    draft = open_request(actor=salesperson, order_id=order.pk)
    content = pdfs.written(TEXT)
    factories.stored_pdf(content, TEXT)
    for kind in EvidenceKind:
        one = attach_evidence(
            actor=salesperson,
            request_id=draft.pk,
            kind=kind,
            name=f"{kind.value}.pdf",
            chunks=[content],
        )
        if kind == EvidenceKind.FUNDING_DECISION:
            values = {
                "number": "1/QĐ",
                "issued_on": datetime.date(2026, 1, 5),
                "issuer": "UBND",
                "amount": 5_000_000,
            }
            describe_decision(
                actor=salesperson,
                request_id=draft.pk,
                evidence_id=one.pk,
                seen_version=1,
                values=values,
            )
    return stories.send(draft, salesperson)


# --- the checks --------------------------------------------------------------------------------


def test_a_request_that_is_right_passes_every_check(
    proved: LicenceRequest, officer_client: Client
) -> None:
    assert outcomes(officer_client, proved) == {code.value: "ok" for code in CheckCode}
    assert "14 đạt" in text_of(officer_client.get(page_of(proved)))


def test_scans_without_details_leave_questions_open(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    found = outcomes(officer_client, waiting)
    assert {code for code, outcome in found.items() if outcome == "unknown"} == {
        "decision_amount",
        "text_budget_code",
        "text_amount",
    }
    assert found["decision"] == "warn"


def test_code_and_amount_that_differ_and_missing_evidence(
    proved: LicenceRequest, officer_client: Client
) -> None:
    LicenceRequest.objects.filter(pk=proved.pk).update(budget_code="7654321", amount=1_000_000)
    proved.evidence.filter(kind=EvidenceKind.COMMITMENT).delete()
    found = outcomes(officer_client, proved)
    assert [found[code] for code in ("budget_code", "amount", "evidence")] == ["warn"] * 3
    assert [found[code] for code in ("text_budget_code", "text_amount")] == ["warn"] * 2
    text = text_of(officer_client.get(page_of(proved)))
    assert "Yêu cầu ghi mã ngân sách 7654321, khách hàng có mã 1234567." in text
    assert "Yêu cầu ghi 1.000.000 đ, đơn hàng ghi 5.000.000 đ." in text
    assert "Thiếu bằng chứng: Bằng chứng cam kết." in text


def test_a_subscription_that_lapsed_since_is_told(
    proved: LicenceRequest, customer: Customer, officer_client: Client
) -> None:
    yesterday = clock.today() - datetime.timedelta(days=1)
    OwnedProduct.objects.filter(customer=customer).update(last_day=yesterday)
    check = details(officer_client, proved, "eligible")
    assert check.outcome == "warn"
    assert "iGOV" in check.details[0]


def test_a_package_that_owners_may_no_longer_add_is_told(
    proved: LicenceRequest, officer_client: Client
) -> None:
    AddOnEligibility.objects.filter(package__code="office").delete()
    assert outcomes(officer_client, proved)["eligible"] == "warn"


def test_a_new_sale_comes_with_its_add_ons(
    salesperson: User, catalogue: SmallCatalogue, officer_client: Client
) -> None:
    unit = factories.customer("7654321", "Trường THCS Đông Hải")
    order = stories.ordered(unit, salesperson, [(catalogue.base, 1), (catalogue.users_50, 1)])
    assert outcomes(officer_client, stories.sent(order, salesperson))["eligible"] == "ok"


def test_an_office_phone_that_is_somebody_elses_account_is_told_and_stops_nothing(
    waiting: LicenceRequest, officer: User, officer_client: Client
) -> None:
    whose = AdminAccount.objects.create(
        full_name="Lê Thị Bình", email="binh@example.vn", phone=waiting.admin_phone
    )
    check = details(officer_client, waiting, "account")
    assert check.outcome == "warn"
    assert "thuộc tài khoản của Lê Thị Bình (binh@example.vn)" in check.explanation
    stories.approved(waiting, officer)
    assert AccountLink.objects.get(customer=waiting.customer).account == whose
    assert "account" not in outcomes(officer_client, waiting)


def test_a_second_open_request_and_a_file_used_twice_are_linked(
    waiting: LicenceRequest,
    customer: Customer,
    salesperson: User,
    catalogue: SmallCatalogue,
    officer_client: Client,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    second = stories.sent(order, salesperson)
    for code in ("duplicate", "file_elsewhere"):
        check = details(officer_client, second, code)
        assert check.outcome == "warn"
        assert [link.request_no for link in check.links] == [waiting.request_no]
    text = text_of(officer_client.get(page_of(second)))
    assert text.count(f'href="{page_of(waiting)}">{waiting.request_no}</a>') == 4
    recall_request(actor=salesperson, request_id=waiting.pk)
    assert outcomes(officer_client, second)["duplicate"] == "ok"


def test_a_moved_base_is_told(
    proved: LicenceRequest,
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
    officer_client: Client,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 2)])
    stories.approved(stories.sent(order, salesperson), officer)
    check = details(officer_client, proved, "base")
    assert check.outcome == "warn"
    assert "lúc gửi có 100, nay có 200, tổng mới là 250" in check.details[0]


def test_months_that_the_catalogue_changed_since_are_told(
    proved: LicenceRequest, catalogue: SmallCatalogue, officer_client: Client
) -> None:
    catalogue.users_50.term_months = 24
    catalogue.users_50.save()
    check = details(officer_client, proved, "term")
    assert check.outcome == "warn"
    assert check.details == ["Văn phòng số: yêu cầu ghi 12 tháng, đơn hàng ghi 24 tháng."]


@pytest.mark.parametrize(("state", "outcome"), [(TextState.UNREADABLE, "warn"), (None, "unknown")])
def test_files_that_cannot_be_read_or_were_not_yet(
    proved: LicenceRequest, officer_client: Client, state: TextState | None, outcome: str
) -> None:
    FileText.objects.all().delete()
    if state:
        file = proved.evidence.all()[0].file
        FileText.objects.create(file=file, state=state)
    assert outcomes(officer_client, proved)["readable"] == outcome
    assert outcomes(officer_client, proved)["text_amount"] == "unknown"


def test_a_decided_request_is_no_longer_compared_with_today(
    proved: LicenceRequest, officer: User, officer_client: Client
) -> None:
    stories.approved(proved, officer)
    found = outcomes(officer_client, proved)
    assert {"eligible", "base", "term", "duplicate"}.isdisjoint(found)
    assert found["text_amount"] == "ok"


def test_the_page_takes_the_same_statements_however_many_files_there_are(
    waiting: LicenceRequest, proved: LicenceRequest, officer_client: Client, statements: Counter
) -> None:
    for record in (waiting, proved):
        with statements("ims.request", at_most=24):
            officer_client.get(page_of(record))


# --- the words in the files --------------------------------------------------------------------


def test_found_words_are_marked_and_escaped(proved: LicenceRequest, officer_client: Client) -> None:
    text = text_of(officer_client.get(page_of(proved)))
    marked = (
        "Cấp <mark>5.000.000</mark> đồng cho đơn vị <mark>1234567</mark> "
        "&lt;b&gt;mua&lt;/b&gt; phần mềm"
    )
    assert text.count(marked) == 2
    assert "Mã ngân sách 1234567: trang 1" in text and "Số tiền 5.000.000 đ: trang 1" in text


def test_the_decision_is_shown_beside_its_preview(
    proved: LicenceRequest, officer_client: Client
) -> None:
    text = text_of(officer_client.get(page_of(proved)))
    for shown in ("<dd>1/QĐ</dd>", "05/01/2026", "<dd>UBND</dd>"):
        assert shown in text
    assert text.count('<dl class="decision">') == 1


def test_all_the_text_is_one_click_away(
    proved: LicenceRequest, officer_client: Client, salesperson: User
) -> None:
    address = reverse("provisioning:evidence_text", args=[proved.evidence.all()[0].pk])
    assert address in text_of(officer_client.get(page_of(proved)))
    for client in (officer_client, signed_in(salesperson)):
        text = text_of(client.get(address))
        assert "<mark>5.000.000</mark>" in text and "&lt;b&gt;mua" in text


def test_the_text_of_a_file_is_for_those_who_may_see_the_file(
    proved: LicenceRequest, other_salesperson: User
) -> None:
    address = reverse("provisioning:evidence_text", args=[proved.evidence.all()[0].pk])
    assert signed_in(other_salesperson).get(address).status_code == 404


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, "Chữ trong tệp này chưa được đọc."),
        (TextState.NO_TEXT, "Không có lớp chữ"),
        (TextState.UNREADABLE, "Không đọc được chữ"),
    ],
)
def test_a_file_without_text_says_so(
    proved: LicenceRequest, officer_client: Client, state: TextState | None, said: str
) -> None:
    FileText.objects.all().delete()
    one: Evidence = proved.evidence.all()[0]
    if state:
        FileText.objects.create(file=one.file, state=state)
    address = reverse("provisioning:evidence_text", args=[one.pk])
    assert said in text_of(officer_client.get(address))
    assert said in text_of(officer_client.get(page_of(proved)))


# --- checks that block -------------------------------------------------------------------------


@pytest.fixture
def blocked(waiting: LicenceRequest, settings: LazySettings) -> LicenceRequest:
    """Its decision has no number: the setting makes that a reason not to approve."""
    settings.BLOCKING_CHECKS = frozenset({"decision"})
    return waiting


def test_a_blocking_check_stops_the_action(blocked: LicenceRequest, officer: User) -> None:
    with pytest.raises(Invalid) as refused:
        stories.approved(blocked, officer)
    assert refused.value.code == "check_blocks"
    assert "Số và ngày của quyết định" in str(refused.value)
    blocked.refresh_from_db()
    assert blocked.status == RequestStatus.WAITING
    assert not Grant.objects.filter(request_no=blocked.request_no).exists()


def test_a_blocking_check_disables_the_button_and_says_why(
    blocked: LicenceRequest, officer_client: Client
) -> None:
    response = officer_client.get(page_of(blocked))
    text = text_of(response)
    assert "Chưa phê duyệt được vì kiểm tra tự động: Số và ngày của quyết định." in text
    assert "1 chặn phê duyệt" in text and 'data-key="a"' not in text
    assert 'data-key="r"' in text
    assert response.context["checks"].rows[0].check.code == "decision"


def test_a_blocking_check_is_told_by_the_dialog_and_the_answer(
    blocked: LicenceRequest, officer_client: Client
) -> None:
    address = reverse("ims:approve", args=[blocked.pk])
    seen = stories.seen_by_officer(blocked)
    for response in (
        officer_client.get(address, headers=HTMX),
        officer_client.post(address, {"seen": seen}, headers=HTMX),
    ):
        assert response.status_code == 422
        assert "Số và ngày của quyết định" in text_of(response)


def test_without_the_setting_a_warning_informs(
    waiting: LicenceRequest, officer: User, officer_client: Client
) -> None:
    dialog = text_of(officer_client.get(reverse("ims:approve", args=[waiting.pk]), headers=HTMX))
    assert "1 kiểm tra tự động cần xem:" in dialog
    assert "Số và ngày của quyết định: NVKD chưa ghi: quyết định.pdf: số, ngày" in dialog
    approve(actor=officer, request_id=waiting.pk, seen=stories.seen_by_officer(waiting))


def test_a_check_that_passes_or_is_not_known_does_not_block(
    waiting: LicenceRequest, officer: User, settings: LazySettings
) -> None:
    settings.BLOCKING_CHECKS = frozenset({"text_amount", "budget_code"})
    stories.approved(waiting, officer)


@pytest.mark.once
@pytest.mark.parametrize(("value", "code"), [("decision, base", 0), ("decision,bass", 1)])
def test_the_setting_is_checked_when_the_server_starts(value: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "help"],
        cwd=ROOT,
        env=os.environ | {"CAPPHEP_BLOCKING_CHECKS": value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    if code:
        assert done.stderr.startswith("CAPPHEP_BLOCKING_CHECKS knows budget_code, amount,")
        assert "'bass'" in done.stderr
