"""Customers: what may be done with one, and the forms that enter and change one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.crm.actions.customers import (
    create_customer,
    deactivate_customer,
    edit_customer,
    reactivate_customer,
)
from capphep.crm.forms.customers import CustomerForm, NewCustomerForm, initial_of_customer
from capphep.crm.models import Customer, Level, OrgType
from capphep.crm.queries import customers as queries
from capphep.crm.views.alike import attempt_alike
from capphep.crm.views.shown import followed
from capphep.platform.addresses import url_if_any
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.htmx import done, redirect, render_dialog
from capphep.platform.kit import HeaderBand, MenuItem
from capphep.platform.models import User
from capphep.platform.roles import Permission, may, require
from capphep.platform.saving import form_page, typed_in
from capphep.platform.signed_in import actor_of
from capphep.pure.codes import unusual_budget_code

FORM = "crm/customer_form.html"


def owner_text(customer: Customer) -> str:
    return customer.owner.full_name if customer.owner else _("Common pool")


def band_of(customer: Customer) -> HeaderBand:
    """Which customer it is and whose."""
    return HeaderBand(
        title=customer.name,
        number=customer.budget_code,
        subtitle=owner_text(customer),
        status=followed(customer.is_active),
        back_url=reverse("crm:customer_list"),
        back_label=_("Customers"),
    )


def customer_menu(actor: User, customer: Customer) -> list[MenuItem]:
    """What the actor may do with the customer, as the row's and the page's menu."""
    if customer.merged_into_id is not None:
        return []
    if not may(actor, Permission.CUSTOMER_WRITE):
        return [*_code_items(actor, customer, ""), *_merge_items(actor, customer)]
    own = "" if queries.may_write(actor, customer) else _("This customer is a colleague's.")
    gone = "" if customer.is_active else _("This customer is no longer followed.")
    edit, stop, again = (
        reverse(f"crm:customer_{verb}", args=[customer.pk])
        for verb in ("edit", "deactivate", "reactivate")
    )
    order = f"{reverse('crm:order_new')}?customer={customer.pk}"
    follow = (
        MenuItem(_("Stop following"), stop, "dialog", "eye-off", disabled_reason=own)
        if customer.is_active
        else MenuItem(_("Follow again"), again, "post", "eye", disabled_reason=own)
    )
    items = [
        MenuItem(_("Edit"), edit, icon="pencil", disabled_reason=own),
        MenuItem(_("Create order"), order, icon="file-invoice", disabled_reason=own or gone),
        _request_item(customer, own or gone),
        follow,
        *_code_items(actor, customer, own),
        *_merge_items(actor, customer),
    ]
    return [item for item in items if item.url]


def _code_items(actor: User, customer: Customer, reason: str) -> list[MenuItem]:
    """So is changing a code that all of them copy."""
    url = url_if_any("shell:customer_recode", customer.pk)
    writes = may(actor, Permission.CUSTOMER_MERGE) or may(actor, Permission.CUSTOMER_WRITE)
    if not url or not writes:
        return []
    label = _("Change budget code…")
    return [MenuItem(label, url, "dialog", icon="pencil", disabled_reason=reason)]


def _merge_items(actor: User, customer: Customer) -> list[MenuItem]:
    """Merging is the concern of the module that knows all others."""
    url = url_if_any("shell:customer_merge", customer.pk)
    if not url or not may(actor, Permission.CUSTOMER_MERGE):
        return []
    return [MenuItem(_("Merge…"), url, icon="users")]


def _request_item(customer: Customer, reason: str) -> MenuItem:
    """What may be asked for without an order is the concern of the module above."""
    url = url_if_any("provisioning:for_customer", customer.pk)
    label = _("Request a licence/subscription")
    return MenuItem(label, url, "dialog", icon="certificate", disabled_reason=reason)


# --- forms ---------------------------------------------------------------------------------------


def customer_new(request: HttpRequest) -> HttpResponse:
    """*Thêm*. context: as `saving.form_page`."""
    actor = actor_of(request)
    require(actor, Permission.CUSTOMER_WRITE)
    initial = {"org_type": OrgType.COMMUNE.value, "level": Level.COMMUNE.value}
    form = NewCustomerForm(typed_in(request), actor=actor, initial=initial)
    tried = attempt_alike(
        actor,
        request,
        form,
        lambda: create_customer(
            actor=actor,
            typed=form.typed(),
            contact=form.typed_contact(),
            token=form.cleaned_data["token"],
            confirmed=form.confirmed(),
        ),
    )
    if tried.saved:
        return _saved(request, tried.saved)
    return form_page(
        request, FORM, form, tried, title=_("New customer"), cancel_url=reverse("crm:customer_list")
    )


def customer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """*Sửa*. context: as `saving.form_page`."""
    actor = actor_of(request)
    require(actor, Permission.CUSTOMER_WRITE)
    found = queries.customer_of(actor, pk)
    queries.require_own(actor, found)
    form = CustomerForm(
        typed_in(request), actor=actor, customer=found, initial=initial_of_customer(found)
    )
    tried = attempt_alike(
        actor,
        request,
        form,
        lambda: edit_customer(
            actor=actor,
            customer_id=pk,
            seen_version=form.cleaned_data["version"],
            typed=form.typed(),
            confirmed=form.confirmed(),
        ),
        stale=lambda: _stale(actor, form, pk),
    )
    if tried.saved:
        return _saved(request, tried.saved)
    title = _("Edit customer %(code)s") % {"code": found.budget_code}
    return form_page(
        request,
        FORM,
        form,
        tried,
        title=title,
        cancel_url=reverse("crm:customer", args=[pk]),
        band=band_of(found),
    )


def _stale(actor: User, form: CustomerForm, pk: int) -> StaleEdit:
    fresh = queries.customer_of(actor, pk)
    return stale_edit(form, fresh, theirs=initial_of_customer(fresh))


def _saved(request: HttpRequest, customer: Customer) -> HttpResponse:
    """R11: a first digit outside 1–3 is saved, and said."""
    if unusual_budget_code(customer.budget_code):
        message = _(
            "%(name)s is saved. Its budget code begins with %(digit)s, which is unusual: "
            "please check it."
        ) % {"name": customer.name, "digit": customer.budget_code[0]}
        return redirect(request, "crm:customer", customer.pk, message=message, tone="warning")
    message = _("%(name)s is saved.") % {"name": customer.name}
    return redirect(request, "crm:customer", customer.pk, message=message)


# --- following -----------------------------------------------------------------------------------


def customer_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """*Ngừng theo dõi*: asks first. context: as `platform/_confirm.html`."""
    actor = actor_of(request)
    require(actor, Permission.CUSTOMER_WRITE)
    found = queries.customer_of(actor, pk)
    queries.require_own(actor, found)
    back = reverse("crm:customer", args=[pk])
    if request.method != "POST":
        context = {
            "title": _("Stop following %(name)s?") % {"name": found.name},
            "text": _("The customer stays with all its data; nobody can order for it any more."),
            "action": request.path,
            "back_url": back,
        }
        return render_dialog(request, "platform/_confirm.html", context)
    deactivate_customer(actor=actor, customer_id=pk)
    text = _("%(name)s is no longer followed.") % {"name": found.name}
    return done(request, text, back=back)


def customer_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """*Theo dõi lại*: written at once; it takes nothing away."""
    if request.method != "POST":
        return redirect(request, "crm:customer", pk)
    found = reactivate_customer(actor=actor_of(request), customer_id=pk)
    text = _("%(name)s is followed again.") % {"name": found.name}
    return done(request, text, back=reverse("crm:customer", args=[pk]))
