"""Evidence of a request over the API (R7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Schema, UploadedFile
from pydantic import StrictInt

from capphep.platform import clock, files
from capphep.platform.api import (
    ApiRequest,
    Input,
    LocalDay,
    Patch,
    Principal,
    RecordId,
    Routes,
    Scope,
    located,
    seen_version,
    sent,
    tagged,
)
from capphep.platform.filetypes import EXTENSIONS
from capphep.provisioning.actions import evidence as actions
from capphep.provisioning.actions.locks import check_own
from capphep.provisioning.api.requests import request_named
from capphep.provisioning.api.schemas import EvidenceOut
from capphep.provisioning.api.shown import evidence_shown
from capphep.provisioning.api.typed import raise_errors
from capphep.provisioning.evidence_rules import check_issued_on
from capphep.provisioning.forms import DecisionForm, decision_initial
from capphep.provisioning.models import Evidence, LicenceRequest
from capphep.provisioning.queries import evidence_of
from capphep.provisioning.states import EvidenceKind
from capphep.provisioning.views.evidence import file_response
from capphep.pure.errors import Invalid, NotFound, gettext_noop

routes = Routes("Requests")
_FILE: Final = {
    "responses": {
        200: {
            "content": {
                media_type: {"schema": {"type": "string", "contentEncoding": "binary"}}
                for media_type in EXTENSIONS
            }
        }
    }
}
# What the bytes are refused with, beside 422.
_STATUSES: Final = {"file_too_large": 413, "file_type": 415}


class DecisionFields(Input):
    """What a funding decision says of itself; nothing has to be known."""

    number: str = ""
    issued_on: LocalDay | None = Field(None, description="local day")
    issuer: str = ""
    amount: StrictInt | None = Field(None, description="whole đồng")


class UploadFields(Schema):
    kind: EvidenceKind
    number: str = Field("", description="of the funding decision")
    issued_on: LocalDay | None = None
    issuer: str = ""
    amount: int | None = None


def _keep_bytes(request: HttpRequest, request_no: str) -> None:
    """Store the file: reading it takes a while, and nobody shall wait for that (R7)."""
    principal: Principal | None = getattr(request, "principal", None)
    file = request.FILES.get("file")
    if principal is None or file is None:
        return
    record = request_named(principal, request_no)
    check_own(principal.actor, record.pk, "send")
    with _as_answers():
        files.store(file.chunks())
    file.seek(0)


@routes.create(
    "/requests/{request_no}/evidence", Scope.REQUESTS_WRITE, EvidenceOut, before=_keep_bytes
)
def upload_evidence(
    request: ApiRequest,
    request_no: str,
    response: HttpResponse,
    data: Form[UploadFields],
    file: File[UploadedFile],
) -> Any:
    """Attach a file: PDF, PNG, JPEG, DOCX or XLSX by its content; the same one once."""
    actor = request.auth.actor
    record = check_own(actor, request_named(request.auth, request_no).pk, "send")
    said = _said(data)
    values = _decision_values(Evidence(), said) if said else {}
    with _as_answers():
        made = actions.attach_evidence(
            actor=actor,
            request_id=record.pk,
            kind=data.kind,
            name=file.name or "",
            chunks=file.chunks(),
        )
    if values:
        made = actions.describe_decision(
            actor=actor,
            request_id=record.pk,
            evidence_id=made.pk,
            seen_version=made.version,
            values=values,
        )
    located(response, f"/requests/{request_no}/evidence/{made.pk}")
    return _answer(_one(record, made.pk), response)


@routes.read("/requests/{request_no}/evidence/{evidence_id}", Scope.REQUESTS_READ, EvidenceOut)
def get_evidence(
    request: ApiRequest, request_no: str, evidence_id: RecordId, response: HttpResponse
) -> Any:
    """Read what is known of a file."""
    return _answer(_one(request_named(request.auth, request_no), evidence_id), response)


@routes.read(
    "/requests/{request_no}/evidence/{evidence_id}/content",
    Scope.REQUESTS_READ,
    None,
    extra=_FILE,
)
def download_evidence(request: ApiRequest, request_no: str, evidence_id: RecordId) -> Any:
    """Fetch the file itself."""
    found = _one(request_named(request.auth, request_no), evidence_id)
    return file_response(found.file_id, found.file.content_type, found.name)


@routes.change("/requests/{request_no}/evidence/{evidence_id}", Scope.REQUESTS_WRITE, EvidenceOut)
def describe_evidence(
    request: ApiRequest,
    request_no: str,
    evidence_id: RecordId,
    data: Patch[DecisionFields],
    response: HttpResponse,
) -> Any:
    """Say what a funding decision says of itself."""
    version, actor = seen_version(request), request.auth.actor
    record = check_own(actor, request_named(request.auth, request_no).pk, "send")
    found = _one(record, evidence_id)
    _require_decision(found.kind)
    actions.describe_decision(
        actor=actor,
        request_id=record.pk,
        evidence_id=found.pk,
        seen_version=version,
        values=_decision_values(found, sent(data)),
    )
    return _answer(_one(record, found.pk), response)


@routes.remove("/requests/{request_no}/evidence/{evidence_id}", Scope.REQUESTS_WRITE)
def remove_evidence(request: ApiRequest, request_no: str, evidence_id: RecordId) -> Any:
    """Take a file off a draft; what was sent stays with its round."""
    record = request_named(request.auth, request_no)
    actions.remove_evidence(actor=request.auth.actor, request_id=record.pk, evidence_id=evidence_id)


def _said(data: UploadFields) -> dict[str, Any]:
    said = {name: getattr(data, name) for name in DecisionFields.model_fields}
    said = {name: value for name, value in said.items() if value not in ("", None)}
    if said:
        _require_decision(data.kind)
    return said


def _require_decision(kind: str) -> None:
    if kind != EvidenceKind.FUNDING_DECISION:
        message = gettext_noop("Only a funding decision has a number, day, issuer and amount.")
        raise Invalid("no_decision", message, field="kind")


def _decision_values(record: Evidence, changes: dict[str, Any]) -> dict[str, Any]:
    """The record's with what was sent, as the action takes them. Raises Invalid, Invalids."""
    typed = {name: "" if value is None else value for name, value in changes.items()}
    form = DecisionForm(record, decision_initial(record) | typed)
    raise_errors(form)
    check_issued_on(form.values["issued_on"], clock.today())
    return form.values


@contextmanager
def _as_answers() -> Iterator[None]:
    """What is wrong with the bytes, at the member that held them and with HTTP's own status."""
    try:
        yield
    except Invalid as refusal:
        refusal.status = _STATUSES.get(refusal.code, refusal.status)
        refusal.field = "file"
        raise


def _one(record: LicenceRequest, evidence_id: int) -> Evidence:
    found = evidence_of(record).filter(pk=evidence_id).first()
    if found is None:
        raise NotFound("file_not_found", gettext_noop("There is no such file."))
    return found


def _answer(evidence: Evidence, response: HttpResponse) -> dict[str, Any]:
    tagged(response, evidence.version)
    return evidence_shown(evidence)
