"""`load_catalogue`: what it prints and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from capphep.catalog.models import Product
from capphep.platform.models import AuditEntry
from tests.catalog.files import TEXT

pytestmark = pytest.mark.django_db
Capture = pytest.CaptureFixture[str]


def test_the_sample_catalogue_loads_twice(capsys: Capture) -> None:
    call_command("load_catalogue", "--demo")
    call_command("load_catalogue", "--demo")
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith(" created, 0 updated, 0 unchanged")
    assert second == f"0 created, 0 updated, {first.split()[0]} unchanged"
    assert AuditEntry.objects.filter(origin="load_catalogue", actor=None).exists()


def test_mistakes_are_listed_by_line_and_the_command_fails(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "catalogue.yaml"
    text = TEXT.replace("price: 12000000", "price: free").replace("months: 12", "months: 0")
    file.write_text(text)
    with pytest.raises(SystemExit) as ended:
        call_command("load_catalogue", str(file))
    assert ended.value.code == 1
    *lines, last = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"{file}:{n}" for n in (27, 28, 40)]
    assert [line[-5:] for line in lines] == ["[R10]", " [R9]", " [R9]"]
    assert last == "3 mistakes; nothing was changed."
    assert not Product.objects.exists()


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("load_catalogue", str(tmp_path / "none.yaml"))


@pytest.mark.parametrize("arguments", [[], ["catalogue.yaml", "--demo"]])
def test_one_source_is_named(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="Name one file"):
        call_command("load_catalogue", *arguments)
