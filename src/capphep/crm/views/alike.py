"""Customers that may be one unit: the warning at the form, and the list of pairs to judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.crm.actions.duplicates import PossibleDuplicates, dismiss_pair
from capphep.crm.duplicate_rules import duplicate_keys
from capphep.crm.forms.customers import CustomerForm
from capphep.crm.models import Customer, DuplicatePair
from capphep.crm.queries import duplicates as queries
from capphep.crm.queries.customers import visible_customers
from capphep.platform.addresses import url_if_any
from capphep.platform.conflicts import StaleEdit
from capphep.platform.htmx import done, render_dialog
from capphep.platform.kit import MenuItem
from capphep.platform.list_spec import Column, ListSpec
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.roles import Permission, require
from capphep.platform.saving import Attempt, attempt
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.pure import codes
from capphep.pure.errors import Invalid

# --- at the form ---------------------------------------------------------------------------------


def attempt_alike(
    actor: User,
    request: HttpRequest,
    form: CustomerForm,
    action: Callable[[], Customer],
    stale: Callable[[], StaleEdit] | None = None,
) -> Attempt[Customer]:
    """As `saving.attempt`; who may be the same unit stands on the form, to be confirmed (409)."""
    try:
        return attempt(request, form, action, stale)
    except PossibleDuplicates as refused:
        form.ask(refused)
        form.alike_rows = alike_rows(actor, refused.found)
        return Attempt(status=409)


def customer_alike(request: HttpRequest) -> HttpResponse:
    """While a person types: who may be the same unit. context: taken, rows."""
    actor = actor_of(request)
    require(actor, Permission.CUSTOMER_WRITE)
    typed = {name: request.GET.get(name, "")[:400] for name in _TYPED}
    apart = int(typed["apart_from"]) if typed["apart_from"].isdecimal() else 0
    keys = duplicate_keys(typed["name"], typed["province"], typed["commune"])
    found = queries.alike(tax_code=_tax_code(typed["tax_code"]), **keys, apart_from=apart)
    context = {
        "taken": _taken(typed["budget_code"], apart),
        "rows": alike_rows(actor, found),
    }
    return render(request, "crm/_alike.html", context)


_TYPED = ("budget_code", "name", "tax_code", "province", "commune", "apart_from")


def _tax_code(typed: str) -> str:
    with suppress(Invalid):
        return codes.tax_code(typed)
    return ""


def _taken(typed: str, apart: int) -> Customer | None:
    with suppress(Invalid):
        return queries.with_code(codes.budget_code(typed), apart)
    return None


def alike_rows(
    actor: User, found: Sequence[queries.Likeness]
) -> list[tuple[queries.Likeness, str]]:
    """Each with the address of its page, empty where the actor may not open it."""
    ids = [one.customer.pk for one in found]
    known = visible_customers(actor).filter(pk__in=ids) if ids else Customer.objects.none()
    open_to = set(known.values_list("pk", flat=True))
    return [
        (one, reverse("crm:customer", args=[one.customer.pk]) if one.customer.pk in open_to else "")
        for one in found
    ]


# --- the list ------------------------------------------------------------------------------------


def duplicate_list(request: HttpRequest) -> HttpResponse:
    """*Khách hàng có thể trùng*, for who may merge. context: as `show_list`."""
    return show_list(request, DUPLICATES)


def _rows(actor: User) -> QuerySet[DuplicatePair]:
    require(actor, Permission.CUSTOMER_MERGE)
    return queries.open_pairs(actor)


def _spec(actor: User) -> ListSpec[DuplicatePair]:
    return ListSpec(
        columns=(
            Column("first", _("Customer"), "sentence", value=lambda p: _in_words(p.first)),
            Column(
                "second", _("May be the same as"), "sentence", value=lambda p: _in_words(p.second)
            ),
            Column("alike", _("Alike"), value=lambda p: p.get_alike_display()),
            Column("reason", _("Why entered nevertheless"), "sentence"),
            Column("noted_by", _("Noted by"), value=_noted_by),
            Column("noted_at", _("Noted at"), "moment", sort="noted_at"),
        ),
        default_sort="-noted_at",
        row_url=lambda p: reverse("crm:customer", args=[p.first_id]),
        row_menu=pair_menu,
    )


DUPLICATES: Final = ListSource(
    name="crm.duplicates",
    title=gettext_lazy("Customers that may be the same"),
    url_name="crm:duplicate_list",
    rows=_rows,
    spec=_spec,
    empty_text=gettext_lazy("No pair waits to be judged."),
)


def _in_words(customer: Customer) -> str:
    charge = customer.owner.full_name if customer.owner else _("Common pool")
    return f"{customer} · {charge}"


def _noted_by(pair: DuplicatePair) -> str:
    return pair.noted_by.full_name if pair.noted_by else ""


def pair_menu(pair: DuplicatePair) -> list[MenuItem]:
    """What may be done with a pair; merging is the concern of the modules above."""
    merge = url_if_any("shell:customer_merge", pair.second_id)
    items = [
        MenuItem(_("Open the first"), reverse("crm:customer", args=[pair.first_id]), icon="eye"),
        MenuItem(_("Open the second"), reverse("crm:customer", args=[pair.second_id]), icon="eye"),
        MenuItem(_("Merge…"), f"{merge}?into={pair.first_id}" if merge else "", icon="users"),
        MenuItem(
            _("Not the same"), reverse("crm:duplicate_dismiss", args=[pair.pk]), "dialog", icon="x"
        ),
    ]
    return [item for item in items if item.url]


class _ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why not the same"), max_length=300)


def duplicate_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """*Không trùng*, with a reason. context: as `platform/_confirm.html`."""
    actor = actor_of(request)
    require(actor, Permission.CUSTOMER_MERGE)
    pair = queries.pair_of(actor, pk)
    form = _ReasonForm(request.POST if request.method == "POST" else None)
    context = {
        "title": _("Are these two units?"),
        "text": f"{pair.first} – {pair.second}",
        "action": request.path,
        "back_url": reverse("crm:duplicate_list"),
        "form": form,
    }
    if request.method != "POST":
        return render_dialog(request, "platform/_confirm.html", context)
    if form.is_valid():
        try:
            dismiss_pair(actor=actor, pair_id=pk, reason=form.cleaned_data["reason"])
            return done(request, _("Noted: these are two units."), back="crm:duplicate_list")
        except Invalid as refused:
            show_refusals(form, [refused])
    return render_dialog(request, "platform/_confirm.html", context, status=422)
