"""The packages: their list, and the forms that enter and change one."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.catalog import queries
from capphep.catalog.actions.packages import create_package, edit_package, set_package_active
from capphep.catalog.actions.records import record_of
from capphep.catalog.forms.offers import PackageForm, initial_of_package
from capphep.catalog.kinds import PackageKind
from capphep.catalog.models import Package, Product
from capphep.catalog.views import tabs
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.htmx import done, redirect, render_dialog
from capphep.platform.kit import MenuItem, Status
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.roles import Permission, may, require
from capphep.platform.saving import attempt, form_page, typed_in
from capphep.platform.signed_in import actor_of

FORM = "catalog/package_form.html"


def package_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`; as `tabs.context_of`."""
    return show_list(request, PACKAGES, page="catalog/list.html", **tabs.context_of(request))


def _spec(actor: User) -> ListSpec[Package]:
    return ListSpec(
        columns=(
            Column("name", gettext_lazy("Package"), sort="name"),
            Column("product", gettext_lazy("Product"), sort="product__name"),
            Column("code", gettext_lazy("Code"), "code", sort="code"),
            Column("kind", gettext_lazy("Kind"), value=Package.get_kind_display),
            Column("items", gettext_lazy("Items on sale"), "number", value=_items),
            Column("status", gettext_lazy("Status"), "status", value=_status),
        ),
        default_sort="name",
        row_url=lambda each: f"{reverse('catalog:item_list')}?package={each.pk}",
        row_menu=_menu if _may(actor) else None,
        filters=(
            Filter("product", gettext_lazy("Product"), _products, "product"),
            Filter("kind", gettext_lazy("Kind"), PackageKind.choices, "kind"),
        ),
    )


PACKAGES: Final = ListSource(
    name="catalog.packages",
    title=gettext_lazy("Packages"),
    url_name="catalog:package_list",
    rows=lambda _actor: queries.listed_packages(),
    spec=_spec,
    empty_text=gettext_lazy("A package gathers the items that are sold for the same thing."),
    add_url=lambda actor: reverse("catalog:package_new") if _may(actor) else "",
)


def _may(actor: User) -> bool:
    return may(actor, Permission.CATALOGUE_WRITE)


def _products() -> list[tuple[int, str]]:
    return list(Product.objects.order_by("id").values_list("id", "name"))


def _items(package: Package) -> int:
    count: int = package.sold_count  # type: ignore[attr-defined]
    return count


def _status(package: Package) -> Status:
    if package.is_active and package.product.is_active:
        return Status(gettext_lazy("On sale"), "good")
    return Status(gettext_lazy("No longer sold"), "gone")


def _menu(package: Package) -> list[MenuItem]:
    edit, stop, again = (
        reverse(f"catalog:package_{verb}", args=[package.pk])
        for verb in ("edit", "deactivate", "reactivate")
    )
    new = f"{reverse('catalog:item_new')}?package={package.pk}"
    follow = (
        MenuItem(_("Stop following"), stop, "dialog", "eye-off")
        if package.is_active
        else MenuItem(_("Follow again"), again, "post", "eye")
    )
    return [
        MenuItem(_("Edit"), edit, icon="pencil"),
        MenuItem(_("New item"), new, icon="plus"),
        follow,
    ]


def package_new(request: HttpRequest) -> HttpResponse:
    """*Thêm*. context: as `saving.form_page`."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    form = PackageForm(typed_in(request), initial={"product": request.GET.get("product")})
    tried = attempt(request, form, lambda: create_package(actor=actor, typed=form.typed()))
    if tried.saved:
        return _saved(request, tried.saved)
    title, cancel = _("New package"), reverse("catalog:package_list")
    return form_page(request, FORM, form, tried, title=title, cancel_url=cancel)


def package_edit(request: HttpRequest, package_id: int) -> HttpResponse:
    """*Sửa*. context: as `saving.form_page`."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    found = record_of(Package, package_id)
    form = PackageForm(typed_in(request), record=found, initial=initial_of_package(found))
    tried = attempt(
        request,
        form,
        lambda: edit_package(
            actor=actor,
            package_id=package_id,
            seen_version=form.cleaned_data["version"],
            typed=form.typed(),
        ),
        stale=lambda: _stale(form, package_id),
    )
    if tried.saved:
        return _saved(request, tried.saved)
    title, cancel = _("Edit %(name)s") % {"name": found.name}, reverse("catalog:package_list")
    return form_page(request, FORM, form, tried, title=title, cancel_url=cancel)


def _stale(form: PackageForm, package_id: int) -> StaleEdit:
    fresh = record_of(Package, package_id)
    return stale_edit(form, fresh, theirs=initial_of_package(fresh))


def _saved(request: HttpRequest, package: Package) -> HttpResponse:
    message = _("%(name)s is saved.") % {"name": package.name}
    return redirect(request, "catalog:package_list", message=message)


def package_deactivate(request: HttpRequest, package_id: int) -> HttpResponse:
    """*Ngừng theo dõi*: asks first. context: as `platform/_confirm.html`."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    found, back = record_of(Package, package_id), reverse("catalog:package_list")
    if request.method != "POST":
        context = {
            "title": _("Stop following %(name)s?") % {"name": found.name},
            "text": _("None of its items can be ordered then. Orders that exist stay as they are."),
            "action": request.path,
            "back_url": back,
        }
        return render_dialog(request, "platform/_confirm.html", context)
    set_package_active(actor=actor, package_id=package_id, is_active=False)
    return done(request, _("%(name)s is no longer followed.") % {"name": found.name}, back=back)


def package_reactivate(request: HttpRequest, package_id: int) -> HttpResponse:
    """*Theo dõi lại*: written at once; it takes nothing away."""
    if request.method != "POST":
        return redirect(request, "catalog:package_list")
    found = set_package_active(actor=actor_of(request), package_id=package_id, is_active=True)
    text = _("%(name)s is followed again.") % {"name": found.name}
    return done(request, text, back=reverse("catalog:package_list"))
