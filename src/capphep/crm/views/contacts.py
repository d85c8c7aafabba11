"""The people at a customer: dialogs that enter and change one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.crm.actions.contacts import add_contact, edit_contact
from capphep.crm.forms.customers import ContactForm, initial_of_contact
from capphep.crm.models import Contact, Customer
from capphep.crm.queries.customers import contact_of, customer_of, require_own
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.htmx import done, render_dialog
from capphep.platform.models import User
from capphep.platform.roles import Permission, require
from capphep.platform.saving import Attempt, attempt, typed_in
from capphep.platform.signed_in import actor_of


def contact_new(request: HttpRequest, pk: int) -> HttpResponse:
    """context: as `_dialog`."""
    actor = actor_of(request)
    customer = _own_customer(actor, pk)
    form = ContactForm(typed_in(request))
    tried = attempt(
        request,
        form,
        lambda: add_contact(
            actor=actor, customer_id=pk, typed=form.typed(), token=form.cleaned_data["token"]
        ),
    )
    if tried.saved:
        return _saved(request, tried.saved)
    return _dialog(request, form, tried, customer, _("New contact"))


def contact_edit(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """context: as `_dialog`."""
    actor = actor_of(request)
    customer = _own_customer(actor, pk)
    found = contact_of(actor, pk, contact_pk)
    form = ContactForm(typed_in(request), contact=found, initial=initial_of_contact(found))
    tried = attempt(
        request,
        form,
        lambda: edit_contact(
            actor=actor,
            customer_id=pk,
            contact_id=contact_pk,
            seen_version=form.cleaned_data["version"],
            typed=form.typed(),
        ),
        stale=lambda: _stale(actor, form, pk, contact_pk),
    )
    if tried.saved:
        return _saved(request, tried.saved)
    return _dialog(request, form, tried, customer, _("Edit contact"))


def _own_customer(actor: User, pk: int) -> Customer:
    """Raises NotFound, Forbidden: the dialog does not open for who may not save it."""
    require(actor, Permission.CUSTOMER_WRITE)
    customer = customer_of(actor, pk)
    require_own(actor, customer)
    return customer


def _stale(actor: User, form: ContactForm, pk: int, contact_pk: int) -> StaleEdit:
    fresh = contact_of(actor, pk, contact_pk)
    return stale_edit(form, fresh, theirs=initial_of_contact(fresh))


def _saved(request: HttpRequest, contact: Contact) -> HttpResponse:
    text = _("%(name)s is saved.") % {"name": contact.full_name}
    return done(request, text, back=reverse("crm:customer", args=[contact.customer_id]))


def _dialog(
    request: HttpRequest,
    form: ContactForm,
    tried: Attempt[Contact],
    customer: Customer,
    title: str,
) -> HttpResponse:
    """context: title, form, action, conflict, back_url."""
    context = {
        "title": title,
        "intro": customer.name,
        "form": form,
        "action": request.path,
        "conflict": tried.conflict,
        "back_url": reverse("crm:customer", args=[customer.pk]),
    }
    return render_dialog(request, "crm/_contact_dialog.html", context, status=tried.status)
