"""*Kế toán văn phòng*: the queue, by what became of a request, its age and who handles it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy

from capphep.ims.queries import desk
from capphep.ims.queries import queue as queries
from capphep.ims.queries.absences import absences_on
from capphep.ims.rules import Ageing
from capphep.ims.views.queue_spec import WITHDRAWALS, Desk, spec_of
from capphep.platform import clock
from capphep.platform.kit import Text
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.roles import Permission, may
from capphep.platform.signed_in import actor_of
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus

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
# What an officer begins the day with; each is a list that the address reproduces.
_OFTEN: Final[Sequence[tuple[Text, Mapping[str, str]]]] = (
    (gettext_lazy("Waiting longest"), {"sort": "sent_at"}),
    (gettext_lazy("Mine"), {"holder": queries.MINE}),
    (gettext_lazy("Nobody's yet"), {"holder": queries.NOBODYS}),
    (gettext_lazy("Overdue"), {"ageing": Ageing.OVERDUE}),
)


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
        QUEUE, rows=lambda actor: _rows(actor, tab), spec=lambda actor: spec_of(_desk(actor, tab))
    )


def _desk(actor: User, tab: str) -> Desk:
    day = clock.today()
    return Desk(actor, day, absences_on(day), tab)


def _rows(actor: User, tab: str) -> QuerySet[LicenceRequest]:
    if tab == WITHDRAWALS:
        return queries.with_proposals(actor)
    rows = desk.desk_requests(actor).filter(status__in=_TABS[tab][1])
    return queries.with_rounds(rows.select_related("assigned_to", "decided_by"))


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


QUEUE: Final = ListSource(
    name="ims.queue",
    title=gettext_lazy("Office accountant"),
    url_name="ims:queue",
    rows=lambda actor: _rows(actor, "waiting"),
    spec=lambda actor: spec_of(_desk(actor, "waiting")),
    scope=_of_tab,
    empty_text=gettext_lazy("What salespeople send appears here."),
)
