"""Attaching and removing evidence: by content, once, intact (R7)."""

from __future__ import annotations

import datetime
import hashlib
import json
import unicodedata
from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from capphep.crm.models import Order
from capphep.platform import files
from capphep.platform.audit import entries_of
from capphep.platform.models import StoredFile, TextState, User
from capphep.provisioning.actions.evidence import attach_evidence, frozen_evidence, remove_evidence
from capphep.provisioning.models import Evidence, LicenceRequest
from capphep.provisioning.states import EvidenceKind
from capphep.pure.errors import Conflict, Forbidden, Invalid, NotFound
from tests import pdfs, stories
from tests.provisioning.conftest import EVIDENCE, VIETNAMESE_NAME

DECISION = EvidenceKind.FUNDING_DECISION


def attach(actor: User, record: LicenceRequest, name: str, content: bytes) -> Evidence:
    return attach_evidence(
        actor=actor, request_id=record.pk, kind=DECISION, name=name, chunks=[content]
    )


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        (VIETNAMESE_NAME, "application/pdf"),
        ("quyet-dinh-cap-nguon-scan.pdf", "application/pdf"),
        ("cam-ket-thanh-toan.jpg", "image/jpeg"),
    ],
)
def test_a_file_is_kept_under_its_own_name(
    draft: LicenceRequest, salesperson: User, name: str, content_type: str
) -> None:
    content = (EVIDENCE / name).read_bytes()
    evidence = attach(salesperson, draft, name, content)
    assert evidence.name == name
    assert (evidence.file.content_type, evidence.file.size) == (content_type, len(content))
    assert files.path_of(evidence.file_id).read_bytes() == content
    entry = entries_of(draft)[0]
    assert (entry.verb, entry.after["name"]) == ("evidence_added", name)


def test_a_decomposed_name_is_composed(draft: LicenceRequest, salesperson: User) -> None:
    name = unicodedata.normalize("NFD", VIETNAMESE_NAME)
    assert attach(salesperson, draft, name, stories.PDF).name == VIETNAMESE_NAME


def test_the_same_file_is_attached_once(draft: LicenceRequest, salesperson: User) -> None:
    first = attach(salesperson, draft, "một.pdf", stories.PDF)
    again = attach(salesperson, draft, "hai.pdf", stories.PDF)
    assert first.pk == again.pk
    assert draft.evidence.count() == StoredFile.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("empty.pdf", "file_empty"),
        ("html-named.pdf", "file_type"),
        ("program-named.png", "file_type"),
        ("truncated.pdf", "file_broken"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused(
    draft: LicenceRequest, salesperson: User, name: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        attach(salesperson, draft, name, (EVIDENCE / "bad" / name).read_bytes())
    assert (refused.value.code, refused.value.rule) == (code, "R7")
    assert not Evidence.objects.exists() and not StoredFile.objects.exists()


def test_a_file_made_to_exhaust_the_reader_is_attached_and_known_as_unreadable(
    draft: LicenceRequest, salesperson: User
) -> None:
    evidence = attach(salesperson, draft, "bom.pdf", pdfs.branching_pages())
    assert evidence.file.text.state == TextState.UNREADABLE


def test_a_file_beyond_the_limit_is_refused_before_it_has_arrived(
    draft: LicenceRequest, salesperson: User, settings: LazySettings
) -> None:
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield stories.PDF.ljust(512 * 1024)

    with pytest.raises(Invalid) as refused:
        attach_evidence(
            actor=salesperson, request_id=draft.pk, kind=DECISION, name="a.pdf", chunks=endless()
        )
    assert refused.value.code == "file_too_large"
    assert given == 3
    assert not list((settings.FILES_DIR / "incoming").iterdir())


def test_whoever_may_not_attach_sends_nothing_to_the_disk(
    draft: LicenceRequest, colleague: User, other_salesperson: User, officer: User
) -> None:
    def never() -> Iterator[bytes]:
        raise AssertionError("the bytes were read")
        yield b""

    for person, refusal in (
        (colleague, Forbidden),
        (other_salesperson, NotFound),
        (officer, Forbidden),
    ):
        with pytest.raises(refusal):
            attach_evidence(
                actor=person, request_id=draft.pk, kind=DECISION, name="a.pdf", chunks=never()
            )


def test_evidence_of_a_sent_request_stays_as_it_is(order: Order, salesperson: User) -> None:
    waiting = stories.sent(order, salesperson)
    one = waiting.evidence.all()[0]
    with pytest.raises(Conflict):
        attach(salesperson, waiting, "a.pdf", stories.PDF)
    with pytest.raises(Conflict):
        remove_evidence(actor=salesperson, request_id=waiting.pk, evidence_id=one.pk)
    assert waiting.evidence.count() == 2


def test_a_file_is_taken_off_and_its_bytes_stay(ready: LicenceRequest, salesperson: User) -> None:
    one = ready.evidence.all()[0]
    remove_evidence(actor=salesperson, request_id=ready.pk, evidence_id=one.pk)
    assert ready.evidence.count() == 1
    assert files.path_of(one.file_id).exists()
    assert entries_of(ready)[0].before["sha256"] == one.file_id


def test_a_file_of_another_request_cannot_be_taken_off_here(
    both: LicenceRequest, draft: LicenceRequest, salesperson: User
) -> None:
    foreign = both.evidence.all()[0]
    with pytest.raises(NotFound):
        remove_evidence(actor=salesperson, request_id=draft.pk, evidence_id=foreign.pk)
    assert both.evidence.count() == 2


def test_what_is_sent_is_told_with_digests_and_what_the_decision_says(
    ready: LicenceRequest,
) -> None:
    one = ready.evidence.get(kind=DECISION)
    issued = datetime.date(2026, 11, 20)
    Evidence.objects.filter(pk=one.pk).update(number="12/QĐ-UBND", issued_on=issued, amount=5)
    commitment, decision = frozen_evidence(ready)
    assert commitment["kind"] == EvidenceKind.COMMITMENT
    assert decision == {
        "id": one.pk,
        "kind": DECISION.value,
        "name": "quyết định.pdf",
        "sha256": hashlib.sha256(stories.PDF).hexdigest(),
        "size": len(stories.PDF),
        "content_type": "application/pdf",
        "number": "12/QĐ-UBND",
        "issued_on": "2026-11-20",
        "issuer": "",
        "amount": 5,
    }
    assert json.loads(json.dumps(commitment)) == commitment
