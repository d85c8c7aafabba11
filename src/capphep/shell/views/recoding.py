"""*Đổi mã ngân sách*: the new code, since when, and by which decision."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.crm.models import Customer
from capphep.crm.queries.customers import customer_of, require_own
from capphep.platform import clock
from capphep.platform.htmx import done, render_dialog
from capphep.platform.models import User
from capphep.platform.record_forms import RecordForm
from capphep.platform.roles import Permission, may, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.platform.versions import Stale
from capphep.platform.widgets import DayField
from capphep.pure.errors import Conflict, Invalid, Invalids, gettext_noop
from capphep.shell.recoding import change_budget_code


class _CodeForm(RecordForm):
    budget_code = forms.CharField(
        label=gettext_lazy("New budget code"),
        max_length=20,
        help_text=gettext_lazy("7 digits; nobody else has it or had it"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    day = DayField(label=gettext_lazy("Since"))
    reason = forms.CharField(label=gettext_lazy("Reason or decision number"), max_length=300)
    was_mistyped = forms.BooleanField(
        label=gettext_lazy("The old code was a typing error: do not keep it as a former code"),
        required=False,
    )


def customer_recode(request: HttpRequest, pk: int) -> HttpResponse:
    """The dialog. context: as `platform/_dialog_form.html`."""
    actor = actor_of(request)
    if not may(actor, Permission.CUSTOMER_MERGE):
        require(actor, Permission.CUSTOMER_WRITE)
    customer = customer_of(actor, pk)
    if not may(actor, Permission.CUSTOMER_MERGE):
        require_own(actor, customer)
    form = _CodeForm(
        request.POST if request.method == "POST" else None,
        record=customer,
        initial={"day": clock.today()},
    )
    status = 200
    if request.method == "POST":
        status = _changed(actor, customer, form)
        if status == 0:
            return done(
                request,
                _("The budget code is changed."),
                back=reverse("crm:customer", args=[pk]),
            )
    return _dialog(request, form, customer, status)


def _changed(actor: User, customer: Customer, form: _CodeForm) -> int:
    """0 where it is done, else the status of the dialog that comes back."""
    if not form.is_valid():
        return 422
    data = form.cleaned_data
    try:
        change_budget_code(
            actor=actor,
            customer_id=customer.pk,
            seen_version=data["version"],
            budget_code=data["budget_code"],
            reason=data["reason"],
            day=data["day"],
            was_mistyped=data["was_mistyped"],
        )
    except Stale:
        message = gettext_noop("Somebody changed this customer meanwhile: look again.")
        show_refusals(form, [Conflict("changed_meanwhile", message)])
        return 409
    except (Invalid, Invalids, Conflict) as refused:
        show_refusals(form, refused.refusals if isinstance(refused, Invalids) else [refused])
        return 409 if isinstance(refused, Conflict) else 422
    return 0


def _dialog(request: HttpRequest, form: _CodeForm, customer: Customer, status: int) -> HttpResponse:
    intro = _(
        "%(customer)s keeps its old code as a former one: it is found by it, and products that ask"
        " by it are answered. Approved orders, requests and licences keep the code that they say."
    )
    context = {
        "title": _("Change budget code"),
        "intro": intro % {"customer": customer},
        "form": form,
        "action": request.path,
        "submit_label": _("Change code"),
        "back_url": reverse("crm:customer", args=[customer.pk]),
    }
    return render_dialog(request, "platform/_dialog_form.html", context, status=status)
