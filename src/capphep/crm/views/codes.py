"""The history of a unit: former codes and names, who succeeded it and whom it succeeded."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.crm.actions.codes import FormerInput, add_former_code, set_successor
from capphep.crm.models import CodeKind, Customer
from capphep.crm.queries import customers as queries
from capphep.platform.htmx import done, render_dialog
from capphep.platform.models import User
from capphep.platform.record_forms import RecordForm, key_of
from capphep.platform.roles import Permission, require
from capphep.platform.saving import attempt
from capphep.platform.signed_in import actor_of
from capphep.platform.widgets import DayField, Picker

_REASON = gettext_lazy("Reason or decision number")


class _FormerForm(RecordForm):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CodeKind.choices)
    value = forms.CharField(label=gettext_lazy("Former value"), max_length=250)
    first_day = DayField(label=gettext_lazy("From"), required=False)
    last_day = DayField(label=gettext_lazy("To"), required=False)
    reason = forms.CharField(label=_REASON, required=False, max_length=300)

    def typed(self) -> FormerInput:
        data = self.cleaned_data
        names = ("kind", "value", "first_day", "last_day", "reason")
        return FormerInput(**{name: data[name] for name in names})


class _SuccessorForm(RecordForm):
    successor = forms.ModelChoiceField(
        Customer.objects.none(),
        label=gettext_lazy("Successor"),
        required=False,
        widget=Picker("crm:parent_picker"),
    )
    succeeded_on = DayField(label=gettext_lazy("Succeeded on"), required=False)
    succession_note = forms.CharField(label=_REASON, required=False, max_length=300)


def _own(request: HttpRequest, pk: int) -> tuple[User, Customer]:
    actor = actor_of(request)
    require(actor, Permission.CUSTOMER_WRITE)
    found = queries.customer_of(actor, pk)
    queries.require_own(actor, found)
    return actor, found


def former_code_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A former code or name. context: as `platform/_dialog_form.html`."""
    actor, customer = _own(request, pk)
    form = _FormerForm(request.POST if request.method == "POST" else None)
    tried = attempt(
        request,
        form,
        lambda: add_former_code(actor=actor, customer_id=pk, typed=form.typed()),
    )
    if tried.saved:
        return done(request, _("Noted."), back=reverse("crm:customer", args=[pk]))
    return _dialog(request, form, customer, _("Former code or name"), tried.status)


def customer_successor(request: HttpRequest, pk: int) -> HttpResponse:
    """*Đơn vị kế thừa*. context: as `platform/_dialog_form.html`."""
    actor, customer = _own(request, pk)
    names = ("succeeded_on", "succession_note")
    initial = {name: getattr(customer, name) for name in names}
    form = _SuccessorForm(
        request.POST if request.method == "POST" else None,
        record=customer,
        initial={**initial, "successor": customer.successor_id},
    )
    field = form.fields["successor"]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = queries.visible_customers(actor).exclude(pk=pk)
    tried = attempt(
        request,
        form,
        lambda: set_successor(
            actor=actor,
            customer_id=pk,
            seen_version=form.cleaned_data["version"],
            successor_id=key_of(form.cleaned_data["successor"]),
            day=form.cleaned_data["succeeded_on"],
            note=form.cleaned_data["succession_note"],
        ),
    )
    if tried.saved:
        return done(request, _("Noted."), back=reverse("crm:customer", args=[pk]))
    return _dialog(request, form, customer, _("Successor"), tried.status)


def _dialog(
    request: HttpRequest, form: RecordForm, customer: Customer, title: str, status: int
) -> HttpResponse:
    context = {
        "title": title,
        "intro": str(customer),
        "form": form,
        "action": request.path,
        "back_url": reverse("crm:customer", args=[customer.pk]),
    }
    return render_dialog(request, "platform/_dialog_form.html", context, status=status)
