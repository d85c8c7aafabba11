"""*Vắng mặt và người thay*: who is away, entering it and cancelling it."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.ims import actions
from capphep.ims.forms import AbsenceForm
from capphep.ims.models import Absence
from capphep.ims.queries import absences as queries
from capphep.ims.queries.desk import require_desk
from capphep.platform import clock, kept_forms
from capphep.platform.htmx import done, redirect, render_dialog
from capphep.platform.kit import MenuItem, Status
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.pure.errors import Invalid

_STATES = {
    "now": Status(gettext_lazy("Away"), "waiting"),
    "later": Status(gettext_lazy("Not begun"), "info"),
    "over": Status(gettext_lazy("Over"), "gone"),
}


def absence_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, ABSENCES)


def _rows(actor: User) -> QuerySet[Absence]:
    require_desk(actor)
    return queries.absences()


def _spec(actor: User) -> ListSpec[Absence]:
    day = clock.today()
    return ListSpec(
        columns=(
            Column("officer", gettext_lazy("Officer"), sort="officer__full_name"),
            Column("substitute", gettext_lazy("Substitute"), sort="substitute__full_name"),
            Column("first_day", gettext_lazy("First day away"), "date", sort="first_day"),
            Column("last_day", gettext_lazy("Last day away"), "date", sort="last_day"),
            Column(
                "state",
                gettext_lazy("Status"),
                "status",
                value=lambda row: _STATES[queries.state_of(row, day)],
            ),
            Column("created_by", gettext_lazy("Entered by")),
        ),
        default_sort="-last_day",
        row_url=lambda row: _handled_by(row.officer),
        row_menu=lambda row: _menu(actor, row),
        filters=(
            Filter(
                "state",
                gettext_lazy("Status"),
                [(name, status.label) for name, status in _STATES.items()],
                lambda rows, states: queries.in_states(rows, states, day),
            ),
        ),
    )


ABSENCES: Final = ListSource(
    name="ims.absences",
    title=gettext_lazy("Absence and substitutes"),
    url_name="ims:absence_list",
    rows=_rows,
    spec=_spec,
    empty_text=gettext_lazy("Nobody is away."),
    intro=gettext_lazy("What an officer who is away handles shows as the substitute's own."),
    add_url=lambda actor: reverse("ims:absence_new") if queries.may_enter(actor) else "",
    add_label=gettext_lazy("Enter an absence"),
)


def _handled_by(officer: User) -> str:
    query = urlencode({"status": "waiting", "holder": officer.pk})
    return f"{reverse('ims:queue')}?{query}"


def _menu(actor: User, row: Absence) -> list[MenuItem]:
    items = [MenuItem(_("What the officer handles"), _handled_by(row.officer), icon="list-check")]
    if queries.may_enter_for(actor, row.officer_id):
        cancel = reverse("ims:absence_cancel", args=[row.pk])
        items.append(MenuItem(_("Cancel the absence"), cancel, "dialog", "x", danger=True))
    return items


def absence_new(request: HttpRequest) -> HttpResponse:
    """context: title, form, cancel_url."""
    actor = actor_of(request)
    queries.require_may_enter(actor)
    if request.method != "POST":
        form = AbsenceForm(actor, kept_forms.take(request), initial={"first_day": clock.today()})
        return _form_page(request, form)
    form = AbsenceForm(actor, request.POST)
    if form.is_valid():
        try:
            absence = actions.enter_absence(actor=actor, **form.values())
        except Invalid as refusal:
            show_refusals(form, [refusal])
        else:
            return _entered(request, absence)
    return _form_page(request, form, status=422)


def _form_page(request: HttpRequest, form: AbsenceForm, *, status: int = 200) -> HttpResponse:
    context = {
        "title": _("Enter an absence"),
        "form": form,
        "cancel_url": reverse("ims:absence_list"),
    }
    return render(request, "ims/absence_form.html", context, status=status)


def _entered(request: HttpRequest, absence: Absence) -> HttpResponse:
    """Say so, and warn where others count on the officer in those days."""
    text = _("%(who)s is away from %(first)s to %(last)s; %(substitute)s stands in.") % {
        "who": absence.officer.full_name,
        "first": f"{absence.first_day:%d/%m/%Y}",
        "last": f"{absence.last_day:%d/%m/%Y}",
        "substitute": absence.substitute.full_name,
    }
    others = queries.counting_on(absence)
    if not others:
        return redirect(request, "ims:absence_list", message=text)
    names = ", ".join(one.officer.full_name for one in others)
    warning = _("In those days they stand in for %(names)s: find somebody else.")
    message = f"{text} {warning % {'names': names}}"
    return redirect(request, "ims:absence_list", message=message, tone="warning")


def absence_cancel(request: HttpRequest, absence_id: int) -> HttpResponse:
    """context: title, text, action, danger, back_url."""
    actor = actor_of(request)
    require_desk(actor)
    absence = queries.absence_of(absence_id)
    queries.require_absence_of(actor, absence.officer_id)
    if request.method == "POST":
        actions.cancel_absence(actor=actor, absence_id=absence_id)
        return done(request, _("The absence is cancelled."), back="ims:absence_list")
    context = {
        "title": _("Cancel the absence?"),
        "text": str(absence),
        "action": request.path,
        "danger": True,
        "back_url": reverse("ims:absence_list"),
    }
    return render_dialog(request, "platform/_confirm.html", context)
