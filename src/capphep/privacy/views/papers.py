"""What belongs to a data subject's request: its files, what is held about the person, a copy."""

from __future__ import annotations

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.platform.filetypes import XLSX
from capphep.platform.htmx import done, render_dialog
from capphep.platform.kit import MenuItem
from capphep.platform.models import AccessKind, User
from capphep.platform.personal import note, note_export
from capphep.platform.roles import Permission, may, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.privacy import queries
from capphep.privacy.actions import filing
from capphep.privacy.holdings import held_about
from capphep.privacy.states import SubjectRequestStatus
from capphep.privacy.views.access import RECORDS
from capphep.privacy.workbook import workbook
from capphep.provisioning.views.access import only_post
from capphep.provisioning.views.evidence import file_response
from capphep.pure.errors import Invalid


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, PNG, JPEG, DOCX or XLSX."),
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"}),
    )


def request_files(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: title, record, files [SubjectRequestFile], may_remove, actions, panel_url."""
    actor = actor_of(request)
    record = queries.request_of(actor, request_id)
    may_write = may(actor, Permission.PRIVACY_WRITE)
    add = MenuItem(_("Attach a file"), reverse("privacy:file_add", args=[record.pk]), "dialog")
    context = {
        "title": _("Files"),
        "record": record,
        "files": record.files.select_related("file", "added_by").order_by("-id"),
        "may_remove": may_write and record.status == SubjectRequestStatus.OPEN,
        "actions": [add] if may_write else [],
        "panel_url": request.path,
        "panel_loaded": True,
    }
    return render(request, "privacy/_files.html", context)


def file_add(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: title, form, action, back_url, submit_label."""
    actor = actor_of(request)
    require(actor, Permission.PRIVACY_WRITE)
    queries.request_of(actor, request_id)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _is_attached(actor, request_id, form):
        return done(request, _("The file is attached."), back=_page(request_id))
    context = {
        "title": _("Attach a file"),
        "form": form,
        "action": request.path,
        "back_url": _page(request_id),
        "submit_label": _("Attach"),
    }
    status = 422 if request.method == "POST" else 200
    return render_dialog(request, "platform/_dialog_form.html", context, status=status)


def _is_attached(actor: User, request_id: int, form: FileForm) -> bool:
    file = form.cleaned_data["file"]
    try:
        filing.attach_file(actor=actor, request_id=request_id, name=file.name, chunks=file.chunks())
    except Invalid as refusal:
        show_refusals(form, [refusal])
        return False
    return True


@only_post("privacy:file")
def file_remove(request: HttpRequest, file_id: int) -> HttpResponse:
    record = filing.remove_file(actor=actor_of(request), file_id=file_id)
    return done(request, _("The file is taken off."), back=_page(record.pk))


def file(request: HttpRequest, file_id: int) -> FileResponse:
    """RULE R7: a file of the register, for those who read it; the access log keeps who did."""
    actor = actor_of(request)
    found = queries.file_of(actor, file_id)
    note(actor, AccessKind.VIEW, {("subjectrequest", found.request_id): str(found.request)[:150]})
    return file_response(found.file_id, found.file.content_type, found.name)


def request_held(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: title, record, held [(kind, Held)], copy_url, panel_url."""
    actor = actor_of(request)
    record = queries.request_of(actor, request_id)
    held = held_about(actor, record)
    may_copy = bool(held) and may(actor, Permission.PRIVACY_WRITE)
    context = {
        "title": _("What is held about this person"),
        "record": record,
        "held": [(RECORDS.get(one.kind, ""), one) for one in held],
        "copy_url": reverse("privacy:request_copy", args=[record.pk]) if may_copy else "",
        "panel_url": request.path,
        "panel_loaded": True,
    }
    return render(request, "privacy/_held.html", context)


def request_copy(request: HttpRequest, request_id: int) -> HttpResponse:
    """A copy to hand over, as .xlsx; masked as for who asks, and noted as an export."""
    actor = actor_of(request)
    require(actor, Permission.PRIVACY_WRITE)
    record = queries.request_of(actor, request_id)
    held = held_about(actor, record)
    note_export(actor, _("Copy of personal data: %(name)s") % {"name": record.asked_by}, len(held))
    response = HttpResponse(workbook(record, held), content_type=XLSX)
    name = f"personal-data-{record.pk}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _page(request_id: int) -> str:
    return reverse("privacy:request", args=[request_id])
