"""*Trả lại*: the approver's page with room for a comment at everything that was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.ims import actions
from capphep.ims.queries import desk
from capphep.ims.queries.evidence import files_of
from capphep.ims.return_forms import ON, ReturnForm
from capphep.ims.views.assignment import held_by_another
from capphep.ims.views.dialogs import to_next
from capphep.ims.views.evidence import previews_of
from capphep.platform import kept_forms
from capphep.platform.htmx import redirect
from capphep.platform.kit import HeaderBand, MenuItem, Text
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text, show_refusals
from capphep.provisioning.actions.rounds import parts_of
from capphep.provisioning.contents import Content
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.round_rules import Row, comment_fields, topic_of
from capphep.provisioning.views.contents import as_seen, label_of, rows_of, schemas_of
from capphep.provisioning.views.shown import status_of, steps_of
from capphep.pure.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Place:
    """Something that may be commented on: what was sent of it, and where the comment goes."""

    bound: BoundField
    rows: Sequence[Row]


def give_back(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: as `_page`."""
    actor = actor_of(request)
    record = desk.desk_request(actor, request_id)
    content = parts_of(record).content(record)
    try:
        desk.require_decision(actor, record, "return")
        if request.method == "POST":
            return _post(request, record, content)
    except Conflict as refusal:
        # Somebody was faster: what was typed stays on the page, to be copied.
        form = ReturnForm(_names(content), request.POST or None)
        return _page(request, record, content, form, too_late=refusal_text(refusal), status=409)
    return _page(request, record, content, ReturnForm(_names(content), kept_forms.take(request)))


def _post(request: HttpRequest, record: LicenceRequest, content: Content) -> HttpResponse:
    form = ReturnForm(_names(content), request.POST)
    if form.is_valid():
        try:
            actions.return_request(
                actor=actor_of(request),
                request_id=record.pk,
                comment=form.cleaned_data["comment"],
                comments=form.comments,
            )
        except Invalid as refusal:
            show_refusals(form, [refusal])
        else:
            text = _("%(request_no)s went back to its salesperson.")
            message = text % {"request_no": record.request_no}
            return to_next(request, record, message) or redirect(
                request, "ims:request", record.pk, message=message
            )
    return _page(request, record, content, form, status=422)


def _names(content: Content) -> dict[str, str]:
    positions = [line["position"] for line in content["lines"]]
    fields = comment_fields(positions, kind=content["fields"]["kind"])
    return {name: label_of(name, content) for name in fields}


def _page(
    request: HttpRequest,
    record: LicenceRequest,
    content: Content,
    form: ReturnForm,
    *,
    too_late: str = "",
    status: int = 200,
) -> HttpResponse:
    """context: title, record, form, band, evidence, groups as [(title, [Place])], held_by (a
    sentence), too_late (a sentence).
    """
    context = {
        "title": _("Return %(request_no)s for changes") % {"request_no": record.request_no},
        "record": record,
        "form": form,
        "band": _band(record, is_open=not too_late),
        "evidence": previews_of(files_of(record)),
        "groups": _groups(record, content, form),
        "held_by": held_by_another(actor_of(request), record),
        "too_late": too_late,
    }
    return render(request, "ims/return.html", context, status=status)


def _groups(
    record: LicenceRequest, content: Content, form: ReturnForm
) -> list[tuple[Text, list[Place]]]:
    """What was sent in the order of the request's own form."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(content, schemas_of(record, content)):
        rows[row.topic].append(as_seen(row))
    places = {
        name: Place(form[f"{ON}{name}"], rows[topic_of(name, content)]) for name in _names(content)
    }
    titles = {
        "evidence": _("Evidence"),
        "line": _("Modules"),
        "unit": _("Customer information"),
        "admin": _("Administrator"),
    }
    groups: dict[str, list[Place]] = {"": [], **{key: [] for key in titles}}
    for name, place in places.items():
        key = name.replace("_", "-").partition("-")[0]
        groups[key if key in titles else ""].append(place)
    return [(titles.get(key, _("Request")), group) for key, group in groups.items() if group]


def _band(record: LicenceRequest, *, is_open: bool) -> HeaderBand:
    page = reverse("ims:request", args=[record.pk])
    give_back = MenuItem(_("Return for changes"), "record-form", "submit", icon="arrow-back-up")
    return HeaderBand(
        title=record.customer.name,
        number=record.request_no,
        subtitle=_("Return for changes"),
        status=status_of(record),
        steps=steps_of(record),
        primary=give_back if is_open else None,
        back_url=page,
        back_label=record.request_no,
    )
