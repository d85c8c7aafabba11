"""The register of data subjects' requests."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.crm.models import Customer
from capphep.platform import clock, kept_forms
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.history import history_of
from capphep.platform.htmx import redirect, render_dialog
from capphep.platform.kit import HeaderBand, MenuItem, Status
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.roles import Permission, may, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.platform.versions import Stale
from capphep.platform.widgets import DayField, Picker
from capphep.privacy import actions, queries
from capphep.privacy.models import SubjectRequest, SubjectRequestKind
from capphep.privacy.rules import RequestInput
from capphep.privacy.states import SubjectRequestStatus
from capphep.pure.errors import Invalids

_TONES: Final[dict[str, Any]] = {"open": "waiting", "answered": "good", "refused": "gone"}


def request_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, REQUESTS)


def _spec(_actor: User) -> ListSpec[SubjectRequest]:
    return ListSpec(
        columns=(
            Column("asked_by", gettext_lazy("Who asks")),
            Column("kind", gettext_lazy("Kind"), value=SubjectRequest.get_kind_display),
            Column("due_on", gettext_lazy("Answer until"), "date", sort="due_on"),
            Column("status", gettext_lazy("Status"), "status", value=_status),
            Column("customer", gettext_lazy("Customer")),
            Column("received_on", gettext_lazy("Received on"), "date", sort="received_on"),
            Column("handler", gettext_lazy("Handled by")),
        ),
        default_sort="-received_on",
        row_url=lambda one: reverse("privacy:request", args=[one.pk]),
        filters=(
            Filter("status", gettext_lazy("Status"), SubjectRequestStatus.choices, "status"),
            Filter("kind", gettext_lazy("Kind"), SubjectRequestKind.choices, "kind"),
        ),
    )


REQUESTS: Final = ListSource(
    name="privacy.requests",
    title=gettext_lazy("Requests of data subjects"),
    url_name="privacy:request_list",
    rows=queries.visible_subject_requests,
    spec=_spec,
    empty_text=gettext_lazy("What a person asks about their own data is noted here."),
    add_url=lambda actor: (
        reverse("privacy:request_new") if may(actor, Permission.PRIVACY_WRITE) else ""
    ),
    add_label=gettext_lazy("Note a request"),
)


def _status(one: SubjectRequest) -> Status:
    if one.status == SubjectRequestStatus.OPEN and one.due_on < clock.today():
        return Status(gettext_lazy("Overdue"), "bad")
    return Status(one.get_status_display(), _TONES[one.status])


class RequestForm(forms.Form):
    """A request. ``version`` is the one that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=SubjectRequestKind.choices)
    asked_by = forms.CharField(
        label=gettext_lazy("Who asks"), widget=forms.TextInput({"autocomplete": "off"})
    )
    reach = forms.CharField(
        label=gettext_lazy("Phone or e-mail"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    received_on = DayField(
        label=gettext_lazy("Received on"),
        help_text=gettext_lazy("It is to be answered within two working days."),
    )
    customer = forms.ModelChoiceField(
        label=gettext_lazy("Customer"),
        queryset=Customer.objects.all(),
        required=False,
        widget=Picker("crm:parent_picker"),
    )
    handler = forms.ModelChoiceField(
        label=gettext_lazy("Handled by"),
        queryset=User.objects.filter(is_active=True).order_by("sort_key", "id"),
        empty_label=gettext_lazy("Not handed to anybody"),
        required=False,
    )
    about = forms.CharField(
        label=gettext_lazy("What about"), required=False, widget=forms.Textarea({"rows": 4})
    )

    def typed(self) -> RequestInput:
        data = self.cleaned_data
        return RequestInput(
            kind=data["kind"],
            asked_by=data["asked_by"],
            reach=data["reach"],
            about=data["about"],
            received_on=data["received_on"],
            customer_id=data["customer"].pk if data["customer"] else None,
            handler_id=data["handler"].pk if data["handler"] else None,
        )


def _initial_of(record: SubjectRequest) -> dict[str, Any]:
    names = ("version", "kind", "asked_by", "reach", "received_on", "customer", "handler", "about")
    return {name: getattr(record, name) for name in names}


def request_new(request: HttpRequest) -> HttpResponse:
    """context: title, form, cancel_url."""
    require(actor_of(request), Permission.PRIVACY_WRITE)
    typed = request.POST or kept_forms.take(request)
    form = RequestForm(typed, initial={"received_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.enter_request(actor=actor_of(request), typed=form.typed())
            return redirect(request, "privacy:request", made.pk, message=_("Saved."))
        except Invalids as found:
            show_refusals(form, found.refusals)
    context = {
        "title": _("Note a request"),
        "form": form,
        "cancel_url": reverse("privacy:request_list"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "privacy/request.html", context, status=status)


def request(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: as `_page`."""
    record = queries.request_of(actor_of(request), request_id)
    if request.method != "POST":
        form = RequestForm(kept_forms.take(request), initial=_initial_of(record))
        return _page(request, record, form)
    require(actor_of(request), Permission.PRIVACY_WRITE)
    form = RequestForm(request.POST, initial=_initial_of(record))
    if not form.is_valid():
        return _page(request, record, form, status=422)
    try:
        actions.edit_request(
            actor=actor_of(request),
            request_id=request_id,
            seen_version=form.cleaned_data["version"] or 0,
            typed=form.typed(),
        )
    except Invalids as found:
        show_refusals(form, found.refusals)
        return _page(request, record, form, status=422)
    except Stale:
        fresh = queries.request_of(actor_of(request), request_id)
        conflict = stale_edit(form, fresh, theirs=_initial_of(fresh))
        return _page(request, fresh, form, conflict=conflict, status=409)
    return redirect(request, "privacy:request", request_id, message=_("Saved."))


def _page(
    request: HttpRequest,
    record: SubjectRequest,
    form: RequestForm,
    *,
    conflict: StaleEdit | None = None,
    status: int = 200,
) -> HttpResponse:
    """context: title, form (None where nothing may change), record, band, conflict, entries."""
    may_edit = record.status == SubjectRequestStatus.OPEN and may(
        actor_of(request), Permission.PRIVACY_WRITE
    )
    context = {
        "title": str(record),
        "form": form,
        "may_edit": may_edit,
        "record": record,
        "band": _band(record, may_edit),
        "conflict": conflict,
        "entries": history_of(record),
    }
    template = "privacy/request.html" if may_edit else "privacy/request_ended.html"
    return render(request, template, context, status=status)


def _band(record: SubjectRequest, may_edit: bool) -> HeaderBand:
    answer, refuse = (
        reverse("privacy:request_end", args=[record.pk, verb]) for verb in ("answer", "refuse")
    )
    return HeaderBand(
        title=str(record),
        status=_status(record),
        primary=MenuItem(_("Answer"), answer, "dialog", icon="send") if may_edit else None,
        actions=[
            MenuItem(_("Save"), "record-form", "submit", icon="device-floppy"),
            MenuItem(_("Refuse"), refuse, "dialog", icon="ban", danger=True),
        ]
        if may_edit
        else [],
        back_url=reverse("privacy:request_list"),
        back_label=_("Requests of data subjects"),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Answer"), widget=forms.Textarea({"rows": 5}), max_length=4000
    )


def request_end(request: HttpRequest, request_id: int, verb: str) -> HttpResponse:
    """context: title, text, form, action, back_url, yes_label."""
    require(actor_of(request), Permission.PRIVACY_WRITE)
    titles = {"answer": _("Answer the request?"), "refuse": _("Refuse the request?")}
    if verb not in titles:
        raise Http404
    record = queries.request_of(actor_of(request), request_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.end_request(
            actor=actor_of(request),
            request_id=request_id,
            verb=verb,
            answer=form.cleaned_data["answer"],
        )
        return redirect(request, "privacy:request", request_id, message=_("Saved."))
    context = {
        "title": titles[verb],
        "text": str(record),
        "form": form,
        "action": request.path,
        "back_url": reverse("privacy:request", args=[request_id]),
        "danger": verb == "refuse",
        "yes_label": _("Answer") if verb == "answer" else _("Refuse"),
    }
    status = 422 if request.method == "POST" else 200
    return render_dialog(request, "platform/_confirm.html", context, status=status)
