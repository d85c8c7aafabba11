"""What rows copied from a spreadsheet say, whichever columns they have."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.forms.pasted_goods import matched, read_pasted
from capphep.crm.models import Customer
from capphep.pure.money import MAX_LINES
from tests.factories import SmallCatalogue
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A-1\t5", ("A-1", "5", "", "")),
        ("A-1", ("A-1", "1", "", "")),
        ("A-1;7", ("A-1", "7", "", "")),
        ("A-1\t\t1.000", ("A-1", "1.000", "", "")),
        ("3\tA-1\tKế toán\t5\t3.000.000\t1,5", ("A-1", "5", "3.000.000", "1,5")),
        ("A-1\t5,00\t3.000.000,00", ("A-1", "5", "3.000.000,00", "")),
        ("A-1\t1,5", ("A-1", "1,5", "", "")),
    ],
)
def test_columns_are_known_by_their_place(text: str, expected: tuple[str, ...]) -> None:
    rows, _is_cut = read_pasted(text)
    assert [(row.code, row.quantity, row.price, row.discount_percent) for row in rows] == [expected]


def test_a_header_says_which_column_is_which() -> None:
    header = "STT\tSL\tChiết khấu (%)\tMã hàng hóa"
    rows, _is_cut = read_pasted(f"{header}\n1\t9\t12,5\tA-1\n\n2\t\t\tA-2")
    assert [(row.number, row.code, row.quantity, row.discount_percent) for row in rows] == [
        (2, "A-1", "9", "12,5"),
        (3, "A-2", "1", ""),
    ]


def test_no_more_rows_are_read_than_an_order_has() -> None:
    rows, is_cut = read_pasted("\n".join(f"A-{n}\t1" for n in range(MAX_LINES + 1)))
    assert (len(rows), is_cut) == (MAX_LINES, True)


def test_items_are_found_by_code_and_by_name_and_the_rest_is_told(
    catalogue: SmallCatalogue, statements: Counter
) -> None:
    name = catalogue.users_50.name.upper()
    rows, _is_cut = read_pasted(f"igov-kt-1\t2\n{name}\t3\nKHÔNG-CÓ\t4")
    with statements("crm.pasted_goods", at_most=3):
        pasted = matched(rows)
    found = [(each.item.sku, each.row.quantity) for each in pasted.found]
    assert found == [("IGOV-KT-1", "2"), ("IGOV-VPS-50", "3")]
    assert [(each.row.number, each.reason) for each in pasted.unknown] == [
        (3, "Không có mã hàng hóa: KHÔNG-CÓ")
    ]


def test_rows_that_wait_are_carried_by_the_form_and_come_back_with_it(
    sales_client: Client, customer: Customer, catalogue: SmallCatalogue
) -> None:
    address = reverse("crm:order_goods_pasted")
    first = sales_client.post(address, {"pasted": "KHÔNG-CÓ\t4\nigov-kt-1\t1"}).json()
    (kept,) = re.findall(r'name="pasted_left" value="([^"]+)"', first["problems"])
    again = sales_client.post(address, {"pasted": "X-9\t2", "pasted_left": kept}).json()
    carried = re.findall(r'name="pasted_left" value="([^"]+)"', again["problems"])
    assert [text.split("\t")[2:5] for text in carried] == [["KHÔNG-CÓ", "", "4"], ["X-9", "", "2"]]
    # Whether the form was refused or restored from a draft: it is read the same way.
    typed = {"customer": customer.pk, "pasted_left": [*carried, "nonsense", "1\t2"]}
    page = sales_client.post(reverse("crm:order_new"), typed)
    assert page.status_code == 422
    assert [each.row.kept for each in page.context["left"]] == carried
    assert "Không có mã hàng hóa: KHÔNG-CÓ" in page.content.decode()


def test_a_price_that_is_not_the_catalogues_is_told(catalogue: SmallCatalogue) -> None:
    rows, _is_cut = read_pasted("IGOV-KT-1\t1\t3.000.000\nIGOV-VPS-50\t1\t4.000.000 đ")
    rows_told = matched(rows).priced_otherwise
    assert [(row.code, price) for row, price in rows_told] == [("IGOV-VPS-50", "5.000.000 đ")]


def test_the_type_ahead_offers_what_may_be_bought_the_meant_code_first(
    sales_client: Client, customer: Customer, catalogue: SmallCatalogue
) -> None:
    address = reverse("crm:order_goods_find")
    assert "khách hàng" in str(sales_client.get(address, {"q": "x"}).json())
    asked = {"customer": customer.pk, "q": "igov-kt-1"}
    results = sales_client.get(address, asked).json()["results"]
    assert results[0]["code"] == "IGOV-KT-1"
    assert "reason" not in results[0]
    asked["q"] = "IGOV-BASE"
    assert "chỉ được mua thêm" in sales_client.get(address, asked).json()["results"][0]["reason"]
