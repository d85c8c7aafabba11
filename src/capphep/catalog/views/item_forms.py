"""Entering and changing an item, ending its sale and selling it again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.catalog import queries
from capphep.catalog.actions.item_edits import create_item, edit_item, set_item_active
from capphep.catalog.forms.offers import ItemForm, initial_of_item
from capphep.catalog.models import Item
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.htmx import done, redirect, render_dialog
from capphep.platform.roles import Permission, require
from capphep.platform.saving import attempt, form_page, typed_in
from capphep.platform.signed_in import actor_of

FORM = "catalog/item_form.html"


def item_new(request: HttpRequest) -> HttpResponse:
    """*Thêm*: first the package. context: as `saving.form_page`, or title, packages."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    package = queries.package_of(request.GET.get("package", ""))
    if package is None:
        context = {"title": _("New item"), "packages": queries.packages_by_product()}
        return render(request, "catalog/choose_package.html", context)
    form = ItemForm(typed_in(request), package=package, initial={"package": package.pk})
    tried = attempt(request, form, lambda: create_item(actor=actor, typed=form.typed()))
    if tried.saved:
        return _saved(request, tried.saved)
    title, cancel = _("New item"), reverse("catalog:item_list")
    return form_page(request, FORM, form, tried, title=title, cancel_url=cancel)


def item_edit(request: HttpRequest, item_id: int) -> HttpResponse:
    """*Sửa*. context: as `saving.form_page`."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    found = queries.item_of(item_id)
    form = ItemForm(
        typed_in(request), package=found.package, record=found, initial=initial_of_item(found)
    )
    tried = attempt(
        request,
        form,
        lambda: edit_item(
            actor=actor,
            item_id=item_id,
            seen_version=form.cleaned_data["version"],
            typed=form.typed(),
        ),
        stale=lambda: _stale(form, item_id),
    )
    if tried.saved:
        return _saved(request, tried.saved)
    title, cancel = (
        _("Edit %(name)s") % {"name": found.sku},
        reverse("catalog:item", args=[item_id]),
    )
    return form_page(request, FORM, form, tried, title=title, cancel_url=cancel)


def _stale(form: ItemForm, item_id: int) -> StaleEdit:
    fresh = queries.item_of(item_id)
    return stale_edit(form, fresh, theirs=initial_of_item(fresh))


def _saved(request: HttpRequest, item: Item) -> HttpResponse:
    return redirect(
        request, "catalog:item", item.pk, message=_("%(name)s is saved.") % {"name": item.sku}
    )


def item_deactivate(request: HttpRequest, item_id: int) -> HttpResponse:
    """*Ngừng theo dõi*: asks first. context: as `platform/_confirm.html`."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    found, back = queries.item_of(item_id), reverse("catalog:item", args=[item_id])
    if request.method != "POST":
        context = {
            "title": _("Stop following %(name)s?") % {"name": found.sku},
            "text": _("It can no longer be ordered. Orders that exist stay as they are."),
            "action": request.path,
            "back_url": back,
        }
        return render_dialog(request, "platform/_confirm.html", context)
    set_item_active(actor=actor, item_id=item_id, is_active=False)
    return done(request, _("%(name)s is no longer followed.") % {"name": found.sku}, back=back)


def item_reactivate(request: HttpRequest, item_id: int) -> HttpResponse:
    """*Theo dõi lại*: written at once; it takes nothing away."""
    if request.method != "POST":
        return redirect(request, "catalog:item", item_id)
    found = set_item_active(actor=actor_of(request), item_id=item_id, is_active=True)
    text = _("%(name)s is followed again.") % {"name": found.sku}
    return done(request, text, back=reverse("catalog:item", args=[item_id]))
