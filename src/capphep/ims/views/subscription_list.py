"""The list of subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capphep.catalog.models import Product
from capphep.crm.models import Level
from capphep.crm.queries.customers import visible_customers
from capphep.crm.queries.people import visible_salespeople
from capphep.entitlements.models import Subscription
from capphep.ims.queries import subscriptions as queries
from capphep.ims.views.subscriptions import STATES
from capphep.platform import clock
from capphep.platform.addresses import url_if_any
from capphep.platform.kit import MenuItem, Status
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import (
    FUTURE,
    Column,
    DayRange,
    Filter,
    ListFilter,
    ListSpec,
    Related,
    Words,
)
from capphep.platform.roles import Actor
from capphep.provisioning.renewals import may_renew

_ENDS: Final = "ends"


def subscription_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, SUBSCRIPTIONS)


def _rows(actor: User) -> QuerySet[Subscription]:
    rows = queries.subscriptions(actor, clock.today())
    return rows.select_related("customer__owner", "product")


def _of_ends(query: QueryDict) -> ListSource[Subscription]:
    """What ends when is worked out for each row: all of them are not sorted by it, a span is."""
    if not any(query.get(name) for name in (_ENDS, f"{_ENDS}_from", f"{_ENDS}_to")):
        return SUBSCRIPTIONS
    return replace(SUBSCRIPTIONS, spec=lambda actor: _spec(actor, by_end=True))


def _spec(actor: User, *, by_end: bool = False) -> ListSpec[Subscription]:
    return ListSpec(
        columns=_columns(by_end=by_end),
        default_sort="until" if by_end else "-created_at",
        row_url=lambda row: reverse("ims:subscription", args=[row.pk]),
        row_menu=lambda row: _menu(actor, row),
        filters=_filters(actor),
        search=queries.search_subscriptions,
        search_hint=_("Budget code, customer, licence or request number"),
    )


def _menu(actor: Actor, row: Subscription) -> list[MenuItem]:
    """What to renew with is worked out by the dialog that asks, not for each row."""
    customer = row.customer_id
    asked = MenuItem(
        _("Request a licence/subscription"),
        reverse("provisioning:for_customer", args=[customer]),
        "dialog",
        icon="certificate",
    )
    paper = url_if_any("paper:show", "subscription", row.pk)
    has_paper = paper and queries.state_of(row) != "ended"
    return [
        MenuItem(_("View details"), reverse("ims:subscription", args=[row.pk]), icon="eye"),
        *([asked] if may_renew(actor, row.customer) else []),
        *([MenuItem(_("Handover record"), paper, icon="file-description")] if has_paper else []),
        MenuItem(
            _("Open the customer"),
            reverse("crm:customer", args=[customer]),
            icon="building-community",
        ),
    ]


def _state(row: Any) -> Status:
    return STATES[queries.state_of(row)]


def _owner(row: Subscription) -> str:
    return row.customer.owner.full_name if row.customer.owner else ""


def _columns(*, by_end: bool) -> Sequence[Column[Subscription]]:
    return (
        Column("customer__name", _("Customer"), "name"),
        Column("customer__budget_code", _("Budget code"), "code"),
        Column("product", _("Product")),
        Column("until", _("In force until"), "date", sort="until" if by_end else None),
        Column("state", _("Status"), "status", value=_state),
        Column("created_at", _("Created at"), "moment", sort="created_at"),
        Column("owner", _("Salesperson in charge"), value=_owner, hidden=True),
        Column("customer__province", _("Province/City"), hidden=True),
        Column(
            "level",
            _("Level"),
            value=lambda row: row.customer.get_level_display(),
            hidden=True,
        ),
        Column("version", _("Changes"), "number", hidden=True),
    )


def _filters(actor: User) -> Sequence[ListFilter[Subscription]]:
    return (
        Filter(
            "state",
            _("Status"),
            [(name, status.label) for name, status in STATES.items()],
            queries.in_states,
        ),
        Filter("level", _("Level"), Level.choices, "customer__level"),
        DayRange(_ENDS, _("Ends, not renewed"), queries.ending, spans=FUTURE),
        Related("product", _("Product"), "catalog:product_picker", Product.objects.all, "product"),
        Related(
            "owner",
            _("Salesperson in charge"),
            "crm:salesperson_picker",
            lambda: visible_salespeople(actor),
            "customer__owner",
        ),
        Related(
            "customer",
            _("Customer"),
            "crm:parent_picker",
            lambda: visible_customers(actor),
            "customer",
        ),
        Words("province", _("Province/City"), "crm:province_picker", "customer__province"),
        DayRange("created", _("Created at"), "created_at", of_moment=True),
    )


SUBSCRIPTIONS: Final = ListSource(
    name="ims.subscriptions",
    title=_("Subscriptions"),
    url_name="ims:subscription_list",
    rows=_rows,
    spec=_spec,
    scope=_of_ends,
    empty_text=_("The first approval of a customer's request makes a subscription."),
)
