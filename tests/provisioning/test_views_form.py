"""The form *Yêu cầu cấp GPSD/Thuê bao*: opened, kept, sent; nothing that was typed is lost."""

from __future__ import annotations

import pytest
from django.test import Client

from capphep.crm.models import Order
from capphep.platform.models import User
from capphep.provisioning.actions.drafts import refresh_lines, save_draft
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from tests import factories, stories
from tests.provisioning.conftest import (
    HTMX,
    form_data,
    post,
    text_of,
    url,
)

SEND, DRAFT = {"intent": "send"}, {"intent": "draft"}


# --- keeping a draft ---------------------------------------------------------------------------


def test_a_draft_is_kept_incomplete(draft: LicenceRequest, sales_client: Client) -> None:
    data = form_data(draft, level="", sector="", admin_name="", note="Chờ\r\nkhách  ") | DRAFT
    response = post(sales_client, draft, data)
    assert response.headers["Location"] == url("request_edit", draft.pk)
    draft.refresh_from_db()
    assert (draft.level, draft.sector, draft.admin_name) == (None, None, "")
    assert (draft.note, draft.admin_phone) == ("Chờ\nkhách", "0912345678")
    assert draft.status == RequestStatus.DRAFT


def test_enter_and_the_guard_keep_a_draft_and_never_send(
    ready: LicenceRequest, sales_client: Client
) -> None:
    post(sales_client, ready, form_data(ready))
    ready.refresh_from_db()
    assert (ready.status, ready.admin_position) == (RequestStatus.DRAFT, "Văn thư")


def test_a_kept_draft_comes_back_clean_to_htmx(draft: LicenceRequest, sales_client: Client) -> None:
    response = post(sales_client, draft, form_data(draft, note="x") | DRAFT, **HTMX)
    assert response.status_code == 200
    assert "toast" in response.headers["HX-Trigger"]
    form = response.context["form"]
    assert not form.is_bound
    assert (form["note"].value(), form["version"].value()) == ("x", 2)


@pytest.mark.parametrize("intent", ["draft", "send"])
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("unit_tax_code", "0100109107", "chữ số"),
        ("unit_tax_code", "123", "“123”"),
        ("unit_phone", "12345", "“12345”"),
        ("unit_email", "an@", "“an@”"),
        ("admin_phone", "+84 1", "“+84 1”"),
        ("admin_email", "không có", "“không có”"),
        ("level", "9", "9"),
        ("sector", "999999", "chọn"),
        ("unit_name", "x" * 251, "250"),
    ],
)
def test_what_is_malformed_is_refused_at_its_field_and_everything_kept(
    ready: LicenceRequest, sales_client: Client, intent: str, field: str, typed: str, said: str
) -> None:
    data = form_data(ready, note="giữ lại") | {field: typed, "intent": intent}
    response = post(sales_client, ready, data)
    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert said in form.errors[field][0]
    assert (form[field].value(), form["note"].value()) == (typed, "giữ lại")
    ready.refresh_from_db()
    assert (ready.status, ready.note) == (RequestStatus.DRAFT, "")


def test_what_people_paste_is_normalised(draft: LicenceRequest, sales_client: Client) -> None:
    data = form_data(
        draft,
        unit_tax_code="0100 109 106",
        unit_phone="+84 912.345.678",
        admin_name="  Nguye\u0302\u0303n   Va\u0306n An ",
    )
    post(sales_client, draft, data | DRAFT)
    draft.refresh_from_db()
    assert (draft.unit_tax_code, draft.unit_phone) == ("0100109106", "0912345678")
    assert draft.admin_name == "Nguyễn Văn An"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_damaged_version_never_overwrites(
    draft: LicenceRequest, sales_client: Client, version: str
) -> None:
    response = post(sales_client, draft, form_data(draft, version=version) | DRAFT)
    assert response.status_code in (409, 422)
    draft.refresh_from_db()
    assert draft.version == 1


# --- sending -----------------------------------------------------------------------------------


def test_save_sends_and_shows_the_requests_page(
    ready: LicenceRequest, sales_client: Client, salesperson: User
) -> None:
    response = sales_client.post(
        url("request_edit", ready.pk), form_data(ready) | SEND, follow=True
    )
    assert response.redirect_chain[-1][0] == url("request", ready.pk)
    assert f"Đã gửi yêu cầu {ready.request_no}" in text_of(response)
    ready.refresh_from_db()
    assert (ready.status, ready.sent_by) == (RequestStatus.WAITING, salesperson)


def test_save_over_htmx_goes_to_the_requests_page(
    ready: LicenceRequest, sales_client: Client
) -> None:
    response = post(sales_client, ready, form_data(ready) | SEND, **HTMX)
    assert response.headers["HX-Redirect"] == url("request", ready.pk)


def test_everything_that_is_missing_is_said_where_it_is_missing(
    both: LicenceRequest, sales_client: Client
) -> None:
    both.evidence.all().delete()
    data = form_data(both, level="", sector="", admin_name="", note="giữ lại", unit_phone="12")
    response = post(sales_client, both, data | SEND)
    assert response.status_code == 422
    assert sorted(response.context["form"].errors) == [
        "admin_name",
        "level",
        "sector",
        "unit_phone",
    ]
    anchors = [row["anchor"] for row in response.context["more_errors"]]
    assert sorted(anchors) == [
        "id_evidence-commitment",
        "id_evidence-funding_decision",
        "line-1",
        "line-2",
    ]
    text = text_of(response)
    for anchor in anchors:
        assert f'id="{anchor}"' in text
    for shown in (
        "Hãy chọn Cấp.",
        "Hãy đính kèm Quyết định cấp nguồn.",
        "Kế toán: nhấn (+) và nhập đủ thông tin bổ sung.",
        "giữ lại",
    ):
        assert shown in text
    both.refresh_from_db()
    assert (both.status, both.version) == (RequestStatus.DRAFT, 1)


def test_lines_that_are_out_of_date_are_said_above_the_lines(
    ready: LicenceRequest, sales_client: Client
) -> None:
    ready.order.lines.update(quantity=2)
    response = post(sales_client, ready, form_data(ready) | SEND)
    assert response.status_code == 422
    assert "nhấn “Cập nhật thông tin nghiệp vụ”" in response.context["lines_error"]
    assert response.context["more_errors"][0]["anchor"] == "lines"


def test_pressing_save_twice_sends_once_and_shows_the_request(
    ready: LicenceRequest, sales_client: Client
) -> None:
    data = form_data(ready) | SEND
    post(sales_client, ready, data)
    response = post(sales_client, ready, data, **HTMX)
    assert response.headers["HX-Redirect"] == url("request", ready.pk)
    again = sales_client.post(url("request_edit", ready.pk), data, follow=True)
    assert again.redirect_chain[-1][0] == url("request", ready.pk)
    assert "Chờ duyệt" in text_of(again)


def test_the_form_of_a_sent_request_is_its_page(
    order: Order, salesperson: User, sales_client: Client
) -> None:
    waiting = stories.sent(order, salesperson)
    response = sales_client.get(url("request_edit", waiting.pk))
    assert response.headers["Location"] == url("request", waiting.pk)


@pytest.mark.parametrize("intent", ["draft", "send"])
def test_what_another_window_saved_is_shown_beside_what_was_typed(
    ready: LicenceRequest, salesperson: User, sales_client: Client, intent: str
) -> None:
    data = form_data(ready, note="của cửa sổ này") | {"intent": intent}
    save_draft(
        actor=salesperson, request_id=ready.pk, seen_version=1, values={"note": "của cửa sổ kia"}
    )
    response = post(sales_client, ready, data)
    assert response.status_code == 409
    text = text_of(response)
    assert "của cửa sổ này" in text and "của cửa sổ kia" in text
    again = {**data, "version": response.context["form"]["version"].value()}
    assert post(sales_client, ready, again).status_code == 302
    ready.refresh_from_db()
    assert ready.note == "của cửa sổ này"


def test_uploads_and_refreshed_lines_do_not_make_the_form_stale(
    ready: LicenceRequest, salesperson: User, sales_client: Client
) -> None:
    refresh_lines(actor=salesperson, request_id=ready.pk)
    assert post(sales_client, ready, form_data(ready) | SEND).status_code == 302


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in(
    draft: LicenceRequest, salesperson: User, client: Client
) -> None:
    client.force_login(salesperson, backend="capphep.platform.backends.People")
    address = url("request_edit", draft.pk)
    client.get(address)
    del client.cookies["sessionid"]
    response = client.post(address, form_data(draft, note="chưa mất") | SEND)
    assert response.status_code == 302 and "/login" in response.headers["Location"]
    client.post("/login", {"username": "sales", "password": factories.PASSWORD})
    form = client.get(address).context["form"]
    assert form["note"].value() == "chưa mất"
    assert not client.get(address).context["form"].is_bound
