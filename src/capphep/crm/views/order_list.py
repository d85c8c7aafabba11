"""The list of orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capphep.catalog.kinds import OrderPurpose
from capphep.catalog.models import Product
from capphep.crm.models import Order
from capphep.crm.queries import orders as queries
from capphep.crm.queries.customers import visible_customers
from capphep.crm.queries.people import visible_salespeople
from capphep.crm.queries.sales import visible_projects
from capphep.crm.states import LicenceStatus
from capphep.crm.views.orders import order_menu, status_of
from capphep.crm.views.shown import FOLLOWED, printed_together
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import (
    Column,
    DayRange,
    Filter,
    ListFilter,
    ListSpec,
    NumberRange,
    Related,
    Words,
)
from capphep.platform.roles import Permission, may

_RELATED: Final = ("customer", "salesperson", "product", "project", "opportunity", "team")


def order_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, ORDERS)


def _spec(actor: User) -> ListSpec[Order]:
    return ListSpec(
        columns=_COLUMNS,
        default_sort="-created_at",
        row_url=lambda order: reverse("crm:order", args=[order.pk]),
        row_menu=lambda order: order_menu(actor, order),
        bulk=printed_together(("order", _("Print"))),
        filters=_filters(actor),
        search=queries.search_orders,
        search_hint=_("Order number, contract number, budget code, customer"),
    )


_COLUMNS: Final[tuple[Column[Order], ...]] = (
    Column("order_no", _("Order number"), "code", sort="order_no"),
    Column("customer__name", _("Customer"), "name"),
    Column("contract_no", _("Contract number"), "code", sort="contract_no"),
    Column("ordered_on", _("Order date"), "date", sort="ordered_on"),
    Column("total", _("Total amount"), "money", sort="total"),
    Column("licence_status", _("Order status"), "status", value=status_of),
    Column("salesperson__full_name", _("Salesperson")),
    Column("budget_code", _("Budget code"), "code", hidden=True),
    Column("product", _("Product"), hidden=True),
    Column("purpose", _("Purpose"), value=Order.get_purpose_display, hidden=True),
    Column("project__name", _("Sales project"), hidden=True),
    Column("opportunity__name", _("Opportunity"), hidden=True),
    Column("team", _("Team"), hidden=True),
    Column("description", _("Description"), hidden=True),
    Column("contact_name", _("Contact"), hidden=True),
    Column("gross", _("Amount before discount"), "money", hidden=True),
    Column("discount", _("Discount"), "money", hidden=True),
    Column("net", _("Amount before tax"), "money", hidden=True),
    Column("tax", _("Tax"), "money", hidden=True),
    Column("customer__province", _("Province/City"), hidden=True),
    Column("created_at", _("Created at"), "moment", sort="created_at", hidden=True),
    Column("updated_at", _("Changed at"), "moment", hidden=True),
)


def _followed(rows: QuerySet[Order], values: list[str]) -> QuerySet[Order]:
    """As an index of the few others has it. Both together are all."""
    return rows if len(values) > 1 else rows.filter(is_active=values == ["1"])


def _filters(actor: User) -> Sequence[ListFilter[Order]]:
    return (
        Filter("status", _("Order status"), LicenceStatus.choices, "licence_status"),
        Filter("purpose", _("Purpose"), OrderPurpose.choices, "purpose"),
        # A mistaken order is in nobody's way: unless it is asked for, it is left out (R13).
        Filter("active", _("Followed or not"), FOLLOWED, _followed, usual=("1",)),
        DayRange("ordered", _("Order date"), "ordered_on"),
        Related(
            "salesperson",
            _("Salesperson"),
            "crm:salesperson_picker",
            lambda: visible_salespeople(actor),
            "salesperson",
        ),
        Related(
            "customer",
            _("Customer"),
            "crm:parent_picker",
            lambda: visible_customers(actor),
            "customer",
        ),
        Related(
            "project",
            _("Sales project"),
            "crm:project_picker",
            lambda: visible_projects(actor),
            "project",
        ),
        Related("product", _("Product"), "catalog:product_picker", Product.objects.all, "product"),
        Words("province", _("Province/City"), "crm:province_picker", "customer__province"),
        NumberRange("total", _("Total amount"), "total"),
    )


ORDERS: Final = ListSource(
    name="crm.orders",
    title=_("Orders"),
    url_name="crm:order_list",
    rows=lambda actor: queries.visible_orders(actor).select_related(*_RELATED),
    spec=_spec,
    empty_text=_("An order is where it begins."),
    add_url=lambda actor: reverse("crm:order_new") if may(actor, Permission.SALE_WRITE) else "",
)
