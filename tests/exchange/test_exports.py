"""Lists as workbooks: the same rows as on the screen, real numbers and days, nothing that runs."""

from __future__ import annotations

import datetime
import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.http import FileResponse
from django.test import Client
from python_calamine import CalamineWorkbook

from capphep.exchange import exporting
from capphep.exchange.models import Import
from capphep.platform import jobs
from capphep.platform.models import AccessKind, AuditEntry, PersonalAccess, User
from tests import factories

pytestmark = pytest.mark.django_db
CUSTOMERS = "/exchange/export/crm.customers"


def sheets(answer: Any) -> list[list[list[Any]]]:
    assert isinstance(answer, FileResponse), answer
    book = CalamineWorkbook.from_filelike(BytesIO(answer.getvalue()))
    return [book.get_sheet_by_index(at).to_python() for at in range(2)]


def test_a_list_is_exported_as_it_is_narrowed(sales_client: Client, salesperson: User) -> None:
    factories.customer("1234567", "UBND Xã Đông Hải", owner=salesperson)
    factories.customer("1234568", "Trường B", owner=salesperson)
    rows, about = sheets(sales_client.get(f"{CUSTOMERS}?q=truong"))
    assert len(rows) == 2
    assert "Trường B" in rows[1]
    assert ["Tìm kiếm", "truong"] in about
    assert ["Người xuất", salesperson.full_name] in about
    entry = AuditEntry.objects.get(verb="exported")
    assert (entry.actor, entry.after["rows"]) == (salesperson, 1)


def test_a_column_is_as_wide_as_what_stands_in_it(sales_client: Client, salesperson: User) -> None:
    name = "Phòng Văn hóa - Xã hội Xã Hương Xuân"
    factories.customer("1234567", name, owner=salesperson)
    answer = sales_client.get(f"{CUSTOMERS}?cols=budget_code,name")
    assert isinstance(answer, FileResponse)
    with ZipFile(BytesIO(answer.getvalue())) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    code, names = (float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', sheet))
    assert code < len(name) <= names


def test_nobody_exports_what_they_do_not_see(sales_client: Client, other_salesperson: User) -> None:
    team = other_salesperson.team
    factories.customer("1234567", "Của đội khác", owner=other_salesperson, team=team)
    assert len(sheets(sales_client.get(CUSTOMERS))[0]) == 1
    assert sales_client.get("/exchange/export/shell.users").status_code == 403
    assert sales_client.get("/exchange/export/no.such").status_code == 404


def test_an_export_is_asked_for_by_nothing_but_a_link_or_a_button(sales_client: Client) -> None:
    for ask in (sales_client.head, sales_client.put, sales_client.delete):
        assert ask(CUSTOMERS).status_code == 405
    assert not AuditEntry.objects.filter(verb="exported").exists()


def test_days_are_days_and_what_looks_like_a_formula_is_text(
    sales_client: Client, salesperson: User
) -> None:
    formula = '=HYPERLINK("http://x","y")'
    Import.objects.create(owner=salesperson, kind="customers", file_name=formula, row_count=1234)
    _, row = sheets(sales_client.get("/exchange/export/exchange.imports"))[0]
    assert row[0] == formula
    assert 1234 in row
    assert isinstance(row[-1], datetime.datetime)


@pytest.mark.django_db(transaction=True)
def test_a_long_list_is_written_in_the_background(
    sales_client: Client, salesperson: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    monkeypatch.setattr(exporting, "_PAGE", 2)
    for number in range(5):
        factories.customer(f"123456{number}", f"Đơn vị {number}", owner=salesperson)
    asked = sales_client.get(CUSTOMERS)
    assert asked.status_code == 200
    assert not isinstance(asked, FileResponse)
    assert AuditEntry.objects.count() == 0
    sales_client.post(CUSTOMERS)
    assert jobs.work_next(exporting.KINDS) == 1
    job = salesperson.jobs.get()
    assert (job.state, job.done) == ("done", 5)
    path = jobs.result_of(job)
    assert path is not None
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert len(rows) == 6
    assert job.file_name.startswith("khach-hang-")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("who", "is_full", "noted"), [("auditor", False, 0), ("administrator", True, 1)]
)
def test_phones_are_masked_in_the_background_as_on_the_screen(
    who: str, is_full: bool, noted: int, request: pytest.FixtureRequest
) -> None:
    reader: User = request.getfixturevalue(who)
    factories.customer("1234567", "UBND Xã A", phone="0912345678")
    exporting.export_later(actor=reader, name="crm.customers", query="cols=budget_code,phone")
    jobs.work_next(exporting.KINDS)
    path = jobs.result_of(reader.jobs.get())
    assert path is not None
    row = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1]
    assert row[0] == "1234567"
    assert ("0912345678" in row) is is_full
    assert PersonalAccess.objects.filter(person=reader, kind=AccessKind.EXPORT).count() == noted
    assert PersonalAccess.objects.filter(person=reader).count() == noted


def test_the_filters_stand_in_words_on_the_second_sheet(
    sales_client: Client, salesperson: User
) -> None:
    factories.customer("1234567", "UBND Xã A", owner=salesperson, level=4)
    about = sheets(sales_client.get(f"{CUSTOMERS}?level=4"))[1]
    assert ["Cấp", "Xã"] in about
