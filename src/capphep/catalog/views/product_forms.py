"""Entering and changing a product, ending its sale and selling it again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.catalog import queries
from capphep.catalog.actions.product_edits import create_product, edit_product, set_product_active
from capphep.catalog.forms.products import ProductForm, initial_of_product
from capphep.catalog.models import Product
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.htmx import done, redirect, render_dialog
from capphep.platform.roles import Permission, require
from capphep.platform.saving import attempt, form_page, typed_in
from capphep.platform.signed_in import actor_of

FORM = "catalog/product_form.html"


def product_new(request: HttpRequest) -> HttpResponse:
    """*Thêm*. context: as `saving.form_page`."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    form = ProductForm(typed_in(request))
    tried = attempt(request, form, lambda: create_product(actor=actor, typed=form.typed()))
    if tried.saved:
        return _saved(request, tried.saved)
    title, cancel = _("New product"), reverse("catalog:product_list")
    return form_page(request, FORM, form, tried, title=title, cancel_url=cancel)


def product_edit(request: HttpRequest, product_id: int) -> HttpResponse:
    """*Sửa*. context: as `saving.form_page`."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    found = queries.product_of(product_id)
    form = ProductForm(typed_in(request), record=found, initial=initial_of_product(found))
    tried = attempt(
        request,
        form,
        lambda: edit_product(
            actor=actor,
            product_id=product_id,
            seen_version=form.cleaned_data["version"],
            typed=form.typed(),
        ),
        stale=lambda: _stale(form, product_id),
    )
    if tried.saved:
        return _saved(request, tried.saved)
    title = _("Edit %(name)s") % {"name": found.name}
    cancel = reverse("catalog:product", args=[product_id])
    return form_page(request, FORM, form, tried, title=title, cancel_url=cancel)


def _stale(form: ProductForm, product_id: int) -> StaleEdit:
    fresh = queries.product_of(product_id)
    return stale_edit(form, fresh, theirs=initial_of_product(fresh))


def _saved(request: HttpRequest, product: Product) -> HttpResponse:
    message = _("%(name)s is saved.") % {"name": product.name}
    return redirect(request, "catalog:product", product.pk, message=message)


def product_deactivate(request: HttpRequest, product_id: int) -> HttpResponse:
    """*Ngừng theo dõi*: asks first. context: as `platform/_confirm.html`."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    found, back = queries.product_of(product_id), reverse("catalog:product", args=[product_id])
    if request.method != "POST":
        context = {
            "title": _("Stop following %(name)s?") % {"name": found.name},
            "text": _("None of its items can be ordered then. Orders that exist stay as they are."),
            "action": request.path,
            "back_url": back,
        }
        return render_dialog(request, "platform/_confirm.html", context)
    set_product_active(actor=actor, product_id=product_id, is_active=False)
    return done(request, _("%(name)s is no longer followed.") % {"name": found.name}, back=back)


def product_reactivate(request: HttpRequest, product_id: int) -> HttpResponse:
    """*Theo dõi lại*: written at once; it takes nothing away."""
    if request.method != "POST":
        return redirect(request, "catalog:product", product_id)
    found = set_product_active(actor=actor_of(request), product_id=product_id, is_active=True)
    text = _("%(name)s is followed again.") % {"name": found.name}
    return done(request, text, back=reverse("catalog:product", args=[product_id]))
