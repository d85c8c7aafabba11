"""Opportunities: an opportunity's own page, and the forms that enter and change one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.crm.actions.opportunities import (
    create_opportunity,
    edit_opportunity,
    move_opportunity,
)
from capphep.crm.forms.sales import OpportunityForm, initial_of_opportunity
from capphep.crm.models import Opportunity
from capphep.crm.queries import sales as queries
from capphep.crm.queries.customers import customer_of, may_write
from capphep.crm.queries.orders import visible_orders
from capphep.crm.states import OPPORTUNITY_STAGE, OpportunityStage
from capphep.crm.views.orders import status_of
from capphep.crm.views.shown import next_step, stage_of
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.history import history_of
from capphep.platform.htmx import done, redirect
from capphep.platform.kit import HeaderBand, MenuItem
from capphep.platform.models import User
from capphep.platform.roles import Permission, may, require
from capphep.platform.saving import attempt, form_page, typed_in
from capphep.platform.signed_in import actor_of

FORM = "crm/opportunity_form.html"


def opportunity_menu(actor: User, opportunity: Opportunity) -> list[MenuItem]:
    """What the actor may do with the opportunity, as the row's and the page's menu."""
    if not may(actor, Permission.SALE_WRITE):
        return []
    own = ""
    if not queries.may_write_opportunity(actor, opportunity):
        own = _("This opportunity is a colleague's.")
    edit = reverse("crm:opportunity_edit", args=[opportunity.pk])
    order = f"{reverse('crm:order_new')}?opportunity={opportunity.pk}"
    reason = _why_no_order(actor, opportunity)
    return [
        MenuItem(_("Edit"), edit, icon="pencil", disabled_reason=own),
        MenuItem(_("Create order"), order, icon="file-invoice", disabled_reason=own or reason),
        *_moves(opportunity, own),
    ]


def _why_no_order(actor: User, opportunity: Opportunity) -> str:
    if not may_write(actor, opportunity.customer):
        return _("This customer is a colleague's.")
    return "" if opportunity.customer.is_active else _("This customer is no longer followed.")


def _moves(opportunity: Opportunity, own: str) -> list[MenuItem]:
    verbs = (
        ("win", _("Mark as won"), "circle-check"),
        ("lose", _("Mark as lost"), "circle-x"),
        ("reopen", _("Open again"), "refresh"),
    )
    return [
        MenuItem(label, _move_url(opportunity, verb), "post", icon, disabled_reason=own)
        for verb, label, icon in verbs
        if OPPORTUNITY_STAGE.allows(verb, opportunity.stage)
    ]


def _move_url(opportunity: Opportunity, verb: str) -> str:
    return reverse("crm:opportunity_move", args=[opportunity.pk, verb])


# --- the opportunity's own page ------------------------------------------------------------------


def opportunity(request: HttpRequest, pk: int) -> HttpResponse:
    """context: title, opportunity, band, goods as [(OpportunityLine, amount)], orders, entries."""
    actor = actor_of(request)
    found = queries.opportunity_of(actor, pk)
    orders = visible_orders(actor).filter(opportunity=found).order_by("-created_at", "-id")
    context = {
        "title": found.name,
        "opportunity": found,
        "band": _band(actor, found),
        "goods": queries.proposed_goods(found),
        "orders": [{"order": each, "status": status_of(each)} for each in orders],
        "entries": history_of(found),
    }
    return render(request, "crm/opportunity.html", context)


def _band(actor: User, opportunity: Opportunity) -> HeaderBand:
    actions = opportunity_menu(actor, opportunity)
    is_open = opportunity.stage == OpportunityStage.OPEN
    return HeaderBand(
        title=opportunity.name,
        subtitle=str(opportunity.customer),
        status=stage_of(opportunity),
        primary=next_step(actions) if is_open else None,
        actions=actions,
        back_url=reverse("crm:opportunity_list"),
        back_label=_("Opportunities"),
    )


# --- forms ---------------------------------------------------------------------------------------


def opportunity_new(request: HttpRequest) -> HttpResponse:
    """*Thêm*; ``?customer=`` names the customer. context: as `saving.form_page`."""
    actor = actor_of(request)
    require(actor, Permission.SALE_WRITE)
    form = OpportunityForm(typed_in(request), actor=actor, initial=_asked_for(request, actor))
    tried = attempt(
        request,
        form,
        lambda: create_opportunity(
            actor=actor, typed=form.typed(), token=form.cleaned_data["token"]
        ),
    )
    if tried.saved:
        return _saved(request, tried.saved)
    return form_page(
        request,
        FORM,
        form,
        tried,
        title=_("New opportunity"),
        cancel_url=reverse("crm:opportunity_list"),
    )


def _asked_for(request: HttpRequest, actor: User) -> dict[str, Any]:
    """What an address names, where the actor may know it."""
    customer = request.GET.get("customer", "")[:18]
    return {"customer": customer_of(actor, int(customer))} if customer.isdecimal() else {}


def opportunity_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """*Sửa*. context: as `saving.form_page`."""
    actor = actor_of(request)
    require(actor, Permission.SALE_WRITE)
    found = queries.opportunity_of(actor, pk)
    queries.require_own_opportunity(actor, found)
    initial = initial_of_opportunity(found)
    form = OpportunityForm(typed_in(request), actor=actor, opportunity=found, initial=initial)
    tried = attempt(
        request,
        form,
        lambda: edit_opportunity(
            actor=actor,
            opportunity_id=pk,
            seen_version=form.cleaned_data["version"],
            typed=form.typed(),
        ),
        stale=lambda: _stale(actor, form, pk),
    )
    if tried.saved:
        return _saved(request, tried.saved)
    title, cancel = _("Edit opportunity"), reverse("crm:opportunity", args=[pk])
    band = _band(actor, found)
    return form_page(request, FORM, form, tried, title=title, cancel_url=cancel, band=band)


def _stale(actor: User, form: OpportunityForm, pk: int) -> StaleEdit:
    fresh = queries.opportunity_of(actor, pk)
    return stale_edit(form, fresh, theirs=initial_of_opportunity(fresh))


def _saved(request: HttpRequest, opportunity: Opportunity) -> HttpResponse:
    message = _("%(name)s is saved.") % {"name": opportunity.name}
    return redirect(request, "crm:opportunity", opportunity.pk, message=message)


def opportunity_move(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Won, lost, open again: written at once; each can be taken back."""
    if request.method != "POST":
        return redirect(request, "crm:opportunity", pk)
    moved = move_opportunity(actor=actor_of(request), opportunity_id=pk, verb=verb)
    text = _("%(name)s: %(stage)s") % {"name": moved.name, "stage": moved.get_stage_display()}
    return done(request, text, back=reverse("crm:opportunity", args=[pk]))
