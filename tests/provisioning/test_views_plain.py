"""The form without scripts: files come with it, and every button keeps the draft first."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from capphep.provisioning.models import LicenceRequest
from tests.provisioning.conftest import (
    EVIDENCE,
    VIETNAMESE_NAME,
    form_data,
    post,
    text_of,
    upload,
    url,
)

SEND, DRAFT = {"intent": "send"}, {"intent": "draft"}


def with_files(record: LicenceRequest, name: str, *names: str) -> dict[str, Any]:
    return form_data(record) | {f"evidence-{name}": [upload(EVIDENCE / each) for each in names]}


def test_files_come_with_the_form_where_there_are_no_scripts(
    draft: LicenceRequest, sales_client: Client
) -> None:
    files = with_files(draft, "funding_decision", VIETNAMESE_NAME, "quyet-dinh-cap-nguon-scan.pdf")
    files |= {"evidence-commitment": upload(EVIDENCE / "cam-ket-thanh-toan.jpg")}
    response = post(sales_client, draft, files | SEND)
    assert response.headers["Location"] == url("request", draft.pk)
    assert sorted(draft.evidence.values_list("kind", "name")) == [
        ("commitment", "cam-ket-thanh-toan.jpg"),
        ("funding_decision", VIETNAMESE_NAME),
        ("funding_decision", "quyet-dinh-cap-nguon-scan.pdf"),
    ]


def test_an_error_in_the_form_loses_no_file(draft: LicenceRequest, sales_client: Client) -> None:
    files = with_files(draft, "commitment", "cam-ket-thanh-toan.pdf")
    response = post(sales_client, draft, files | SEND | {"admin_email": "an@"})
    assert response.status_code == 422
    assert draft.evidence.get().name == "cam-ket-thanh-toan.pdf"
    assert "cam-ket-thanh-toan.pdf" in text_of(response)


def test_a_bad_file_loses_nothing_of_the_form(draft: LicenceRequest, sales_client: Client) -> None:
    files = with_files(draft, "commitment", "cam-ket-thanh-toan.pdf")
    files["evidence-commitment"].append(SimpleUploadedFile("trống.pdf", b""))
    response = post(sales_client, draft, files | DRAFT | {"note": "giữ lại"})
    assert response.status_code == 422
    assert "trống.pdf: Tệp rỗng." in text_of(response)
    assert response.context["form"]["note"].value() == "giữ lại"
    assert draft.evidence.get().name == "cam-ket-thanh-toan.pdf"


@pytest.mark.parametrize("intent", ["refresh", "spread", "remove:{file}", "extra:{line}"])
def test_buttons_without_scripts_keep_the_draft_first(
    ready: LicenceRequest, sales_client: Client, intent: str
) -> None:
    one, line = ready.evidence.all()[0], ready.lines.get()
    value = intent.format(file=one.pk, line=line.pk)
    response = post(sales_client, ready, form_data(ready, note="giữ lại") | {"intent": value})
    extra = url("extra", ready.pk, line.pk)
    expected = extra if value.startswith("extra") else url("request_edit", ready.pk)
    assert response.headers["Location"] == expected
    ready.refresh_from_db()
    assert ready.note == "giữ lại"
    assert ready.evidence.count() == (1 if value.startswith("remove") else 2)


@pytest.mark.parametrize(
    "intent", ["remove:x", "remove:", "extra:x", "remove:99999999999999999999"]
)
def test_a_damaged_button_is_refused_and_the_draft_kept(
    ready: LicenceRequest, sales_client: Client, intent: str
) -> None:
    response = post(sales_client, ready, form_data(ready, note="giữ lại") | {"intent": intent})
    assert response.status_code in (302, 404)
    ready.refresh_from_db()
    assert (ready.note, ready.evidence.count()) == ("giữ lại", 2)
