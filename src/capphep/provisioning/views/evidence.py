"""Evidence files: attached at once, taken off, and served to those who may see the request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from capphep.platform import files, filetypes
from capphep.platform.htmx import ToastTone, is_htmx, redirect, toast
from capphep.platform.models import FileText, User
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.provisioning import queries
from capphep.provisioning.actions.evidence import attach_evidence, remove_evidence
from capphep.provisioning.actions.locks import check_own
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import EvidenceKind
from capphep.provisioning.views.access import only_post
from capphep.provisioning.views.rounds import remarks_of
from capphep.provisioning.views.shown import evidence_shown, input_name
from capphep.pure.errors import Invalid
from capphep.pure.folding import clean
from capphep.pure.mentions import amount_mentions, code_mentions, marked

# What browsers show without running anything that it contains.
_SHOWN_INLINE: Final = frozenset({filetypes.PDF, filetypes.PNG, filetypes.JPEG})
# The page that a browser builds around a picture or a PDF has styles of its own.
NOTHING_RUNS: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)


@only_post("provisioning:request_edit")
def evidence_add(request: HttpRequest, request_id: int, kind: str) -> HttpResponse:
    """context: one (shown.ShownEvidence), record. The fragment of one kind."""
    if kind not in EvidenceKind:
        raise Http404
    actor, asked = actor_of(request), EvidenceKind(kind)
    record = check_own(actor, request_id, "send")
    taken = attach(actor, request_id, asked, request.FILES.getlist(input_name(asked)))
    if not is_htmx(request):
        tone: ToastTone = "danger" if taken.refused else "info"
        text = " ".join([*taken.refused, *taken.known])
        return redirect(request, "provisioning:request_edit", request_id, message=text, tone=tone)
    response = _fragment(request, record, asked, taken.refused)
    return toast(response, " ".join(taken.known), "info") if taken.known else response


def evidence_kind(request: HttpRequest, request_id: int, kind: str) -> HttpResponse:
    """context: as `evidence_add`. The files of one kind, after a dialog saved one."""
    if kind not in EvidenceKind:
        raise Http404
    record = check_own(actor_of(request), request_id, "send")
    if not is_htmx(request):
        return redirect(request, "provisioning:request_edit", request_id)
    return _fragment(request, record, EvidenceKind(kind), [])


@only_post("provisioning:request_edit")
def evidence_remove(request: HttpRequest, request_id: int, evidence_id: int) -> HttpResponse:
    """context: as `evidence_add`."""
    actor = actor_of(request)
    found = queries.visible_evidence(actor, evidence_id)
    remove_evidence(actor=actor, request_id=request_id, evidence_id=evidence_id)
    if not is_htmx(request):
        return redirect(request, "provisioning:request_edit", request_id)
    return _fragment(request, found.request, EvidenceKind(found.kind), [])


def evidence(request: HttpRequest, evidence_id: int) -> FileResponse:
    """RULE R7: the file itself, for those who may see its request."""
    found = queries.visible_evidence(actor_of(request), evidence_id)
    return file_response(found.file_id, found.file.content_type, found.name)


def file_response(sha256: str, content_type: str, name: str) -> FileResponse:
    """The bytes of a stored file under the name that it came with; nothing in it may run."""
    response = FileResponse(
        files.path_of(sha256).open("rb"),
        content_type=content_type,
        as_attachment=content_type not in _SHOWN_INLINE,
        filename=_download_name(name, content_type),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _policy(content_type)
    response["Cache-Control"] = "private, no-store"
    return response


def evidence_text(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """context: title, record (LicenceRequest), evidence, text (FileText or None), parts.

    All that could be read in the file, budget code and amount marked.
    """
    found = queries.visible_evidence(actor_of(request), evidence_id)
    text = FileText.objects.filter(file=found.file_id).first()
    said, record = text.text if text else "", found.request
    mentions = [
        *code_mentions(said, record.budget_code),
        *amount_mentions(said, record.amount),
    ]
    context = {
        "title": found.name,
        "record": record,
        "evidence": found,
        "text": text,
        "parts": marked(said, mentions),
    }
    return render(request, "provisioning/evidence_text.html", context)


@dataclass(frozen=True, slots=True)
class Taken:
    """What happened to files beside their being attached, as sentences that name the file."""

    refused: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)


def attach(
    actor: User, request_id: int, kind: EvidenceKind, uploads: Iterable[UploadedFile]
) -> Taken:
    """Attach each file in a transaction of its own."""
    taken = Taken()
    for upload in uploads:
        name = upload.name or ""
        try:
            found = attach_evidence(
                actor=actor, request_id=request_id, kind=kind, name=name, chunks=upload.chunks()
            )
        except Invalid as refusal:
            taken.refused.append(f"{name}: {refusal_text(refusal)}")
        else:
            if found.name != clean(name):
                same = _("%(name)s has the same content as %(other)s, which is attached already.")
                taken.known.append(same % {"name": name, "other": found.name})
    return taken


def attach_all(request: HttpRequest, request_id: int) -> dict[str, list[str]]:
    """The files that came with the whole form; the errors by the name of their input."""
    errors = {}
    for kind in EvidenceKind:
        uploads = request.FILES.getlist(input_name(kind))
        taken = attach(actor_of(request), request_id, kind, uploads)
        if taken.refused:
            errors[input_name(kind)] = taken.refused
    return errors


def _fragment(
    request: HttpRequest, record: LicenceRequest, kind: EvidenceKind, errors: list[str]
) -> HttpResponse:
    kinds = evidence_shown(record, {input_name(kind): errors}, remarks_of(record))
    context = {"one": next(each for each in kinds if each.kind == kind), "record": record}
    status = 422 if errors else 200
    return render(request, "provisioning/_evidence_kind.html", context, status=status)


def _policy(content_type: str) -> str:
    """Nothing may run or load. A PDF without ``sandbox``: not every browser would show it."""
    return NOTHING_RUNS if content_type == filetypes.PDF else f"{NOTHING_RUNS}; sandbox"


def _download_name(name: str, content_type: str) -> str:
    """The name that it came with; the ending is that of the content, so that nothing is run."""
    ending = filetypes.EXTENSIONS.get(content_type, "")
    known = (ending, ".jpeg") if content_type == filetypes.JPEG else (ending,)
    return name if name.lower().endswith(known) else f"{name}{ending}"
