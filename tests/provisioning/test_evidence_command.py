"""`./capphep evidence`: every stored byte is proved, and old files get their text."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from capphep.platform import files
from capphep.platform.models import FileText, StoredFile, TextState, User
from capphep.provisioning.actions.evidence import remove_evidence
from capphep.provisioning.actions.sending import recall_request
from capphep.provisioning.models import Evidence, LicenceRequest, Round
from capphep.provisioning.states import EvidenceKind
from tests import factories, pdfs, stories
from tests.plumbing.append_only import lifted


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> None:
    """Other tests leave files behind whose records their rollback has taken away."""
    settings.FILES_DIR = tmp_path


@pytest.fixture
def path(own_folder: None, ready: LicenceRequest) -> Path:
    """Where the one file lies that is the draft's evidence of both kinds."""
    return files.path_of(StoredFile.objects.get().sha256)


def verify() -> str:
    out = io.StringIO()
    call_command("evidence", "verify", stdout=out)
    return out.getvalue()


def differences(capsys: pytest.CaptureFixture[str]) -> str:
    """What is said about faults, with the exit status that goes with them."""
    with pytest.raises(CommandError) as found:
        call_command("evidence", "verify")
    assert found.value.returncode == 1
    return capsys.readouterr().out


def test_intact_files_are_counted(path: Path) -> None:
    size = path.stat().st_size
    told = f"1 files, {size} bytes; 0 sendings with 0 files; 0 differences\n"
    assert verify() == told


def test_a_changed_byte_is_found_and_its_requests_are_named(
    path: Path, ready: LicenceRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    path.chmod(0o640)
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    told = differences(capsys)
    assert f"OTHER CONTENT {path.name}" in told
    assert f"{ready.request_no} (quyết định.pdf)" in told and "1 differences" in told


def test_a_file_that_grew_is_found(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.chmod(0o640)
    with path.open("ab") as file:
        file.write(b"x")
    assert "OTHER SIZE" in differences(capsys)


def test_a_removed_file_is_found(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.unlink()
    assert f"MISSING {path.name}" in differences(capsys)


@pytest.mark.parametrize("place", ["ab/cd/abcd", "notes.txt"])
def test_a_stray_file_is_found(
    path: Path, place: str, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    stray = settings.FILES_DIR / place
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    assert f"STRAY {place}" in differences(capsys)


def test_a_known_file_in_a_wrong_place_is_a_stray(
    path: Path, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    (settings.FILES_DIR / path.name).write_bytes(path.read_bytes())
    assert f"STRAY {path.name}" in differences(capsys)


def test_an_upload_under_way_is_none_but_one_from_yesterday_is(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files.incoming().mkdir(exist_ok=True)
    draft = files.incoming() / "tmp1"
    draft.write_bytes(b"%PDF-")
    assert "0 differences" in verify()
    os.utime(draft, (1, 1))
    assert "STRAY incoming/tmp1" in differences(capsys)


def test_records_that_anybody_could_change_are_told(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with lifted():
        assert "UNGUARDED platform_storedfile" in differences(capsys)


@pytest.fixture
def waiting(path: Path, ready: LicenceRequest, salesperson: User) -> LicenceRequest:
    return stories.send(ready, salesperson)


def test_what_was_sent_is_compared_too(waiting: LicenceRequest, officer: User) -> None:
    assert "1 sendings with 2 files; 0 differences" in verify()
    stories.approved(waiting, officer)
    assert "1 sendings with 2 files; 0 differences" in verify()


def test_evidence_that_changed_behind_the_back_of_a_sent_request_is_found(
    waiting: LicenceRequest, salesperson: User, capsys: pytest.CaptureFixture[str]
) -> None:
    commitment, decision = waiting.evidence.order_by("kind")
    Evidence.objects.filter(pk=decision.pk).update(number="2/QĐ")
    Evidence.objects.filter(pk=commitment.pk).delete()
    added = Evidence.objects.create(
        request=waiting,
        kind=EvidenceKind.COMMITMENT,
        file=decision.file,
        name="thêm.pdf",
        added_by=salesperson,
    )
    told = differences(capsys)
    said = f"SENT {waiting.request_no}, round 1,"
    assert f"{said} sent {commitment.name}, which is no longer attached" in told
    assert f"{said} did not send {added.name}, which is attached" in told
    assert f"{said} sent {decision.name} otherwise than it is attached" in told


def test_a_sent_file_whose_record_is_gone_or_differs_is_found(
    waiting: LicenceRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = waiting.rounds.get()
    entries = sent.content["evidence"]
    entries[0]["size"] += 1
    entries[1]["sha256"] = "0" * 64
    Round.objects.filter(pk=sent.pk).update(content=sent.content)
    told = differences(capsys)
    assert "bytes, its record has" in told and "which has no record" in told


def test_what_its_salesperson_may_change_again_is_no_difference(
    waiting: LicenceRequest, salesperson: User
) -> None:
    recall_request(actor=salesperson, request_id=waiting.pk)
    one = waiting.evidence.all()[0]
    remove_evidence(actor=salesperson, request_id=waiting.pk, evidence_id=one.pk)
    assert "0 differences" in verify()


@pytest.mark.django_db
def test_files_that_were_stored_unread_are_read() -> None:
    content = pdfs.written("Số tiền 24.500.000 đồng")
    stored = factories.stored_pdf(content)
    FileText.objects.all().delete()
    out = io.StringIO()
    call_command("evidence", "read", stdout=out)
    assert out.getvalue() == "1 files read: 1 has_text, 0 no_text, 0 unreadable\n"
    stored.refresh_from_db()
    assert stored.text.text == "Số tiền 24.500.000 đồng"
    call_command("evidence", "read", stdout=out)
    assert "0 files read" in out.getvalue()


@pytest.mark.django_db
def test_what_could_not_be_read_is_tried_again_when_asked() -> None:
    lost = factories.stored_pdf(pdfs.empty())
    files.path_of(lost.sha256).unlink()
    FileText.objects.all().delete()
    call_command("evidence", "read", stdout=io.StringIO())
    assert FileText.objects.get().state == TextState.UNREADABLE
    files.path_of(lost.sha256).write_bytes(pdfs.empty())
    call_command("evidence", "read", again=True, stdout=io.StringIO())
    assert FileText.objects.get().state == TextState.NO_TEXT
