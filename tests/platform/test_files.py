"""R7: files are kept under their digest, by what they are and not by their names."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from PIL import Image

from capphep.platform import files, filetypes
from capphep.platform.models import FileText, StoredFile, TextState
from capphep.pure.errors import Invalid
from tests import pdfs
from tests.stories import PDF


def picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, form)
    return out.getvalue()


def office(main_part: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(
            "[Content_Types].xml", f'<Types><Override ContentType="{main_part}"/></Types>'
        )
    return out.getvalue()


def refusal_of(content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        files.store([content])
    assert refused.value.rule == "R7"
    return refused.value.code


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, filetypes.PDF),
        (picture("PNG"), filetypes.PNG),
        (picture("JPEG"), filetypes.JPEG),
        (office(f"{filetypes.DOCX}.main+xml"), filetypes.DOCX),
        (office(f"{filetypes.XLSX}.main+xml"), filetypes.XLSX),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, media_type: str) -> None:
    stored = files.store([content])
    assert stored.content_type == media_type
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert files.path_of(stored.sha256).read_bytes() == content


@pytest.mark.django_db
def test_the_same_content_is_kept_once() -> None:
    assert files.store([PDF]) == files.store([PDF[:10], PDF[10:]])
    assert StoredFile.objects.count() == FileText.objects.count() == 1


@pytest.mark.django_db
def test_what_is_known_is_not_read_again() -> None:
    stored = files.store([PDF])
    FileText.objects.filter(pk=stored.pk).update(state=TextState.HAS_TEXT, text="đã đọc")
    assert files.store([PDF]).text.text == "đã đọc"


@pytest.mark.django_db
def test_bytes_that_were_lost_come_back_with_the_file() -> None:
    stored = files.store([PDF])
    files.path_of(stored.sha256).unlink()
    assert files.store([PDF]) == stored
    assert files.path_of(stored.sha256).read_bytes() == PDF


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"<html><script>alert(1)</script></html>", "file_type"),
        (b"MZ\x90\x00\x03fake", "file_type"),
        (office("application/vnd.ms-word.document.macroEnabled.main+xml"), "file_type"),
        (PDF[: len(PDF) // 2], "file_broken"),
        (picture("PNG")[:40], "file_broken"),
        (picture("JPEG")[:300], "file_broken"),
        (b"PK\x03\x04 nothing more", "file_broken"),
        (pdfs.locked("mật khẩu"), "file_broken"),
    ],
)
def test_other_content_is_refused_and_leaves_nothing(content: bytes, code: str) -> None:
    assert refusal_of(content) == code
    assert not StoredFile.objects.exists()
    assert not list((settings.FILES_DIR / "incoming").iterdir())


@pytest.mark.django_db
def test_a_file_beyond_the_limit_is_refused_while_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "EVIDENCE_MAX_BYTES", 1024)

    def endless() -> object:
        while True:
            yield b"%PDF-" + b"x" * 500

    with pytest.raises(Invalid) as refused:
        files.store(endless())  # type: ignore[arg-type]
    assert refused.value.code == "file_too_large"


@pytest.mark.django_db
def test_a_kept_file_cannot_be_written_over() -> None:
    path: Path = files.path_of(files.store([PDF]).sha256)
    assert not path.stat().st_mode & 0o222


@pytest.mark.django_db
def test_the_database_refuses_to_change_or_forget_what_was_stored() -> None:
    stored = files.store([PDF])
    rows = StoredFile.objects.filter(pk=stored.pk)
    for tamper in (lambda: rows.update(size=1), rows.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            tamper()
    assert rows.exists()
