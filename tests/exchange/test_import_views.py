"""The wizard's pages."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from capphep.exchange.models import Import
from capphep.platform.models import User
from tests import factories
from tests.conftest import signed_in
from tests.exchange.sheets import entered, many, units, work
from tests.imports.books import unit
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db
LIST = "/exchange/imports/"


@pytest.fixture(autouse=True)
def reference(db: None) -> None:
    factories.reference_data()


def upload(client: Client, content: bytes) -> int:
    file = SimpleUploadedFile("khách hàng.xlsx", content)
    answer = client.post(f"{LIST}new/customers", {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].strip("/").rpartition("/")[2])


@pytest.mark.django_db(transaction=True)
def test_the_way_from_upload_to_undo(sales_client: Client, statements: Counter) -> None:
    bad = unit("12", "UBND Xã Sai")
    page = f"{LIST}{upload(sales_client, units(unit(), bad))}/"
    with statements("exchange.import", at_most=12):
        shown = sales_client.get(page).content.decode()
    assert 'class="cell-bad"' in shown
    assert "Nhập khẩu 2 dòng" in shown
    sales_client.post(f"{page}check")
    assert "every 1s" in sales_client.get(page).content.decode()
    assert sales_client.post(f"{page}begin").status_code == 409
    work()
    shown = sales_client.get(page).content.decode()
    assert "Các dòng không nhập được" in shown
    assert "Nhập khẩu 1 dòng" in shown
    sales_client.post(f"{page}begin")
    work()
    shown = sales_client.get(page).content.decode()
    assert "dòng lỗi.xlsx" in shown
    assert "Hoàn tác lần nhập khẩu" in shown
    assert "được gỡ bỏ" in sales_client.get(f"{page}undo").content.decode()
    sales_client.post(f"{page}undo")
    work()
    assert Import.objects.get().state == "undone"
    assert "Đã hoàn tác" in sales_client.get(LIST).content.decode()
    shown = sales_client.get(page).content.decode()
    assert "Đã gỡ" in shown
    assert "Đã tạo" not in shown and "Các dòng không nhập được" not in shown


def test_columns_are_chosen_and_the_preview_follows(sales_client: Client) -> None:
    page = f"{LIST}{upload(sales_client, units(unit()))}/"
    chosen = {"column-budget_code": "0", "column-name": "1", "updates": "yes"}
    answer = sales_client.post(f"{page}columns", chosen, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'id="preview"' in answer.content.decode()
    assert Import.objects.get().columns == {"budget_code": 0, "name": 1}
    twice = {"column-budget_code": "0", "column-name": "0"}
    assert sales_client.post(f"{page}columns", twice).status_code == 422
    assert sales_client.post(f"{page}begin").status_code == 422


def test_what_cannot_be_read_is_said_at_the_file(sales_client: Client) -> None:
    file = SimpleUploadedFile("a.xlsx", b"%PDF\0")
    answer = sales_client.post(f"{LIST}new/customers", {"file": file})
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.content.decode()
    assert sales_client.post(f"{LIST}new/customers").status_code == 422


def test_an_import_is_its_owners(salesperson: User, colleague: User) -> None:
    page = f"{LIST}{upload(signed_in(salesperson), many(1))}/"
    other = signed_in(colleague)
    for path in ("", "undo"):
        assert other.get(page + path).status_code == 404
    for path in ("columns", "check", "begin", "undo"):
        assert other.post(page + path).status_code == 404


def test_who_imports_what_and_gets_its_template(
    sales_client: Client, officer_client: Client, admin_client: Client
) -> None:
    assert sales_client.get(f"{LIST}templates/customers.xlsx").content.startswith(b"PK")
    assert sales_client.get(f"{LIST}templates/subscriptions.xlsx").status_code == 404
    assert admin_client.get(f"{LIST}templates/subscriptions.xlsx").status_code == 200
    assert officer_client.get(LIST).status_code == 403
    assert officer_client.get(f"{LIST}new/customers").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_import_that_something_depends_on_says_so(
    sales_client: Client, salesperson: User
) -> None:
    one = entered(salesperson, many(1))
    factories.customer("2000001", "Dưới", parent_id=one.created.get().record_id)
    answer = sales_client.post(f"{LIST}{one.pk}/undo")
    assert answer.status_code == 409
    assert "chủ quản" in answer.content.decode()
