"""The text of files: found where there is some, and no file takes the desk along (R7)."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from capphep.platform import filereader, reading
from capphep.platform.models import TextState
from tests import pdfs

pytestmark = pytest.mark.once
SAMPLES = Path(__file__).resolve().parent.parent / "data" / "evidence"

Read = Callable[..., reading.Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(content: bytes, kind: str = "pdf") -> reading.Reading:
        path = tmp_path / "file"
        path.write_bytes(content)
        return reading.read(path, kind)

    return read


def test_the_text_of_a_digital_decision_is_read_with_its_accents() -> None:
    found = reading.read(SAMPLES / "quyet-dinh-cap-nguon.pdf", "pdf")
    assert found.state == TextState.HAS_TEXT and not found.is_cut
    assert "số tiền 24.500.000 đồng" in found.text
    assert "mã số quan hệ ngân sách 1012345" in found.text
    assert (found.pages, found.page_count) == (1, 1)


def test_pages_are_parted_by_form_feeds(read: Read) -> None:
    found = read(pdfs.written("Số: 12/QĐ-UBND\nngày 20/11/2026", "Trang hai"))
    assert found.text == "Số: 12/QĐ-UBND\nngày 20/11/2026\fTrang hai"


@pytest.mark.parametrize(
    "content", [(SAMPLES / "quyet-dinh-cap-nguon-scan.pdf").read_bytes(), pdfs.empty()]
)
def test_a_scan_has_no_text_layer(read: Read, content: bytes) -> None:
    found = read(content)
    assert (found.is_open, found.state, found.text) == (True, TextState.NO_TEXT, "")


@pytest.mark.parametrize("content", [b"%PDF-1.7\n%%EOF", pdfs.locked("mật khẩu"), b"x" * 5000])
def test_what_is_broken_or_locked_does_not_open(read: Read, content: bytes) -> None:
    found = read(content)
    assert (found.is_open, found.state) == (False, TextState.UNREADABLE)


def test_a_file_without_password_but_with_restrictions_is_read(read: Read) -> None:
    assert read(pdfs.locked("")).is_open


def test_of_a_long_document_the_first_pages_are_read(read: Read) -> None:
    found = read(pdfs.written(*["trang"] * 300))
    assert (found.pages, found.page_count, found.is_cut) == (filereader.MOST_PAGES, 300, True)
    assert found.text.count("trang") == filereader.MOST_PAGES


def test_a_text_that_is_too_long_is_cut(read: Read) -> None:
    found = read(pdfs.written(*["chữ " * 5000] * 15))
    assert found.is_cut and found.state == TextState.HAS_TEXT
    assert 100_000 < len(found.text) <= filereader.MOST_CHARACTERS


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(pdfs.branching_pages, id="a tree of pages without end"),
        pytest.param(pdfs.circular_pages, id="pages in a circle"),
        pytest.param(pdfs.nested, id="arrays in arrays"),
        pytest.param(pdfs.bomb, id="content that unpacks to 400 MB"),
        pytest.param(pdfs.endless, id="content that keeps the parser busy"),
    ],
)
def test_a_hostile_file_is_given_up_soon(
    read: Read, content: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CPU_SECONDS", 2)
    begun = time.monotonic()
    assert read(content()).state != TextState.HAS_TEXT
    assert time.monotonic() - begun < reading.PATIENCE


def test_what_was_read_before_a_limit_is_kept(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CPU_SECONDS", 2)
    found = read(pdfs.endless(first_page=True))
    assert (found.state, found.is_cut) == (TextState.HAS_TEXT, True)
    assert found.text == "x"


def test_a_word_file_is_read(read: Read) -> None:
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f"""<w:document xmlns:w="{namespace}"><w:body>
      <w:p><w:r><w:t>Số tiền </w:t></w:r><w:r><w:t>24.500.000</w:t></w:r></w:p>
      <w:p><w:r><w:t>đồng</w:t></w:r></w:p></w:body></w:document>"""
    found = read(package(body), "docx")
    assert (found.state, found.text) == (TextState.HAS_TEXT, "Số tiền 24.500.000\nđồng")


def test_entities_that_explode_in_a_word_file_are_given_up(read: Read) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]><d>&l11;</d>'
    assert read(package(body), "docx").state == TextState.UNREADABLE


def test_a_workbook_is_read(read: Read) -> None:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Mã QHNS", "1234567", 24_500_000, 1.5])
    book.close()
    assert read(out.getvalue(), "xlsx").text == "Mã QHNS 1234567 24500000 1.5"


def test_a_reader_that_cannot_run_blames_no_file(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filereader, "__file__", "/nowhere/filereader.py")
    with pytest.raises(reading.ReaderMissing):
        read(pdfs.empty())


def package(document: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("word/document.xml", document)
    return out.getvalue()
