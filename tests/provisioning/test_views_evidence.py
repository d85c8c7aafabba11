"""Evidence over HTTP: attached at once, errors at their input, served to those who may see it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from capphep.crm.models import Order
from capphep.platform.models import User
from capphep.provisioning.actions.evidence import attach_evidence
from capphep.provisioning.models import Evidence, LicenceRequest
from capphep.provisioning.states import EvidenceKind
from tests import stories
from tests.conftest import signed_in
from tests.plumbing.append_only import lifted
from tests.provisioning.conftest import EVIDENCE, HTMX, VIETNAMESE_NAME, text_of, upload, url

DECISION = EvidenceKind.FUNDING_DECISION


def add(client: Client, record: LicenceRequest, *files: SimpleUploadedFile, **headers: str) -> Any:
    return client.post(
        url("evidence_add", record.pk, DECISION.value),
        {f"evidence-{DECISION.value}": list(files)},
        headers=headers,
    )


def of(record: LicenceRequest, owner: User, name: str) -> Evidence:
    content = (EVIDENCE / name).read_bytes()
    return attach_evidence(
        actor=owner, request_id=record.pk, kind=DECISION, name=name, chunks=[content]
    )


# --- attaching and taking off ------------------------------------------------------------------


def test_several_files_are_attached_and_listed(draft: LicenceRequest, sales_client: Client) -> None:
    names = [VIETNAMESE_NAME, "quyet-dinh-cap-nguon-scan.pdf", "cam-ket-thanh-toan.jpg"]
    response = add(sales_client, draft, *(upload(EVIDENCE / name) for name in names), **HTMX)
    assert response.status_code == 200
    text = text_of(response)
    for name, facts in zip(names, ["PDF", "PDF", "JPG"], strict=True):
        assert f"{name}</a>" in text and f"{facts} · " in text
        assert f"Gỡ tệp {name}" in text
    assert "<html" not in text
    assert [one.name for one in draft.evidence.order_by("id")] == names


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("empty.pdf", "Tệp rỗng."),
        ("html-named.pdf", "theo nội dung"),
        ("program-named.png", "theo nội dung"),
        ("truncated.pdf", "hỏng"),
    ],
)
def test_a_bad_file_is_named_at_its_input_and_the_good_one_stays(
    draft: LicenceRequest, sales_client: Client, name: str, said: str
) -> None:
    good, bad = upload(EVIDENCE / "cam-ket-thanh-toan.pdf"), upload(EVIDENCE / "bad" / name)
    response = add(sales_client, draft, good, bad, **HTMX)
    assert response.status_code == 422
    text = text_of(response)
    assert f"{name}: " in text and said in text
    assert 'aria-invalid="true"' in text and "cam-ket-thanh-toan.pdf</a>" in text
    assert draft.evidence.get().name == "cam-ket-thanh-toan.pdf"


def test_a_file_beyond_the_limit_is_named_at_its_input(
    draft: LicenceRequest, sales_client: Client, settings: LazySettings
) -> None:
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    large = SimpleUploadedFile("lớn.pdf", stories.PDF.ljust(1024 * 1024 + 1))
    response = add(sales_client, draft, large, **HTMX)
    assert response.status_code == 422
    assert "lớn.pdf: " in text_of(response) and "1 MiB" in text_of(response)


def test_the_same_content_under_another_name_is_said(
    draft: LicenceRequest, sales_client: Client
) -> None:
    one = SimpleUploadedFile("một.pdf", stories.PDF)
    again = SimpleUploadedFile("hai.pdf", stories.PDF)
    response = add(sales_client, draft, one, again, **HTMX)
    assert response.status_code == 200
    told = json.loads(response.headers["HX-Trigger"])["toast"]
    assert told == {"text": "hai.pdf có cùng nội dung với một.pdf đã đính kèm.", "tone": "info"}
    assert draft.evidence.get().name == "một.pdf"
    assert "HX-Trigger" not in add(sales_client, draft, one, **HTMX).headers


def test_an_upload_without_a_file_changes_nothing(
    draft: LicenceRequest, sales_client: Client
) -> None:
    assert add(sales_client, draft, **HTMX).status_code == 200
    assert not draft.evidence.exists()


def test_an_upload_without_htmx_goes_back_to_the_form(
    draft: LicenceRequest, sales_client: Client
) -> None:
    bad = upload(EVIDENCE / "bad" / "empty.pdf")
    response = sales_client.post(
        url("evidence_add", draft.pk, DECISION.value),
        {f"evidence-{DECISION.value}": [bad]},
        follow=True,
    )
    assert response.redirect_chain[-1][0] == url("request_edit", draft.pk)
    assert "empty.pdf: Tệp rỗng." in text_of(response)


def test_a_kind_that_does_not_exist_is_not_found(
    draft: LicenceRequest, sales_client: Client
) -> None:
    response = sales_client.post(url("evidence_add", draft.pk, "selfie"))
    assert response.status_code == 404


def test_a_file_is_taken_off(ready: LicenceRequest, sales_client: Client) -> None:
    one = ready.evidence.all()[0]
    response = sales_client.post(url("evidence_remove", ready.pk, one.pk), headers=HTMX)
    assert response.status_code == 200
    assert one.name not in text_of(response)
    assert ready.evidence.count() == 1
    other = ready.evidence.get()
    back = sales_client.post(url("evidence_remove", ready.pk, other.pk))
    assert back.headers["Location"] == url("request_edit", ready.pk)


def test_a_file_of_a_sent_request_cannot_be_taken_off(
    order: Order, salesperson: User, sales_client: Client
) -> None:
    waiting = stories.sent(order, salesperson)
    one = waiting.evidence.all()[0]
    response = sales_client.post(url("evidence_remove", waiting.pk, one.pk), headers=HTMX)
    assert response.status_code == 409
    assert waiting.evidence.count() == 2


# --- serving -----------------------------------------------------------------------------------


def test_a_file_is_served_as_what_it_is_under_its_name(
    draft: LicenceRequest, salesperson: User, sales_client: Client
) -> None:
    one = of(draft, salesperson, VIETNAMESE_NAME)
    response = sales_client.get(url("evidence", one.pk))
    assert b"".join(response.streaming_content) == (EVIDENCE / VIETNAMESE_NAME).read_bytes()
    headers = response.headers
    assert headers["Content-Type"] == "application/pdf"
    name = quote(VIETNAMESE_NAME, safe="()")
    assert headers["Content-Disposition"].startswith("inline; filename*=utf-8''")
    assert name.replace("(", "%28").replace(")", "%29") in headers["Content-Disposition"].replace(
        "(", "%28"
    ).replace(")", "%29")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in headers["Cache-Control"]


def test_a_picture_is_shown_in_a_sandbox(
    draft: LicenceRequest, salesperson: User, sales_client: Client
) -> None:
    one = of(draft, salesperson, "cam-ket-thanh-toan.jpg")
    headers = sales_client.get(url("evidence", one.pk)).headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Disposition"].startswith("inline")
    assert headers["Content-Security-Policy"].endswith("sandbox")


def test_what_a_browser_does_not_show_is_downloaded(
    draft: LicenceRequest, salesperson: User, sales_client: Client
) -> None:
    one = of(draft, salesperson, "cam-ket-thanh-toan.pdf")
    docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    with lifted():
        type(one.file).objects.filter(pk=one.file_id).update(content_type=docx)
    headers = sales_client.get(url("evidence", one.pk)).headers
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Security-Policy"].endswith("sandbox")


def test_a_name_that_lies_about_its_content_gets_the_right_ending(
    draft: LicenceRequest, salesperson: User, sales_client: Client
) -> None:
    one = of(draft, salesperson, "cam-ket-thanh-toan.pdf")
    Evidence.objects.filter(pk=one.pk).update(name="trang.html")
    headers = sales_client.get(url("evidence", one.pk)).headers
    assert headers["Content-Disposition"] == 'inline; filename="trang.html.pdf"'


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("salesperson", 200),
        ("colleague", 200),
        ("other_salesperson", 404),
        ("officer", 404),
        ("auditor", 404),
        ("administrator", 404),
    ],
)
def test_a_drafts_file_is_served_to_its_team_alone(
    ready: LicenceRequest, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    one = ready.evidence.all()[0]
    response = signed_in(request.getfixturevalue(who)).get(url("evidence", one.pk))
    assert response.status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("colleague", 200),
        ("other_salesperson", 404),
        ("officer", 200),
        ("other_officer", 200),
        ("auditor", 200),
        ("administrator", 200),
    ],
)
def test_a_sent_requests_file_is_served_to_the_desk_too(
    order: Order, salesperson: User, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    one = stories.sent(order, salesperson).evidence.all()[0]
    response = signed_in(request.getfixturevalue(who)).get(url("evidence", one.pk))
    assert response.status_code == status
