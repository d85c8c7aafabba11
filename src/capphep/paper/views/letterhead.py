"""Who the vendor is on every paper, for administrators."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.paper import actions
from capphep.paper.forms import LetterheadForm, letterhead_initial
from capphep.paper.letterheads import MOST_BYTES, letterhead_now, vendor_of
from capphep.paper.models import Letterhead
from capphep.platform import kept_forms
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.history import history_of
from capphep.platform.htmx import redirect
from capphep.platform.kit import HeaderBand, MenuItem
from capphep.platform.roles import Permission, may, require_overseer
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalid


def letterhead(request: HttpRequest) -> HttpResponse:
    """context: as `_page`."""
    require_overseer(actor_of(request))
    record = letterhead_now()
    initial = letterhead_initial(record)
    if request.method != "POST":
        return _page(request, record, LetterheadForm(kept_forms.take(request), initial=initial))
    form = LetterheadForm(request.POST, request.FILES, initial=initial)
    if not form.is_valid():
        return _page(request, record, form, status=422)
    try:
        actions.edit_letterhead(
            actor=actor_of(request),
            seen_version=form.cleaned_data["version"] or 0,
            facts=form.facts(),
            logo=_upload(form),
            without_logo=form.cleaned_data["without_logo"],
        )
    except Invalid as refusal:
        show_refusals(form, [refusal], names={"logo": "logo_file"})
        return _page(request, record, form, status=422)
    except Stale:
        fresh = letterhead_now()
        conflict = stale_edit(form, fresh, theirs=letterhead_initial(fresh))
        return _page(request, fresh, form, conflict=conflict, status=409)
    return redirect(request, "paper:letterhead", message=_("Saved."))


def _upload(form: LetterheadForm) -> bytes | None:
    upload = form.cleaned_data["logo_file"]
    # What is too large is cut off, and then is no picture any more.
    return upload.read(MOST_BYTES) if upload else None


def _page(
    request: HttpRequest,
    record: Letterhead,
    form: LetterheadForm,
    *,
    conflict: StaleEdit | None = None,
    status: int = 200,
) -> HttpResponse:
    """context: title, form, band, conflict, logo (data address), entries."""
    may_change = may(actor_of(request), Permission.SETTING_WRITE)
    save = MenuItem(_("Save"), "record-form", "submit", icon="device-floppy")
    context = {
        "title": _("Letterhead"),
        "form": form,
        "band": HeaderBand(
            title=_("Letterhead"),
            subtitle=_("The vendor as every paper names it"),
            primary=save if may_change else None,
            back_url=reverse("paper:template_list"),
            back_label=_("Paper templates"),
        ),
        "conflict": conflict,
        "logo": _picture(record),
        "entries": history_of(record) if record.version else [],
    }
    return render(request, "paper/letterhead.html", context, status=status)


def _picture(record: Letterhead) -> str:
    """The logo as an address of its own."""
    drawing = vendor_of(record).logo
    return drawing.partition('href="')[2].partition('"')[0]
