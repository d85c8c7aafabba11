"""The module lines of the form: planned anew, and the (+) dialog."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from capphep.crm.models import Order
from capphep.entitlements.models import Grant
from capphep.platform.models import User
from capphep.provisioning.actions.drafts import refresh_lines
from capphep.provisioning.actions.extras import save_extra
from capphep.provisioning.models import LicenceRequest, RequestLine, RequestQuantity
from capphep.provisioning.queries import lines_of
from tests import stories
from tests.provisioning.conftest import HTMX, complete_extra, text_of, url


def line_of(record: LicenceRequest, module: str) -> RequestLine:
    return lines_of(record).get(module__name=module)


def test_the_lines_are_planned_anew_with_what_follows_from_the_order(
    draft: LicenceRequest, sales_client: Client
) -> None:
    draft.order.lines.update(quantity=3)
    amounts = dict.fromkeys(("gross", "net", "total"), 15_000_000)
    Order.objects.filter(pk=draft.order_id).update(**amounts)
    response = sales_client.post(url("lines_refresh", draft.pk), headers=HTMX)
    text = text_of(response)
    assert "100 đã có (YC-2026-000245) + 150 mua thêm = 250" in text
    assert 'hx-swap-oob="true"' in text and "15.000.000 đ" in text
    assert "toast" in json.loads(response.headers["HX-Trigger"])


def test_the_lines_are_planned_anew_without_htmx(
    draft: LicenceRequest, sales_client: Client
) -> None:
    response = sales_client.post(url("lines_refresh", draft.pk))
    assert response.headers["Location"] == url("request_edit", draft.pk)


def test_a_refresh_that_the_rules_refuse_opens_as_a_dialog(
    draft: LicenceRequest, sales_client: Client, a_year_later: Callable[[], None]
) -> None:
    a_year_later()
    response = sales_client.post(url("lines_refresh", draft.pk), headers=HTMX)
    assert response.status_code == 422
    assert "data-refused" in text_of(response)


def test_what_lapsed_is_said_under_the_quantity(
    draft: LicenceRequest, sales_client: Client
) -> None:
    RequestQuantity.objects.filter(line__request=draft).update(base=80, total=130, lapsed=20)
    text = text_of(sales_client.get(url("request_edit", draft.pk)))
    assert "Sau YC-2026-000245 là 100; từ đó 20 đã hết hạn hoặc bị thu hồi." in text


def test_a_line_says_how_much_is_missing_and_when_it_is_complete(
    both: LicenceRequest, salesperson: User, sales_client: Client
) -> None:
    before = text_of(sales_client.get(url("request_edit", both.pk)))
    assert before.count("Còn thiếu 2") == 2
    assert 'aria-label="Thông tin bổ sung Kế toán (+)"' in before
    complete_extra(both, salesperson)
    after = text_of(sales_client.get(url("request_edit", both.pk)))
    assert "Còn thiếu" not in after
    assert "Thông tư 24" in after


def test_a_module_without_additional_fields_has_no_button(
    draft: LicenceRequest, sales_client: Client
) -> None:
    assert "(+)" not in text_of(sales_client.get(url("request_edit", draft.pk)))


def test_the_dialog_shows_the_modules_own_fields(
    both: LicenceRequest, sales_client: Client
) -> None:
    address = url("extra", both.pk, line_of(both, "Kế toán").pk)
    text = text_of(sales_client.get(address, headers=HTMX))
    for shown in (
        "<dialog",
        "Thông tin bổ sung: Kế toán",
        "Mã ngân sách đơn vị sử dụng",
        "7 chữ số",
        "Thông tư 107",
        "bắt buộc",
        f'hx-post="{address}"',
    ):
        assert shown in text


def test_saving_the_dialog_closes_it_and_reloads_the_lines(
    both: LicenceRequest, sales_client: Client
) -> None:
    line = line_of(both, "Kế toán")
    typed = {
        "extra-using_unit": "1234 567",
        "extra-regime": "tt24",
        "extra-start": "1/2/2026",
    }
    response = sales_client.post(url("extra", both.pk, line.pk), typed, headers=HTMX)
    assert response.status_code == 204
    assert {"dialog-close", "record-changed"} <= json.loads(response.headers["HX-Trigger"]).keys()
    line.refresh_from_db()
    assert line.extra == {"using_unit": "1234567", "regime": "tt24", "start": "2026-02-01"}
    again = text_of(sales_client.get(url("extra", both.pk, line.pk), headers=HTMX))
    assert 'value="01/02/2026"' in again
    reloaded = text_of(sales_client.get(url("lines", both.pk), headers=HTMX))
    assert "Dùng mã ngân sách 1234567 cho các nghiệp vụ còn thiếu" in reloaded


def test_errors_stay_in_the_dialog_with_what_was_typed(
    both: LicenceRequest, sales_client: Client
) -> None:
    line = line_of(both, "Kế toán")
    typed = {"extra-using_unit": "12345", "extra-start": "31/2/2026"}
    response = sales_client.post(url("extra", both.pk, line.pk), typed, headers=HTMX)
    assert response.status_code == 422
    form = response.context["form"]
    assert sorted(form.errors) == ["regime", "start", "using_unit"]
    assert all(len(found) == 1 for found in form.errors.values())
    text = text_of(response)
    assert 'value="12345"' in text and 'value="31/2/2026"' in text
    line.refresh_from_db()
    assert line.extra == {}


def test_the_dialog_works_as_a_page_of_its_own(both: LicenceRequest, sales_client: Client) -> None:
    line = line_of(both, "Văn phòng số")
    page = text_of(sales_client.get(url("extra", both.pk, line.pk)))
    assert "<html" in page and url("request_edit", both.pk) in page
    typed = {"extra-using_unit": "1234567", "extra-departments": "3"}
    response = sales_client.post(url("extra", both.pk, line.pk), typed)
    assert response.headers["Location"] == url("request_edit", both.pk)
    line.refresh_from_db()
    assert line.extra == {"using_unit": "1234567", "departments": 3}


def test_a_line_that_lacks_its_code_is_offered_the_other_ones(
    both: LicenceRequest, salesperson: User, sales_client: Client
) -> None:
    save_extra(
        actor=salesperson,
        request_id=both.pk,
        line_id=line_of(both, "Kế toán").pk,
        values={"using_unit": "1234567", "regime": "tt24"},
    )
    office = line_of(both, "Văn phòng số")
    form = sales_client.get(url("extra", both.pk, office.pk)).context["form"]
    assert form["using_unit"].value() == "1234567"
    response = sales_client.post(url("lines_spread", both.pk), headers=HTMX)
    assert "Dùng mã ngân sách" not in text_of(response)
    office.refresh_from_db()
    assert office.extra == {"using_unit": "1234567"}


def test_a_line_that_was_replaced_meanwhile_says_so(
    both: LicenceRequest, salesperson: User, sales_client: Client
) -> None:
    line = line_of(both, "Kế toán")
    both.order.lines.get(sku="IGOV-KT-1").delete()
    refresh_lines(actor=salesperson, request_id=both.pk)
    response = sales_client.get(url("extra", both.pk, line.pk), headers=HTMX)
    assert response.status_code == 422
    assert "hãy mở lại" in text_of(response)


@pytest.mark.parametrize("name", ["lines_refresh", "lines_spread", "extra"])
def test_the_lines_of_a_sent_request_stay(
    order: Order, salesperson: User, sales_client: Client, name: str
) -> None:
    waiting = stories.sent(order, salesperson)
    arguments = [waiting.pk, waiting.lines.get().pk][: 2 if name == "extra" else 1]
    response = sales_client.post(url(name, *arguments), headers=HTMX)
    assert response.status_code == 409
    assert "Chờ duyệt" in text_of(response)


def test_the_ledger_is_read_only_here(draft: LicenceRequest, sales_client: Client) -> None:
    before = Grant.objects.count()
    sales_client.post(url("lines_refresh", draft.pk), headers=HTMX)
    assert Grant.objects.count() == before
