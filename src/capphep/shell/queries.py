"""Reads of the shell: users, and what a person finds at home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Prefetch, Q, QuerySet

from capphep.catalog.models import Item, Product
from capphep.crm.models import Customer, Order
from capphep.crm.queries.orders import visible_orders
from capphep.crm.states import LicenceStatus
from capphep.identity.models import AccountLink
from capphep.identity.states import TROUBLED
from capphep.ims.queries.absences import absences_on
from capphep.ims.queries.queue import MINE, of_holders
from capphep.integration.models import Delivery
from capphep.integration.states import DeliveryStatus
from capphep.platform import clock
from capphep.platform.models import User
from capphep.platform.roles import Actor, Permission, Role, require
from capphep.provisioning.models import LicenceRequest, Round, RoundOutcome
from capphep.provisioning.queries import decided_on, visible_requests
from capphep.provisioning.states import RequestStatus
from capphep.pure.errors import NotFound, gettext_noop
from capphep.pure.folding import fold

SHOWN: Final = 6
QUEUE_SHOWN: Final = 12
_ATTENTION: Final = (
    RequestStatus.DRAFT,
    RequestStatus.WAITING,
    RequestStatus.RETURNED,
    RequestStatus.REJECTED,
)


# --- users -------------------------------------------------------------------------------------


def visible_users(actor: Actor) -> QuerySet[User]:
    """All accounts, for those who manage them. Raises Forbidden for everybody else."""
    require(actor, Permission.USER_WRITE)
    return User.objects.select_related("team")


def user_of(actor: Actor, user_id: int) -> User:
    """Raises Forbidden, NotFound."""
    found = visible_users(actor).select_related("updated_by").filter(pk=user_id).first()
    if found is None:
        raise user_not_found()
    return found


def user_not_found() -> NotFound:
    return NotFound("user_not_found", gettext_noop("There is no such user."))


def search_users(users: QuerySet[User], text: str) -> QuerySet[User]:
    """Users whose name, user name or e-mail holds every word, accents aside. One statement more.

    An installation has hundreds of users, not millions: their names are folded here.
    """
    words = fold(text).split()
    rows = users.order_by().values_list("pk", "full_name", "username", "email")
    keys = {pk: fold(" ".join(texts)) for pk, *texts in rows}
    return users.filter(pk__in=[pk for pk, key in keys.items() if all(w in key for w in words)])


# --- home --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestPart:
    """Some of the requests of one kind, and how many there are."""

    count: int
    rows: Sequence[LicenceRequest]


def own_requests(actor: Actor) -> dict[str, RequestPart]:
    """The actor's requests that need attention, by status. At most six statements.

    A rejected one is shown until a new request of its order was sent. With an order that is
    given up nothing is to be done.
    """
    mine = visible_requests(actor).filter(created_by_id=actor.pk)
    open_ones = mine.exclude(
        Q(status=RequestStatus.REJECTED) & ~Q(order__licence_status=LicenceStatus.REJECTED)
    ).exclude(order__is_active=False)
    counts = _counts(open_ones.filter(status__in=_ATTENTION))
    statuses = (RequestStatus.DRAFT, RequestStatus.WAITING, RequestStatus.REJECTED)
    parts: dict[str, RequestPart] = {
        status: _part(counts, open_ones, status, "-updated_at") for status in statuses
    }
    answers = Round.objects.filter(outcome=RoundOutcome.RETURNED).defer("content")
    returned = open_ones.prefetch_related(Prefetch("rounds", answers))
    return {
        **parts,
        RequestStatus.RETURNED: _part(counts, returned, RequestStatus.RETURNED, "-updated_at"),
    }


def approved_today(actor: Actor, *, own: bool = False) -> int:
    """How many requests the desk approved today, ``own`` of one's own alone. One statement."""
    rows = visible_requests(actor).filter(status=RequestStatus.APPROVED)
    if own:
        rows = rows.filter(created_by_id=actor.pk)
    return decided_on(rows, clock.today()).count()


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """Of what waits: all of it, what is late, due today, and the actor's to handle."""

    waiting: int
    overdue: int
    due_today: int
    mine: int


def desk_counts(actor: User) -> DeskCounts:
    """Two statements over what waits."""
    day = clock.today()
    rows = visible_requests(actor).filter(status=RequestStatus.WAITING).order_by()
    counts = rows.aggregate(
        waiting=Count("pk"),
        overdue=Count("pk", filter=Q(due_on__lt=day)),
        due_today=Count("pk", filter=Q(due_on=day)),
    )
    mine = of_holders(rows, [MINE], actor, absences_on(day)).count()
    return DeskCounts(**counts, mine=mine)


@dataclass(frozen=True, slots=True)
class Failures:
    """What did not go well and may want a look."""

    accounts: int
    deliveries: int


def failures() -> Failures:
    """Two statements over the few that failed."""
    return Failures(
        accounts=AccountLink.objects.filter(status__in=TROUBLED).count(),
        deliveries=Delivery.objects.filter(status=DeliveryStatus.FAILED).count(),
    )


def waiting_requests(actor: Actor) -> RequestPart:
    """The officer's queue, longest waiting first. Two statements."""
    rows = visible_requests(actor).filter(status=RequestStatus.WAITING)
    return RequestPart(rows.count(), list(rows.order_by("sent_at", "id")[:QUEUE_SHOWN]))


def decided_requests(actor: Actor) -> list[LicenceRequest]:
    """The latest decisions; an officer's are the officer's own."""
    decided = (RequestStatus.APPROVED, RequestStatus.REJECTED)
    rows = visible_requests(actor).filter(status__in=decided, decided_at__isnull=False)
    rows = rows.select_related("decided_by")
    if actor.role == Role.OFFICER:
        rows = rows.filter(decided_by_id=actor.pk)
    return list(rows.order_by("-decided_at", "-id")[:SHOWN])


def recent_orders(actor: Actor) -> list[Order]:
    """The latest orders that are followed: a salesperson's own, else everybody's."""
    orders = visible_orders(actor).filter(is_active=True).select_related("customer")
    if actor.role == Role.SALES:
        orders = orders.filter(salesperson_id=actor.pk)
    return list(orders.order_by("-created_at", "-id")[:SHOWN])


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is of what an administrator looks after."""

    users: int
    products: int
    items: int
    customers: int


def totals() -> Totals:
    """Four statements."""
    return Totals(
        users=User.objects.filter(is_active=True).count(),
        products=Product.objects.count(),
        items=Item.objects.filter(is_active=True, package__product__is_active=True).count(),
        customers=Customer.objects.filter(is_active=True).count(),
    )


def _counts(requests: QuerySet[LicenceRequest]) -> dict[str, int]:
    rows = requests.order_by().values_list("status").annotate(count=Count("id"))
    return dict(rows)


def _part(
    counts: Mapping[str, int], requests: QuerySet[LicenceRequest], status: str, order: str
) -> RequestPart:
    count = counts.get(status, 0)
    rows = requests.filter(status=status).order_by(order, "-id")[:SHOWN] if count else ()
    return RequestPart(count, list(rows))
