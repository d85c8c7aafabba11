"""Which packages the owners of a product may add (R8), as a matrix to tick."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.catalog import queries
from capphep.catalog.actions.eligibility import set_add_ons
from capphep.catalog.queries import PackagesOf
from capphep.catalog.views import tabs
from capphep.platform.htmx import redirect
from capphep.platform.roles import Permission, require
from capphep.platform.signed_in import actor_of
from capphep.platform.versions import Stale


def eligibility(request: HttpRequest) -> HttpResponse:
    """context: title, products (queries.PackagesOf), is_stale; as `tabs.context_of`."""
    actor = actor_of(request)
    products = queries.packages_of_products()
    if request.method != "POST":
        return _page(request, products)
    require(actor, Permission.CATALOGUE_WRITE)
    versions = {one.product.pk: _number(request.POST, f"v{one.product.pk}") for one in products}
    allowed = {one.product.pk: _ticked(request.POST, one) for one in products}
    try:
        changed = set_add_ons(
            actor=actor,
            versions={key: seen for key, seen in versions.items() if seen},
            allowed=allowed,
        )
    except Stale:
        return _page(request, queries.packages_of_products(), allowed=allowed, status=409)
    names = ", ".join(product.name for product in changed)
    message = _("%(name)s is saved.") % {"name": names} if names else _("Nothing was changed.")
    return redirect(request, "catalog:eligibility", message=message)


def _number(posted: QueryDict, name: str) -> int:
    text = posted.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _ticked(posted: QueryDict, one: PackagesOf) -> set[int]:
    ticked = set(posted.getlist("allow"))
    return {row.package.pk for row in one.rows if str(row.package.pk) in ticked}


def _page(
    request: HttpRequest,
    products: list[PackagesOf],
    *,
    allowed: dict[int, set[int]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """``allowed`` is what somebody ticked while another one saved: it stays ticked."""
    for one in products if allowed else []:
        for row in one.rows:
            row.is_ticked = row.package.pk in (allowed or {}).get(one.product.pk, ())
    context = {
        "title": _("Who may buy what"),
        "products": products,
        "is_stale": status == 409,
        "cancel_url": reverse("catalog:item_list"),
        **tabs.context_of(request),
    }
    return render(request, "catalog/eligibility.html", context, status=status)
