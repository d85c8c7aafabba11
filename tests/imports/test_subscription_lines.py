"""Subscriptions in force become opening grants, each once, so that R1 has a base."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from capphep.crm.models import Customer
from capphep.entitlements.models import Grant, GrantKind
from capphep.entitlements.queries import bases, ledger_differences, quantity_in_force
from capphep.platform import numbers
from capphep.platform.models import User
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.imports.books import Imported, counts, line, line_counts, reasons, unit

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 6, 1)


def test_a_line_becomes_an_opening_grant_and_the_base(
    imported: Imported, catalogue: SmallCatalogue
) -> None:
    books = line(module="accounting", resource="books", quantity=2)
    summary = imported([unit()], [line(), books])
    assert (counts(summary), line_counts(summary)) == ((1, 0, 0, 0), (2, 0, 0))
    grants = Grant.objects.order_by("source")
    assert [(each.source, each.quantity) for each in grants] == [
        ("YC-2026-000245/1", 50),
        ("YC-2026-000245/2", 2),
    ]
    assert {each.kind for each in grants} == {GrantKind.OPENING}
    assert grants[0].first_day == datetime.date(2026, 3, 1)
    assert grants[0].last_day == datetime.date(2027, 2, 28)
    customer = Customer.objects.get()
    base = bases(customer.pk, catalogue.igov.pk, DAY)[catalogue.office.pk, catalogue.users.pk]
    assert (base.quantity, base.request_no) == (50, "YC-2026-000245")
    assert list(ledger_differences()) == []


def test_two_resources_of_one_module_share_the_request_line(
    imported: Imported, catalogue: SmallCatalogue
) -> None:
    imported([unit()], [line(), line(resource="Dung lượng", quantity=20)])
    sources = Grant.objects.values_list("source", "resource__code").order_by("resource__code")
    assert list(sources) == [("YC-2026-000245/1", "storage"), ("YC-2026-000245/1", "users")]


@pytest.mark.usefixtures("catalogue")
def test_names_and_codes_are_matched_without_accents(imported: Imported) -> None:
    written = line(product="IGOV", module="VAN PHONG SO", resource="nguoi dung", quantity="1.000")
    assert line_counts(imported([unit()], [written])) == (1, 0, 0)
    assert Grant.objects.get().quantity == 1000


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    "written",
    ["01/03/2026", "1/3/2026", "01-03-2026", "1.3.2026", "2026-03-01", "01/03/2026 00:00:00"],
)
def test_a_day_may_be_text(imported: Imported, written: str) -> None:
    imported([unit()], [line(first_day=written)])
    assert Grant.objects.get().first_day == datetime.date(2026, 3, 1)


@pytest.mark.usefixtures("catalogue")
def test_a_day_may_be_a_date_with_time_or_its_serial_number(imported: Imported) -> None:
    first = datetime.datetime(2026, 3, 1, 15, 30)
    imported([unit()], [line(first_day=first, last_day=46446)])
    grant = Grant.objects.get()
    assert grant.first_day == datetime.date(2026, 3, 1)
    assert grant.last_day == datetime.date(2027, 2, 28)


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("written", "column"),
    [
        (line("123456"), "Mã ngân sách"),
        (line("7654321"), "Mã ngân sách"),
        (line(None), "Mã ngân sách"),
        (line(product="iMoon"), "Sản phẩm"),
        (line(module="Thiên văn"), "Nghiệp vụ"),
        (line(product="iHOS", module="Văn phòng số"), "Nghiệp vụ"),
        (line(resource="Kính"), "Tài nguyên"),
        (line(quantity=0), "Số lượng"),
        (line(quantity=-5), "Số lượng"),
        (line(quantity=1.5), "Số lượng"),
        (line(quantity=10**12), "Số lượng"),
        (line(quantity=None), "Số lượng"),
        (line(first_day="31/02/2026"), "Từ ngày"),
        (line(first_day="03/2026"), "Từ ngày"),
        (line(first_day=datetime.date(1999, 1, 1)), "Từ ngày"),
        (line(last_day="31/12/9999"), "Đến ngày"),
        (line(last_day=1e300), "Đến ngày"),
        (line(last_day=datetime.date(2026, 2, 28)), "Đến ngày"),
        (line(number=None), "Mã yêu cầu"),
        (line(number="YC 2026 000245"), "Mã yêu cầu"),
        (line(number="YC-2026-0000000000245"), "Mã yêu cầu"),
    ],
)
def test_a_wrong_line_goes_back_with_its_reason(
    imported: Imported, written: dict[str, Any], column: str
) -> None:
    summary = imported([unit()], [written])
    assert line_counts(summary) == (0, 0, 1)
    assert reasons(summary)[2].startswith(f"{column}: ")
    assert not Grant.objects.exists()


@pytest.mark.usefixtures("catalogue")
def test_a_line_of_a_customer_who_went_back_goes_back_too(imported: Imported) -> None:
    summary = imported([unit(phone="1")], [line()])
    assert (counts(summary), line_counts(summary)) == ((0, 0, 0, 1), (0, 0, 1))


@pytest.mark.usefixtures("catalogue")
def test_the_same_line_again_is_unchanged_in_the_file_and_in_the_next(imported: Imported) -> None:
    assert line_counts(imported([unit()], [line(), line(quantity="50")])) == (1, 1, 0)
    assert line_counts(imported([unit()], [line(), line()])) == (0, 2, 0)
    assert Grant.objects.count() == 1


@pytest.mark.usefixtures("catalogue")
def test_another_line_of_the_same_request_and_resource_goes_back(imported: Imported) -> None:
    summary = imported([unit()], [line(), line(quantity=60)])
    assert line_counts(summary) == (1, 0, 1)
    assert "YC-2026-000245" in reasons(summary)[3]
    longer = line(last_day=datetime.date(2028, 2, 28))
    assert line_counts(imported([unit()], [longer])) == (0, 0, 1)
    assert Grant.objects.get().quantity == 50


@pytest.mark.usefixtures("catalogue")
def test_a_request_number_belongs_to_one_customer(imported: Imported) -> None:
    units = [unit(), unit("7654321", "UBND Xã Tây Yên")]
    assert line_counts(imported(units, [line(), line("7654321")])) == (1, 0, 1)
    other_resource = line("7654321", module="Kế toán", resource="Bộ sổ kế toán")
    assert line_counts(imported(units, [other_resource])) == (0, 0, 1)


@pytest.mark.usefixtures("catalogue")
def test_a_later_file_may_add_a_module_of_the_same_request(imported: Imported) -> None:
    imported([unit()], [line()])
    imported([unit()], [line(module="Kế toán", resource="Bộ sổ kế toán")])
    sources = Grant.objects.order_by("pk").values_list("source", flat=True)
    assert list(sources) == ["YC-2026-000245/1", "YC-2026-000245/2"]


def test_a_number_that_capphep_gave_to_a_request_goes_back(
    imported: Imported, catalogue: SmallCatalogue, salesperson: User
) -> None:
    customer = factories.customer()
    stories.opened(customer, catalogue, request_no="YC-2025-000001")
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    request = stories.sent(order, salesperson)
    summary = imported([unit()], [line(number=request.request_no)])
    assert line_counts(summary) == (0, 0, 1)


@pytest.mark.usefixtures("catalogue")
def test_imported_request_numbers_are_never_given_again(imported: Imported) -> None:
    imported([unit()], [line(number="yc-2026-000012"), line(number="YC-2026-000007", quantity=9)])
    assert numbers.next_number(numbers.REQUEST, DAY) == "YC-2026-000013"


def test_lines_may_be_of_customers_that_are_there_already(
    imported: Imported, catalogue: SmallCatalogue
) -> None:
    customer = factories.customer("7654321", "UBND Xã Tây Yên")
    imported([unit()], [line("7.654.321")])
    igov, office, users = catalogue.igov, catalogue.office, catalogue.users
    assert quantity_in_force(customer, igov, office, users, DAY) == 50


def test_without_a_catalogue_every_line_goes_back(imported: Imported) -> None:
    assert line_counts(imported([unit()], [line()])) == (0, 0, 1)
