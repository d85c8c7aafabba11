"""What the queue shows in each of its tabs: columns, filters, what may be done with a row."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.catalog.models import Product
from capphep.crm.queries.customers import visible_customers
from capphep.crm.queries.people import visible_salespeople
from capphep.ims.models import Absence
from capphep.ims.queries import queue as queries
from capphep.ims.rules import Ageing
from capphep.ims.views.assignment import assignment_items, holder_text
from capphep.ims.views.requests import decision_items
from capphep.ims.views.shown import ageing_status
from capphep.ims.views.withdrawals import proposal_items, withdraw_item
from capphep.platform.kit import MenuItem, Text
from capphep.platform.models import User
from capphep.platform.pages import (
    Bulk,
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
from capphep.provisioning import queries as provisioning
from capphep.provisioning.models import LicenceRequest, Withdrawal
from capphep.provisioning.states import RequestKind
from capphep.provisioning.views.filters import decided_filter
from capphep.provisioning.views.shown import status_of

WITHDRAWALS: Final = "withdrawals"
AGEING_LABELS: Final[Mapping[Ageing, Text]] = {
    Ageing.ON_TIME: gettext_lazy("In time"),
    Ageing.DUE_TODAY: gettext_lazy("Due today"),
    Ageing.OVERDUE: gettext_lazy("Overdue"),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Who looks at the queue, on which local day, and who is away then, by officer id."""

    actor: User
    day: datetime.date
    away: Mapping[int, Absence]
    tab: str


def spec_of(here: Desk) -> ListSpec[LicenceRequest]:
    return ListSpec(
        columns=[*_first_columns(here), *_order_columns(here)],
        # Who waits longest comes first; of what is over, the latest.
        default_sort="sent_at" if here.tab == "waiting" else "-request_no",
        row_url=lambda row: reverse("ims:request", args=[row.pk]),
        row_menu=lambda row: _row_menu(here, row),
        bulk=_bulk(here),
        filters=_filters(here),
        search=provisioning.search_requests,
        search_hint=gettext_lazy("Contract, order or request number, budget code, customer"),
    )


def _order_columns(here: Desk) -> Sequence[Column[LicenceRequest]]:
    """What waits is never much and sorts by anything; what is over, by what has an index. There
    the customer's name needs the room, and how long it waits says when it was sent."""
    is_waiting = here.tab == "waiting"
    sorts = dict.fromkeys(("amount", "order__order_no", "budget_code"))
    if is_waiting:
        sorts = {key: key for key in sorts}
    return (
        Column("kind", gettext_lazy("Request kind"), value=LicenceRequest.get_kind_display),
        Column(
            "amount",
            gettext_lazy("Amount"),
            "money",
            sort=sorts["amount"],
            value=lambda row: row.price,
        ),
        Column("order__contract_no", gettext_lazy("Contract number"), "code"),
        Column(
            "sent_at",
            gettext_lazy("Sent at"),
            "moment",
            sort="sent_at",
            never_null=True,
            hidden=is_waiting,
        ),
        Column("sent_by", gettext_lazy("Sent by"), hidden=is_waiting),
        Column(
            "order__order_no",
            gettext_lazy("Order number"),
            "code",
            sort=sorts["order__order_no"],
            hidden=True,
        ),
        Column(
            "budget_code",
            gettext_lazy("Budget code"),
            "code",
            sort=sorts["budget_code"],
            hidden=True,
        ),
        Column("product", gettext_lazy("Product"), hidden=True),
        Column("customer__province", gettext_lazy("Province/City"), hidden=True),
        Column("admin_name", gettext_lazy("Administrator's full name"), hidden=True),
        Column("decided_by", gettext_lazy("Decided by"), hidden=True),
        Column("decided_at", gettext_lazy("Decided at"), "moment", hidden=True),
        Column("reject_reason", gettext_lazy("Reason"), hidden=True),
    )


def _first_columns(here: Desk) -> list[Column[LicenceRequest]]:
    """What names a request, and how it stands in this tab."""
    due: Column[LicenceRequest] = Column(
        "due_on",
        gettext_lazy("To be decided by"),
        "status",
        sort="due_on" if here.tab == "waiting" else None,
        value=lambda row: ageing_status(queries.age_of(row, here.day)),
        hidden=here.tab == "all",
    )
    holder: Column[LicenceRequest] = Column(
        "assigned_to",
        gettext_lazy("Handled by"),
        value=lambda row: holder_text(row, here.actor, here.away),
        hidden=here.tab != "waiting",
    )
    status: Column[LicenceRequest] = Column(
        "status", gettext_lazy("Status"), "status", value=status_of
    )
    special = {
        "waiting": [due, holder],
        WITHDRAWALS: _WITHDRAWAL_COLUMNS,
        "all": [status, due, holder],
    }
    return [
        Column(
            "request_no",
            gettext_lazy("Request number"),
            "code",
            sort="request_no",
            value=_number_text,
        ),
        Column(
            "customer__name",
            gettext_lazy("Customer"),
            "name",
            sort="customer__sort_key" if here.tab == "waiting" else None,
        ),
        *special.get(here.tab, [status]),
    ]


def _number_text(row: LicenceRequest) -> str:
    """The request number, marked where the request was sent again."""
    number = queries.round_of(row)
    if number == 1:
        return row.request_no
    text = _("%(request_no)s – sent again, round %(number)s")
    return text % {"request_no": row.request_no, "number": number}


_WITHDRAWAL_COLUMNS: Final[Sequence[Column[LicenceRequest]]] = (
    Column(
        "from_day",
        gettext_lazy("Withdrawn from"),
        "date",
        value=lambda row: _proposal(row).from_day,
    ),
    Column(
        "proposed_by",
        gettext_lazy("Proposed by"),
        value=lambda row: _proposal(row).proposed_by,
    ),
    Column(
        "proposed_at",
        gettext_lazy("Proposed at"),
        "moment",
        value=lambda row: _proposal(row).proposed_at,
    ),
)


def _proposal(row: LicenceRequest) -> Withdrawal:
    return row.withdrawals.all()[0]


def _filters(here: Desk) -> list[ListFilter[LicenceRequest]]:
    if here.tab not in ("waiting", "all"):
        return [*_FILTERS, decided_filter(), *_more_filters(here)]
    return [
        Filter(
            "ageing",
            gettext_lazy("Target time"),
            AGEING_LABELS.items(),
            lambda rows, states: queries.of_ageing(rows, states, here.day),
        ),
        Filter(
            "holder",
            gettext_lazy("Handled by"),
            lambda: _holders(here.actor),
            lambda rows, holders: queries.of_holders(rows, holders, here.actor, here.away),
        ),
        *_FILTERS,
        *_more_filters(here),
    ]


_FILTERS: Final[Sequence[ListFilter[LicenceRequest]]] = (
    Filter("kind", gettext_lazy("Request kind"), RequestKind.choices, "kind"),
    Filter("product", gettext_lazy("Product"), lambda: _products(), "product"),
)


def _more_filters(here: Desk) -> list[ListFilter[LicenceRequest]]:
    return [
        DayRange("sent", gettext_lazy("Sent at"), "sent_at", of_moment=True),
        Related(
            "customer",
            gettext_lazy("Customer"),
            "crm:parent_picker",
            lambda: visible_customers(here.actor),
            "customer",
        ),
        Related(
            "salesperson",
            gettext_lazy("Salesperson"),
            "crm:salesperson_picker",
            lambda: visible_salespeople(here.actor),
            "created_by",
        ),
        Words(
            "province", gettext_lazy("Province/City"), "crm:province_picker", "customer__province"
        ),
        NumberRange("amount", gettext_lazy("Amount"), "amount"),
    ]


def _products() -> list[tuple[int, str]]:
    return list(Product.objects.order_by("name").values_list("pk", "name"))


def _holders(actor: User) -> list[tuple[str, Text]]:
    own: list[tuple[str, Text]] = [(queries.MINE, gettext_lazy("Mine"))]
    return [
        *(own if may(actor, Permission.REQUEST_DECIDE) else []),
        (queries.NOBODYS, gettext_lazy("Nobody's yet")),
        *((str(one.pk), one.full_name) for one in queries.holders()),
    ]


def _bulk(here: Desk) -> list[Bulk]:
    if here.tab != "waiting" or not may(here.actor, Permission.REQUEST_DECIDE):
        return []
    label = gettext_lazy("Approve the ticked requests")
    return [Bulk(label, reverse("ims:approve_ticked"), "rubber-stamp")]


def _row_menu(here: Desk, row: LicenceRequest) -> list[MenuItem]:
    return [
        *decision_items(here.actor, row),
        *assignment_items(here.actor, row),
        *(
            proposal_items(here.actor, _proposal(row))
            if here.tab == WITHDRAWALS
            else withdraw_item(here.actor, row)
        ),
        MenuItem(_("View details"), reverse("ims:request", args=[row.pk]), icon="eye"),
    ]
