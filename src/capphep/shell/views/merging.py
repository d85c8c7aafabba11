"""*Gộp khách hàng*: choose the other record, look at what would happen, confirm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.crm.models import Customer
from capphep.crm.queries.customers import customer_of, visible_customers
from capphep.platform.htmx import redirect
from capphep.platform.list_filters import is_key
from capphep.platform.models import User
from capphep.platform.roles import Permission, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text, show_refusals
from capphep.platform.widgets import Picker
from capphep.pure.errors import Conflict, Invalid, Invalids
from capphep.shell.merging import Preview, merge_customers, preview_merge

_LARGEST_VERSION = 2**31 - 1


class _ChooseForm(forms.Form):
    into = forms.ModelChoiceField(
        Customer.objects.none(),
        label=gettext_lazy("Merge into"),
        widget=Picker("crm:parent_picker"),
    )


class _MergeForm(forms.Form):
    into = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    gone_version = forms.IntegerField(max_value=_LARGEST_VERSION, widget=forms.HiddenInput)
    kept_version = forms.IntegerField(max_value=_LARGEST_VERSION, widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("Reason or decision number"), max_length=300)
    sure = forms.BooleanField(
        label=gettext_lazy("I have looked at this: both are one unit. It cannot be undone.")
    )


def customer_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Step 1 chooses, step 2 shows and confirms. context: as the template says."""
    actor = actor_of(request)
    require(actor, Permission.CUSTOMER_MERGE)
    gone = customer_of(actor, pk)
    if request.method == "POST":
        return _confirmed(request, actor, gone)
    into = request.GET.get("into", "")
    if not is_key(into):
        form = _ChooseForm()
        _choices(form, actor, gone)
        return _page(request, gone, form, None, 200)
    preview = preview_merge(actor, gone.pk, int(into))
    seen = {
        "into": preview.kept.pk,
        "gone_version": preview.gone.version,
        "kept_version": preview.kept.version,
    }
    return _page(request, gone, _MergeForm(initial=seen), preview, 200)


def _choices(form: forms.Form, actor: User, gone: Customer) -> None:
    field = form.fields["into"]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = visible_customers(actor).exclude(pk=gone.pk)


def _confirmed(request: HttpRequest, actor: User, gone: Customer) -> HttpResponse:
    form = _MergeForm(request.POST)
    into = request.POST.get("into", "")
    kept_id = int(into) if is_key(into) else 0
    status = 422
    if form.is_valid():
        try:
            kept = _merge(actor, gone, form.cleaned_data)
        except (Invalid, Invalids, Conflict) as refused:
            refusals = refused.refusals if isinstance(refused, Invalids) else [refused]
            show_refusals(form, refusals)
            status = 409 if isinstance(refused, Conflict) else 422
        else:
            text = _("%(gone)s is now part of %(kept)s.") % {"gone": gone.name, "kept": kept.name}
            return redirect(request, "crm:customer", kept.pk, message=text)
    return _page(request, gone, form, preview_merge(actor, gone.pk, kept_id), status)


def _merge(actor: User, gone: Customer, data: dict[str, Any]) -> Customer:
    return merge_customers(
        actor=actor,
        gone_id=gone.pk,
        kept_id=data["into"],
        seen=(data["gone_version"], data["kept_version"]),
        reason=data["reason"],
    )


def _page(
    request: HttpRequest, gone: Customer, form: forms.Form, preview: Preview | None, status: int
) -> HttpResponse:
    refusals = [refusal_text(one) for one in preview.refusals] if preview else []
    context = {
        "title": _("Merge %(code)s") % {"code": gone.budget_code},
        "form": form,
        "gone": gone,
        "preview": preview,
        "refusals": refusals,
        "submit_label": _("Merge"),
        "cancel_url": reverse("crm:customer", args=[gone.pk]),
        "back_url": reverse("shell:customer_merge", args=[gone.pk]),
    }
    return render(request, "shell/customer_merge.html", context, status=status)
