"""The list of customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Product
from capphep.crm.models import Customer, Level, OrgType, PublicUnitKind, Sector
from capphep.crm.queries import customers as queries
from capphep.crm.queries.people import visible_salespeople
from capphep.crm.views.customers import customer_menu, owner_text
from capphep.crm.views.shown import FOLLOWED, followed, in_words
from capphep.platform import clock
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, DayRange, Filter, ListFilter, ListSpec, Related, Words
from capphep.platform.personal import of_record
from capphep.platform.roles import Permission, may
from capphep.platform.signed_in import actor_of

_CHARGES: Final = (
    ("mine", _("My customers")),
    ("team", _("My team's")),
    ("pool", _("Common pool")),
)


def customer_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`, and alike_url."""
    merges = may(actor_of(request), Permission.CUSTOMER_MERGE)
    alike_url = reverse("crm:duplicate_list") if merges else ""
    return show_list(request, CUSTOMERS, page="crm/customers.html", alike_url=alike_url)


def _rows(actor: User) -> QuerySet[Customer]:
    rows = queries.visible_customers(actor).select_related("owner", "sector", "parent", "team")
    return queries.with_what_is_owned(rows, clock.today())


def _spec(actor: User) -> ListSpec[Customer]:
    return ListSpec(
        columns=_COLUMNS,
        default_sort="-created_at",
        row_url=lambda customer: reverse("crm:customer", args=[customer.pk]),
        row_menu=lambda customer: customer_menu(actor, customer),
        filters=_filters(actor),
        search=queries.search_customers,
        search_hint=_("Budget code, name, tax code"),
    )


def _owned_text(customer: Customer) -> str:
    return ", ".join(in_words(each) for each in queries.owned_now(customer))


_COLUMNS: Final[tuple[Column[Customer], ...]] = (
    Column("budget_code", _("Budget code"), "code", sort="budget_code"),
    Column("name", _("Customer name"), "name", sort="sort_key"),
    Column("level", _("Level"), value=Customer.get_level_display),
    Column("chapter_code", _("Chapter"), "code"),
    Column("province", _("Province/City"), sort="province"),
    Column("owned", _("In force"), value=_owned_text),
    Column("owner", _("Salesperson in charge"), value=owner_text),
    Column("is_active", _("Status"), "status", value=lambda one: followed(one.is_active)),
    Column("commune", _("Commune/Ward"), hidden=True),
    Column("address", _("Address"), hidden=True),
    Column("org_type", _("Organisation type"), value=Customer.get_org_type_display, hidden=True),
    Column(
        "public_unit_kind",
        _("Kind of public unit"),
        value=Customer.get_public_unit_kind_display,
        hidden=True,
    ),
    Column("sector", _("Sector"), hidden=True),
    Column("parent__name", _("Governing unit"), hidden=True),
    Column("tax_code", _("Tax code"), "code", hidden=True),
    Column("phone", _("Phone"), "code", value=lambda one: of_record(one, "phone"), hidden=True),
    Column("email", _("E-mail"), value=lambda one: of_record(one, "email"), hidden=True),
    Column("team", _("Team"), hidden=True),
    Column("created_at", _("Created at"), "moment", sort="created_at", hidden=True),
    Column("updated_at", _("Changed at"), "moment", hidden=True),
)


def _filters(actor: User) -> Sequence[ListFilter[Customer]]:
    def in_charge(rows: QuerySet[Customer], values: list[str]) -> QuerySet[Customer]:
        return queries.in_charge(rows, actor, values)

    def owning(rows: QuerySet[Customer], products: list[str]) -> QuerySet[Customer]:
        return queries.owning(rows, products, clock.today())

    return (
        Filter("active", _("Status"), FOLLOWED, "is_active"),
        Filter("level", _("Level"), Level.choices, "level"),
        Filter("charge", _("In whose charge"), _CHARGES, in_charge),
        Filter("kind", _("Kind of public unit"), PublicUnitKind.choices, "public_unit_kind"),
        Filter("org_type", _("Organisation type"), OrgType.choices, "org_type"),
        Related(
            "owner",
            _("In the charge of"),
            "crm:salesperson_picker",
            lambda: visible_salespeople(actor),
            "owner",
        ),
        Related(
            "product", _("Has in force"), "catalog:product_picker", Product.objects.all, owning
        ),
        Words("province", _("Province/City"), "crm:province_picker", "province"),
        Related("sector", _("Sector"), "crm:sector_picker", Sector.objects.all, "sector"),
        DayRange("created", _("Created at"), "created_at", of_moment=True),
    )


CUSTOMERS: Final = ListSource(
    name="crm.customers",
    title=_("Customers"),
    url_name="crm:customer_list",
    rows=_rows,
    spec=_spec,
    empty_text=_("Enter a customer, or import a file of them."),
    add_url=lambda actor: (
        reverse("crm:customer_new") if may(actor, Permission.CUSTOMER_WRITE) else ""
    ),
)
