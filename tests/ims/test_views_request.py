"""*Xem chi tiết*: evidence, difference, checks, decision and trail of one request."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from capphep.catalog.models import Module
from capphep.crm.models import Customer
from capphep.ims.actions import reject
from capphep.platform.models import User
from capphep.provisioning.actions.evidence import attach_evidence
from capphep.provisioning.actions.sending import recall_request, send_request
from capphep.provisioning.models import LicenceRequest, RequestLine
from capphep.provisioning.states import EvidenceKind
from tests import stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.ims.conftest import HTMX, text_of
from tests.plumbing.sql_counts import Counter


def page_of(record: LicenceRequest) -> str:
    return reverse("ims:request", args=[record.pk])


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, "PNG")
    return out.getvalue()


def test_the_page_shows_evidence_difference_account_and_trail(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    response = officer_client.get(page_of(waiting))
    text = text_of(response)
    for shown in (
        "Đang có → mua thêm → sau duyệt",
        "100 đã có (YC-2026-000245) + 50 mua thêm = 150",
        "Quyết định cấp nguồn",
        "Bằng chứng cam kết",
        "an@example.vn",
        waiting.order.order_no,
        "Phê duyệt YC cấp giấy phép",
        "Lịch sử thay đổi",
    ):
        assert shown in text, shown
    assert text.count("<iframe") == 2
    first = response.context["evidence"][0].record
    assert first.kind == EvidenceKind.FUNDING_DECISION
    assert f'src="{reverse("provisioning:evidence", args=[first.pk])}#' in text


def test_the_keys_a_and_r_belong_to_the_two_decisions(
    waiting: LicenceRequest, officer_client: Client, auditor_client: Client
) -> None:
    text = text_of(officer_client.get(page_of(waiting)))
    assert 'data-key="a"' in text and 'data-key="r"' in text
    assert "data-key" not in text_of(auditor_client.get(page_of(waiting)))


def test_the_fragment_is_the_record_alone(waiting: LicenceRequest, officer_client: Client) -> None:
    text = text_of(officer_client.get(page_of(waiting), headers=HTMX))
    assert text.startswith('<div id="request"') and "<html" not in text


def test_pictures_are_shown_and_word_files_are_offered_for_download(
    customer: Customer,
    salesperson: User,
    catalogue: SmallCatalogue,
    officer_client: Client,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    draft = stories.drafted(order, salesperson)
    for kind, name, content in (
        (EvidenceKind.COMMITMENT, "cam kết – bản chụp.png", picture()),
        (EvidenceKind.FUNDING_DECISION, "bảng kê.xlsx", workbook()),
    ):
        attach_evidence(
            actor=salesperson, request_id=draft.pk, kind=kind, name=name, chunks=[content]
        )
    sent = send(draft, salesperson)
    text = text_of(officer_client.get(page_of(sent)))
    assert '<img src="' in text and 'alt="cam kết – bản chụp.png"' in text
    assert "Không xem trước được loại tệp này" in text and 'download="bảng kê.xlsx"' in text


def workbook() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet()
    book.close()
    return out.getvalue()


def send(draft: LicenceRequest, salesperson: User) -> LicenceRequest:
    return send_request(
        actor=salesperson,
        request_id=draft.pk,
        seen_version=draft.version,
        values=stories.complete_fields(draft),
    )


def test_a_file_of_another_request_is_pointed_at(
    waiting: LicenceRequest,
    customer: Customer,
    salesperson: User,
    catalogue: SmallCatalogue,
    officer_client: Client,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    second = stories.sent(order, salesperson)
    text = text_of(officer_client.get(page_of(second)))
    assert "Tệp này cũng là bằng chứng của yêu cầu khác:" in text
    assert f'href="{page_of(waiting)}">{waiting.request_no}</a> (Chờ duyệt)' in text


def test_a_moved_base_is_shown_then_and_now(
    waiting: LicenceRequest,
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
    officer_client: Client,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 2)])
    second = stories.sent(order, salesperson)
    stories.approved(waiting, officer)
    text = text_of(officer_client.get(page_of(second)))
    assert "lúc gửi có 100, nay có 150. Mua thêm 100, tổng mới là <strong>250</strong>" in text


def test_additional_information_is_shown_with_its_labels(
    waiting: LicenceRequest, catalogue: SmallCatalogue, officer_client: Client
) -> None:
    Module.objects.filter(pk=catalogue.office.pk).update(
        extra_schema={
            "type": "object",
            "properties": {
                "departments": {
                    "type": "integer",
                    "title": "Departments",
                    "x-vi": {"title": "Số phòng ban"},
                }
            },
        }
    )
    RequestLine.objects.filter(request=waiting).update(extra={"departments": 7})
    text = text_of(officer_client.get(page_of(waiting)))
    assert "Thông tin bổ sung" in text
    assert "<dt>Số phòng ban</dt><dd>7</dd>" in text


def test_an_approved_request_shows_what_was_granted_and_leads_on(
    waiting: LicenceRequest,
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
    officer_client: Client,
    auditor_client: Client,
) -> None:
    later = stories.sent(
        stories.ordered(customer, salesperson, [(catalogue.users_50, 2)]), salesperson
    )
    approval = stories.approved(waiting, officer)
    text = text_of(officer_client.get(page_of(waiting)))
    assert "Người officer đã phê duyệt yêu cầu này lúc" in text
    assert reverse("ims:subscription", args=[approval.subscription.pk]) in text
    assert f"Yêu cầu chờ duyệt tiếp theo: {later.request_no}" in text
    assert ">100<" in text and ">150<" in text and "Lúc gửi" not in text
    assert reverse("ims:approve", args=[waiting.pk]) not in text
    assert "duyệt tiếp theo" not in text_of(auditor_client.get(page_of(waiting)))


def test_a_rejected_request_shows_who_and_why(
    waiting: LicenceRequest, officer: User, officer_client: Client
) -> None:
    reject(actor=officer, request_id=waiting.pk, reason="Thiếu dấu <đỏ>")
    text = text_of(officer_client.get(page_of(waiting)))
    assert "Người officer đã từ chối yêu cầu này lúc" in text
    assert "Thiếu dấu &lt;đỏ&gt;" in text
    assert reverse("ims:approve", args=[waiting.pk]) not in text


def test_a_request_taken_back_says_so(
    waiting: LicenceRequest, salesperson: User, officer_client: Client
) -> None:
    recall_request(actor=salesperson, request_id=waiting.pk)
    text = text_of(officer_client.get(page_of(waiting)))
    assert "NVKD đã thu hồi yêu cầu này" in text
    assert reverse("ims:approve", args=[waiting.pk]) not in text


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("auditor", 200), ("administrator", 200), ("salesperson", 403)],
)
def test_who_may_look(
    waiting: LicenceRequest, request: pytest.FixtureRequest, person: str, status: int
) -> None:
    client = signed_in(request.getfixturevalue(person))
    assert client.get(page_of(waiting)).status_code == status


def test_the_page_takes_the_same_statements_for_one_line_and_for_four(
    waiting: LicenceRequest,
    customer: Customer,
    salesperson: User,
    catalogue: SmallCatalogue,
    officer_client: Client,
    statements: Counter,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.suite(), 1)])
    four: Sequence[LicenceRequest] = [waiting, stories.sent(order, salesperson)]
    for record in four:
        with statements("ims.request", at_most=25):
            officer_client.get(page_of(record))
