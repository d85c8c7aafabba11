"""The list of requests, for who sells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Product
from capphep.crm.queries.customers import visible_customers
from capphep.crm.queries.people import visible_salespeople
from capphep.crm.views.shown import printed_together
from capphep.platform.kit import MenuItem
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
from capphep.provisioning import queries
from capphep.provisioning.models import LicenceRequest, RequestLine
from capphep.provisioning.states import RequestKind, RequestStatus
from capphep.provisioning.views.filters import decided_filter
from capphep.provisioning.views.requests import edit_item
from capphep.provisioning.views.shown import paper_items, source_item, status_of

_RELATED: Final = ("created_by", "sent_by", "assigned_to", "decided_by", "sector", "team")


def request_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, REQUESTS)


def _rows(actor: User) -> QuerySet[LicenceRequest]:
    """With ``months``: the longest term of its lines."""
    lines = RequestLine.objects.filter(request=OuterRef("pk")).order_by().values("request")
    months = lines.annotate(longest=Max("months")).values("longest")
    rows = queries.visible_requests(actor).select_related(*_RELATED, "order", "customer", "product")
    return rows.annotate(months=Subquery(months))


def _spec(actor: User) -> ListSpec[LicenceRequest]:
    return ListSpec(
        columns=_COLUMNS,
        default_sort="-created_at",
        row_url=lambda row: reverse("provisioning:request", args=[row.pk]),
        row_menu=lambda row: _row_menu(actor, row),
        bulk=printed_together(("request", _("Print")), ("handover", _("Handover records"))),
        filters=_filters(actor),
        search=queries.search_requests,
        search_hint=_("Request, order or contract number, budget code, customer"),
    )


_COLUMNS: Final[tuple[Column[LicenceRequest], ...]] = (
    Column("request_no", _("Request number"), "code", sort="request_no"),
    Column("customer__name", _("Customer"), "name"),
    Column("status", _("Status"), "status", value=status_of),
    Column("kind", _("Request kind"), value=LicenceRequest.get_kind_display),
    Column("amount", _("Amount"), "money", value=lambda row: row.price),
    Column("order__order_no", _("Order number"), "code"),
    Column("created_by", _("Salesperson")),
    Column("created_at", _("Created at"), "moment", sort="created_at"),
    Column("budget_code", _("Budget code"), "code", hidden=True),
    Column("order__contract_no", _("Contract number"), "code", hidden=True),
    Column("product", _("Product"), hidden=True),
    Column("months", _("Months of use"), "number", hidden=True),
    Column("start_on", _("First day asked for"), "date", hidden=True),
    Column("sent_at", _("Sent at"), "moment", hidden=True),
    Column("sent_by", _("Sent by"), hidden=True),
    Column("due_on", _("To be decided by"), "date", hidden=True),
    Column("assigned_to", _("Handled by"), hidden=True),
    Column("decided_by", _("Decided by"), hidden=True),
    Column("decided_at", _("Decided at"), "moment", hidden=True),
    Column("reject_reason", _("Reason"), hidden=True),
    Column("admin_name", _("Administrator's full name"), hidden=True),
    Column("customer__province", _("Province/City"), hidden=True),
    Column("sector", _("Sector"), hidden=True),
    Column("team", _("Team"), hidden=True),
    Column("updated_at", _("Changed at"), "moment", hidden=True),
)


def _filters(actor: User) -> Sequence[ListFilter[LicenceRequest]]:
    def own(rows: QuerySet[LicenceRequest], _values: list[str]) -> QuerySet[LicenceRequest]:
        return rows.filter(created_by_id=actor.pk)

    return (
        Filter("status", _("Status"), RequestStatus.choices, "status"),
        Filter("kind", _("Request kind"), RequestKind.choices, "kind"),
        Filter("mine", _("Whose"), [("1", _("My own"))], own),
        decided_filter(),
        DayRange("created", _("Created at"), "created_at", of_moment=True),
        DayRange("sent", _("Sent at"), "sent_at", of_moment=True),
        Related(
            "salesperson",
            _("Salesperson"),
            "crm:salesperson_picker",
            lambda: visible_salespeople(actor),
            "created_by",
        ),
        Related(
            "customer",
            _("Customer"),
            "crm:parent_picker",
            lambda: visible_customers(actor),
            "customer",
        ),
        Related("product", _("Product"), "catalog:product_picker", Product.objects.all, "product"),
        Words("province", _("Province/City"), "crm:province_picker", "customer__province"),
        NumberRange("amount", _("Amount"), "amount"),
    )


def _row_menu(actor: User, row: LicenceRequest) -> list[MenuItem]:
    own = [edit_item(row)] if queries.may_edit(actor, row) else []
    page = reverse("provisioning:request", args=[row.pk])
    view = MenuItem(_now("View the request"), page, icon="eye")
    return [*own, view, source_item(row), *paper_items(row)]


REQUESTS: Final = ListSource(
    name="provisioning.requests",
    title=_("Licence/subscription requests"),
    url_name="provisioning:request_list",
    rows=_rows,
    spec=_spec,
    empty_text=_("A request is raised on an order's page, in its function menu."),
)
