"""A workbook that was made to fill the memory costs its reader its own process, nobody else's."""

from __future__ import annotations

import resource
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from capphep.crm.imports.customer_rows import SHEET
from capphep.exchange import uploads
from capphep.exchange.unreadable import Unreadable
from capphep.platform.texts import refusal_text

pytestmark = pytest.mark.once
TOO_LARGE = "a.xlsx quá lớn; hãy chia thành nhiều tệp."


def with_corner(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Khách hàng")
        sheet.write(0, 0, "Mã ngân sách")
        sheet.write(1_048_575, 16_383, "x")
    return path


def rewritten(path: Path, *changes: tuple[bytes, bytes], sheet: str) -> Path:
    """The workbook with its one sheet under another name, and other bytes in its parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            for before, after in changes:
                content = content.replace(before, after)
            archive.writestr(sheet if name == "xl/worksheets/sheet1.xml" else name, content)
    return path


def read(path: Path) -> list[tuple[int, object]]:
    return list(uploads.read(path, "a.xlsx", SHEET).rows)


def test_a_cell_in_the_last_corner_is_refused_however_it_is_written(tmp_path: Path) -> None:
    plain = with_corner(tmp_path / "plain.xlsx")
    quotes = rewritten(
        with_corner(tmp_path / "quotes.xlsx"),
        (b'r="XFD1048576"', b"r='XFD1048576'"),
        sheet="xl/worksheets/sheet1.xml",
    )
    elsewhere = rewritten(
        with_corner(tmp_path / "elsewhere.xlsx"),
        (b"worksheets/sheet1.xml", b"other/sheet1.xml"),
        sheet="xl/other/sheet1.xml",
    )
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for path in (plain, quotes, elsewhere):
        with pytest.raises(Unreadable) as refused:
            read(path)
        assert refusal_text(refused.value) == TOO_LARGE, path
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - own < 200_000  # KiB


def test_what_says_more_than_anybody_would_read_is_refused_on_the_way(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Khách hàng")
        for row in range(400):
            for column in range(20):
                sheet.write_string(row, column, "B" * 30_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(Unreadable) as refused:
        for _row in uploads.read(path, "a.xlsx", SHEET).rows:
            pass
    assert refusal_text(refused.value) == TOO_LARGE


def test_who_stops_reading_leaves_no_process_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Khách hàng")
        for row in range(20_000):
            sheet.write_row(row, 0, ["Mã ngân sách", "x"])
    rows = iter(uploads.read(path, "a.xlsx", SHEET).rows)
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    del rows
    children = Path("/proc/self/task").glob("*/children")
    assert not any("sheetreader" in _command(pid) for each in children for pid in _pids(each))


def _pids(children: Path) -> list[str]:
    return children.read_text().split()


def _command(pid: str) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()
