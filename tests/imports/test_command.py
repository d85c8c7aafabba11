"""`./capphep import_customers`, as people and their scripts use it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from capphep.crm.models import Customer
from tests.imports.books import book, line, sheets_of, unit

pytestmark = pytest.mark.django_db
LAST_LINE = re.compile(
    r"\d+ created, \d+ updated, \d+ unchanged, \d+ rejected; "
    r"\d+ subscription lines created, \d+ unchanged, \d+ rejected"
)


def run(*arguments: object) -> list[str]:
    out = io.StringIO()
    with translation.override("en"):
        call_command("import_customers", *map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_last_line_counts_both_sheets_in_a_form_that_stays(catalogue: object) -> None:
    said = run(book(Path("a.xlsx"), [unit(), unit(phone="1")], [line(), line("7654321")]))
    assert said[-1] == (
        "1 created, 0 updated, 0 unchanged, 1 rejected;"
        " 1 subscription lines created, 0 unchanged, 1 rejected"
    )
    assert LAST_LINE.fullmatch(said[-1])


def test_reasons_are_told_in_vietnamese_and_where_they_are_kept() -> None:
    said = run(book(Path("a.xlsx"), [unit(level="Liên bang")]))
    assert said[0].startswith("Khách hàng, dòng 2: Cấp: “Liên bang” không có trong danh mục: ")
    assert any("a-rejected.xlsx" in one for one in said)


def test_rejected_rows_are_kept_in_the_current_folder_only_when_there_are_some() -> None:
    run(book(Path("a.xlsx"), [unit()]))
    assert not Path("a-rejected.xlsx").exists()
    run(book(Path("b.xlsx"), [unit("12")]))
    assert len(sheets_of(Path("b-rejected.xlsx"))["Khách hàng"]) == 2


def test_a_dry_run_writes_no_file_unless_one_is_named() -> None:
    path = book(Path("a.xlsx"), [unit(), unit("12")])
    dry = run(path, "--dry-run")
    assert not Path("a-rejected.xlsx").exists() and not Customer.objects.exists()
    assert run(path, "--dry-run", "--rejected", "out.xlsx")[-1] == dry[-1] == run(path)[-1]
    assert Path("out.xlsx").exists()


def test_many_reasons_are_shown_in_part() -> None:
    said = run(book(Path("a.xlsx"), [unit(str(n)) for n in range(30)]))
    assert len(said) < 30


def test_unusual_budget_codes_are_named() -> None:
    assert any("4123456" in one for one in run(book(Path("a.xlsx"), [unit("4123456")])))


def test_a_file_that_is_no_use_is_one_sentence() -> None:
    Path("a.xlsx").write_text("hello")
    for name in ("a.xlsx", "none.xlsx"):
        with pytest.raises(CommandError) as caught:
            run(name)
        sentence = str(caught.value)
        assert name in sentence and sentence.endswith(".") and "\n" not in sentence
        assert caught.value.returncode == 1
