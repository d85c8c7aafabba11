"""What is read from a file, what makes it no use, and what is written back."""

from __future__ import annotations

import datetime
import unicodedata
from pathlib import Path

import pytest
import xlsxwriter
from django.utils import translation

from capphep.crm.imports.customer_rows import SHEET as CUSTOMERS
from capphep.crm.models import Customer
from capphep.exchange.returned import REASON
from capphep.exchange.unreadable import Unreadable
from capphep.platform.texts import refusal_text
from capphep.shell.customer_import import Summary, import_customers
from tests.imports.books import book, counts, line, sheets_of, table, unit, write

pytestmark = pytest.mark.django_db


def refused(path: Path, rejected: Path | None = None) -> str:
    with translation.override("en"), pytest.raises(Unreadable) as caught:
        import_customers(path, rejected_path=rejected)
    with translation.override("en"):
        return refusal_text(caught.value)


def run(path: Path, rejected: Path | None = None) -> Summary:
    with translation.override("vi"):
        return import_customers(path, rejected_path=rejected)


# --- headers -----------------------------------------------------------------------------------


def test_headers_are_found_in_any_order_writing_and_below_a_title(tmp_path: Path) -> None:
    header, row = table(CUSTOMERS, [unit(phone="0989922416")])
    header = [unicodedata.normalize("NFD", f" {title.upper()} *") for title in header]
    cells = [["DANH SÁCH KHÁCH HÀNG"], [], [*reversed(header), "Cột lạ"], [*reversed(row), 1]]
    path = write(tmp_path / "a.xlsx", {unicodedata.normalize("NFD", "KHÁCH HÀNG"): cells})
    assert counts(run(path)) == (1, 0, 0, 0)
    assert Customer.objects.get().phone == "0989922416"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", {"Khách hàng": [["Mã ngân sách", "Loại hình"], ["1", "2"]]})
    told = refused(path)
    assert "“Tên khách hàng”, “Phân loại KH HCSN”" in told and "“Khách hàng”" in told


def test_a_missing_column_of_the_subscriptions_is_named_and_nothing_enters(tmp_path: Path) -> None:
    sheets = {"Khách hàng": table(CUSTOMERS, [unit()]), "Thuê bao đang có": [["Mã ngân sách"]]}
    assert "“Mã yêu cầu”" in refused(write(tmp_path / "a.xlsx", sheets))
    assert not Customer.objects.exists()


def test_optional_columns_and_the_subscriptions_may_be_missing(tmp_path: Path) -> None:
    names = ["budget_code", "name", "org_type", "public_unit_kind"]
    rows = [[CUSTOMERS.columns[name] for name in names], [unit()[name] for name in names]]
    path = write(tmp_path / "a.xlsx", {"Khách hàng": rows, "Thuê bao đang có": []})
    assert counts(run(path)) == (1, 0, 0, 0)


def test_a_workbook_without_the_sheet_is_no_use(tmp_path: Path) -> None:
    assert "Khách hàng" in refused(write(tmp_path / "a.xlsx", {"Sheet1": [["x"]]}))
    assert "b.xlsx" in refused(write(tmp_path / "b.xlsx", {"Khách hàng": []}))


# --- files that cannot be read -----------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0" * 99])
def test_what_is_no_workbook_is_told_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert refused(path) == "a.xlsx is not a workbook that can be read."


def test_a_workbook_cut_short_or_spoilt_is_told_in_one_sentence(tmp_path: Path) -> None:
    whole = book(tmp_path / "a.xlsx", [unit()]).read_bytes()
    path = tmp_path / "b.xlsx"
    for at in range(0, len(whole), 1009):
        for content in (whole[:at], whole[:at] + b"\xff\x00\xff" + whole[at + 3 :]):
            path.write_bytes(content)
            try:
                run(path)
            except Unreadable as refusal:
                assert "b.xlsx" in refusal_text(refusal)


def test_a_file_that_is_not_there_and_a_folder_are_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.xlsx").startswith("none.xlsx cannot be read: No such file")
    assert tmp_path.name in refused(tmp_path)


def test_a_stray_cell_in_the_last_corner_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Khách hàng")
        sheet.write(0, 0, "Mã ngân sách")
        sheet.write(1_048_575, 16_383, "x")
    assert refused(path) == "a.xlsx is too large; split it into several files."


def test_formats_down_to_the_last_row_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Khách hàng")
        for number, row in enumerate(table(CUSTOMERS, [unit()])):
            sheet.write_row(number, 0, row)
        sheet.write_blank(1_048_575, 16_383, None, made.add_format({"bold": True}))
    assert counts(run(path)) == (1, 0, 0, 0)


# --- the rows that go back ---------------------------------------------------------------------


def test_rejected_rows_come_back_as_they_were_with_their_reasons(
    tmp_path: Path, catalogue: object
) -> None:
    bad = unit("12.34", name=unicodedata.normalize("NFD", "  Trạm  Y tế "), phone=123)
    lines = [line("7654321"), line(quantity=0), line()]
    out = tmp_path / "out.xlsx"
    summary = run(book(tmp_path / "a.xlsx", [unit(), bad], lines), out)
    sheets = sheets_of(out)
    assert list(sheets) == ["Khách hàng", "Thuê bao đang có"]
    header, row = sheets["Khách hàng"]
    assert header == [*CUSTOMERS.columns.values(), REASON]
    assert row[:2] == ["12.34", unicodedata.normalize("NFD", "  Trạm  Y tế ")]
    assert row[12] == 123.0
    assert row[-1] == summary.rejected[0].reason
    first, second = sheets["Thuê bao đang có"][1:]
    assert (first[0], second[4]) == ("7654321", 0.0)
    assert first[5] == datetime.date(2026, 3, 1)
    assert [first[-1], second[-1]] == [each.reason for each in summary.lines_rejected]


def test_a_cell_that_begins_like_a_formula_comes_back_as_text(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    run(book(tmp_path / "a.xlsx", [unit("=1+1", name="@SUM(A1)", note="+1")]), out)
    row = sheets_of(out)["Khách hàng"][1]
    assert (row[0], row[1], row[16]) == ("=1+1", "@SUM(A1)", "+1")


def test_a_corrected_workbook_of_rejected_rows_can_be_imported(tmp_path: Path) -> None:
    out, again = tmp_path / "out.xlsx", tmp_path / "again.xlsx"
    run(book(tmp_path / "a.xlsx", [unit(phone="1")]), out)
    cells = sheets_of(out)["Khách hàng"]
    assert counts(run(out, again)) == (0, 0, 0, 1)
    assert sheets_of(again)["Khách hàng"] == cells
    cells[1][12] = "0989922416"
    assert counts(run(write(out, {"Khách hàng": cells}))) == (1, 0, 0, 0)


def test_a_named_workbook_is_written_even_when_no_row_goes_back(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    run(book(tmp_path / "a.xlsx", [unit()]), out)
    assert [len(rows) for rows in sheets_of(out).values()] == [1, 1]


def test_where_the_rejected_rows_cannot_be_written_nothing_enters(tmp_path: Path) -> None:
    source = book(tmp_path / "a.xlsx", [unit(), unit("12")])
    told = refused(source, tmp_path / "no such folder" / "out.xlsx")
    assert "out.xlsx cannot be written: " in told
    assert not Customer.objects.exists()


def test_the_file_that_is_read_is_never_written_over(tmp_path: Path) -> None:
    source = book(tmp_path / "a.xlsx", [unit("12")])
    before = source.read_bytes()
    assert "a.xlsx" in refused(source, tmp_path / "." / "a.xlsx")
    assert source.read_bytes() == before


def test_no_draft_stays_beside_the_workbook(tmp_path: Path) -> None:
    run(book(tmp_path / "a.xlsx", [unit("12")]), tmp_path / "out.xlsx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "out.xlsx"]
