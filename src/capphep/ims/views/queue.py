"""*Kế toán văn phòng*: the queue, by what became of a request, its age and who handles it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.catalog.models import Product
from capphep.ims.models import Absence
from capphep.ims.queries import desk
from capphep.ims.queries import queue as queries
from capphep.ims.queries.absences import absences_on
from capphep.ims.rules import Ageing
from capphep.ims.views.assignment import assignment_items, holder_text
from capphep.ims.views.requests import decision_items
from capphep.ims.views.shown import ageing_status
from capphep.ims.views.withdrawals import proposal_items, withdraw_item
from capphep.platform import clock
from capphep.platform.kit import MenuItem, Text
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.roles import Permission, may
from capphep.platform.signed_in import actor_of
from capphep.provisioning import queries as provisioning
from capphep.provisioning.models import LicenceRequest, Withdrawal
from capphep.provisioning.states import RequestKind, RequestStatus
from capphep.provisioning.views.filters import decided_filter
from capphep.provisioning.views.shown import status_of

WITHDRAWALS: Final = "withdrawals"
# The tabs above the queue, by the value of ?status= that opens them.
_TABS: Final[Mapping[str, tuple[Text, Sequence[str]]]] = {
    "waiting": (RequestStatus.WAITING.label, [RequestStatus.WAITING]),
    "returned": (RequestStatus.RETURNED.label, [RequestStatus.RETURNED]),
    "approved": (RequestStatus.APPROVED.label, [RequestStatus.APPROVED]),
    "rejected": (RequestStatus.REJECTED.label, [RequestStatus.REJECTED]),
    WITHDRAWALS: (gettext_lazy("Withdrawals to confirm"), [RequestStatus.APPROVED]),
    "withdrawn": (RequestStatus.WITHDRAWN.label, [RequestStatus.WITHDRAWN]),
    "all": (gettext_lazy("All"), desk.SENT),
}
AGEING_LABELS: Final[Mapping[Ageing, Text]] = {
    Ageing.ON_TIME: gettext_lazy("In time"),
    Ageing.DUE_TODAY: gettext_lazy("Due today"),
    Ageing.OVERDUE: gettext_lazy("Overdue"),
}
# What an officer begins the day with; each is a list that the address reproduces.
_OFTEN: Final[Sequence[tuple[Text, Mapping[str, str]]]] = (
    (gettext_lazy("Waiting longest"), {"sort": "sent_at"}),
    (gettext_lazy("Mine"), {"holder": queries.MINE}),
    (gettext_lazy("Nobody's yet"), {"holder": queries.NOBODYS}),
    (gettext_lazy("Overdue"), {"ageing": Ageing.OVERDUE}),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who looks at the queue, on which local day, and who is away then, by officer id."""

    actor: User
    day: datetime.date
    away: Mapping[int, Absence]
    tab: str


def queue(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`; tabs as [{label, url, is_current}], often as [(label, url)]."""
    tab = _tab_of(request.GET)
    return show_list(
        request,
        QUEUE,
        page="ims/queue.html",
        fragment="ims/_queue.html",
        tabs=_tabs(request, tab),
        often=_often(actor_of(request)) if tab == "waiting" else [],
    )


def _of_tab(query: QueryDict) -> ListSource[LicenceRequest]:
    """The queue as that one of its tabs which the query string opens."""
    tab = _tab_of(query)
    return replace(
        QUEUE, rows=lambda actor: _rows(actor, tab), spec=lambda actor: _spec(_desk(actor, tab))
    )


def _desk(actor: User, tab: str) -> Desk:
    day = clock.today()
    return Desk(actor, day, absences_on(day), tab)


def _rows(actor: User, tab: str) -> QuerySet[LicenceRequest]:
    if tab == WITHDRAWALS:
        return queries.with_proposals(actor)
    rows = desk.desk_requests(actor).filter(status__in=_TABS[tab][1])
    return queries.with_rounds(rows.select_related("assigned_to"))


def _tab_of(query: QueryDict) -> str:
    """What was asked for; else what waits. A search without a tab looks everywhere."""
    asked = query.get("status", "")
    if asked in _TABS:
        return asked
    return "all" if query.get("q", "").strip() else "waiting"


def _tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    kept = {name: request.GET[name] for name in ("q",) if request.GET.get(name)}
    return [
        {
            "label": label,
            "url": f"{request.path}?{urlencode({'status': name, **kept})}",
            "is_current": name == current,
        }
        for name, (label, _statuses) in _TABS.items()
    ]


def _often(actor: User) -> list[tuple[Text, str]]:
    """Links to the lists that are asked for most; "mine" is for those who handle requests."""
    queue = reverse("ims:queue")
    own = may(actor, Permission.REQUEST_DECIDE)
    return [
        (label, f"{queue}?{urlencode({'status': 'waiting', **query})}")
        for label, query in _OFTEN
        if own or query.get("holder") != queries.MINE
    ]


def _spec(here: Desk) -> ListSpec[LicenceRequest]:
    return ListSpec(
        columns=[*_first_columns(here), *_ORDER_COLUMNS],
        # Who waits longest comes first; of what is over, the latest.
        default_sort="sent_at" if here.tab == "waiting" else "-request_no",
        row_url=lambda row: reverse("ims:request", args=[row.pk]),
        row_menu=lambda row: _row_menu(here, row),
        bulk=_bulk(here),
        filters=_filters(here),
        search=provisioning.search_requests,
        search_hint=gettext_lazy("Contract, order or request number, budget code, customer"),
    )


QUEUE: Final = ListSource(
    name="ims.queue",
    title=gettext_lazy("Office accountant"),
    url_name="ims:queue",
    rows=lambda actor: _rows(actor, "waiting"),
    spec=lambda actor: _spec(_desk(actor, "waiting")),
    scope=_of_tab,
    empty_text=gettext_lazy("What salespeople send appears here."),
)
_ORDER_COLUMNS: Final[Sequence[Column[LicenceRequest]]] = (
    Column("kind", gettext_lazy("Request kind"), value=LicenceRequest.get_kind_display),
    Column(
        "amount",
        gettext_lazy("Amount"),
        "money",
        sort="amount",
        value=lambda row: row.price,
    ),
    Column("order__contract_no", gettext_lazy("Contract number"), "code"),
    Column("order__order_no", gettext_lazy("Order number"), "code", sort="order__order_no"),
    Column("budget_code", gettext_lazy("Budget code"), "code", sort="budget_code"),
    Column("product", gettext_lazy("Product")),
    Column("sent_at", gettext_lazy("Sent at"), "moment", sort="sent_at"),
    Column("sent_by", gettext_lazy("Sent by")),
)


def _first_columns(here: Desk) -> list[Column[LicenceRequest]]:
    """What names a request, and how it stands in this tab."""
    due: Column[LicenceRequest] = Column(
        "due_on",
        gettext_lazy("To be decided by"),
        "status",
        sort="due_on",
        value=lambda row: ageing_status(queries.age_of(row, here.day)),
    )
    holder: Column[LicenceRequest] = Column(
        "assigned_to",
        gettext_lazy("Handled by"),
        value=lambda row: holder_text(row, here.actor, here.away),
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
        Column("customer__name", gettext_lazy("Customer"), sort="customer__sort_key"),
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


def _filters(here: Desk) -> list[Filter[LicenceRequest]]:
    kind: Filter[LicenceRequest] = Filter(
        "kind", gettext_lazy("Request kind"), RequestKind.choices, "kind"
    )
    product: Filter[LicenceRequest] = Filter(
        "product", gettext_lazy("Product"), _products, "product"
    )
    if here.tab not in ("waiting", "all"):
        return [kind, product, decided_filter()]
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
        kind,
        product,
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


def _bulk(here: Desk) -> list[MenuItem]:
    if here.tab != "waiting" or not may(here.actor, Permission.REQUEST_DECIDE):
        return []
    label = gettext_lazy("Approve the ticked requests")
    return [MenuItem(label, reverse("ims:approve_ticked"), "dialog", "rubber-stamp")]


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
