"""The workbook that ships with capphep: an export with all its dirt, counted by eye."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from django.test import TestCase
from django.utils import translation

import capphep.shell
from capphep.catalog import imports as catalogue
from capphep.catalog.models import Module, Resource
from capphep.crm.models import Contact, Customer, OwnedProduct
from capphep.entitlements.models import Grant
from capphep.entitlements.queries import ledger_differences, quantity_in_force
from capphep.platform import numbers
from capphep.platform.roles import SYSTEM
from capphep.pure.provinces import PROVINCES
from capphep.shell.customer_import import Summary, import_customers
from tests.imports.books import counts, line_counts, reasons, sheets_of

WORKBOOK = Path(capphep.shell.__file__).parent / "demo_data" / "customers.xlsx"


def run(rejected: Path | None = None, *, dry_run: bool = False) -> Summary:
    with translation.override("vi"):
        return import_customers(WORKBOOK, rejected_path=rejected, dry_run=dry_run)


class ShippedWorkbook(TestCase):
    rehearsed: ClassVar[Summary]
    summary: ClassVar[Summary]
    after_rehearsal: ClassVar[tuple[int, int]]

    @classmethod
    def setUpTestData(cls) -> None:
        catalogue.load(actor=SYSTEM, content=catalogue.DEMO_FILE.read_bytes())
        cls.rehearsed = run(dry_run=True)
        cls.after_rehearsal = Customer.objects.count(), Grant.objects.count()
        cls.summary = run()

    def test_the_good_rows_enter_and_twenty_go_back(self) -> None:
        assert self.summary.line() == (
            "501 created, 0 updated, 0 unchanged, 20 rejected;"
            " 588 subscription lines created, 0 unchanged, 0 rejected"
        )
        assert Customer.objects.count() == Contact.objects.count() == 501
        assert Customer.objects.exclude(parent=None).count() == 350
        assert (Grant.objects.count(), OwnedProduct.objects.count()) == (588, 294)
        assert list(self.summary.unusual_codes) == []
        assert list(ledger_differences()) == []

    def test_each_rejected_row_has_its_reason(self) -> None:
        told = reasons(self.summary)
        columns = {
            "Mã ngân sách": {75, 313, 319, 376} | {243, 328, 383, 455, 497, 500},
            "Tên khách hàng": {194, 401, 419},
            "Cấp": {236, 363, 382},
            "Mã số thuế": {95, 272},
            "Đơn vị chủ quản": {113, 275},
        }
        assert {row: reason.partition(": ")[0] for row, reason in told.items()} == {
            row: column for column, rows in columns.items() for row in rows
        }
        for row, first in {243: 186, 328: 76, 383: 283, 455: 103, 497: 421, 500: 142}.items():
            assert f"Dòng {first} " in told[row]
        for row in (113, 275):
            assert "9999999" in told[row]

    def test_of_two_rows_with_one_code_the_first_has_entered(self) -> None:
        found = Customer.objects.filter(budget_code__in=["2233403", "1954406"])
        assert dict(found.values_list("budget_code", "name")) == {
            "2233403": "Phòng Văn hóa - Xã hội Xã Sín Chéng (cũ)",
            "1954406": "UBND Xã Lục Nam",
        }

    def test_provinces_have_their_official_names(self) -> None:
        found = Counter(Customer.objects.values_list("province", flat=True))
        assert set(found) <= set(PROVINCES)
        assert (len(found), found["Thành phố Huế"]) == (33, 24)

    def test_a_second_run_changes_nothing(self) -> None:
        with TemporaryDirectory() as folder:
            again = run(Path(folder) / "out.xlsx")
            returned = sheets_of(Path(folder) / "out.xlsx")
        assert (counts(again), line_counts(again)) == ((0, 0, 501, 20), (0, 588, 0))
        assert again.rejected == self.summary.rejected
        assert [len(rows) for rows in returned.values()] == [21, 1]

    def test_a_dry_run_before_it_reported_the_same_and_wrote_nothing(self) -> None:
        assert self.rehearsed == self.summary
        assert self.after_rehearsal == (0, 0)

    def test_what_was_in_force_is_the_base_and_its_numbers_are_taken(self) -> None:
        customer = Customer.objects.get(budget_code="3682554")
        office = Module.objects.get(product__code="igov", code="office")
        users = Resource.objects.get(code="users")
        for day, quantity in [
            (datetime.date(2026, 3, 9), 0),
            (datetime.date(2026, 3, 10), 50),
            (datetime.date(2027, 3, 9), 50),
            (datetime.date(2027, 3, 10), 0),
        ]:
            found = quantity_in_force(customer, office.product, office, users, day)
            assert found == quantity
        given = numbers.next_number(numbers.REQUEST, datetime.date(2026, 6, 1))
        assert given == "YC-2026-000295"
