"""Two years of sales work for the sample data, so that lists and reports have something
to show: orders, their requests, what the desk said of them, what was granted and is in use.

What is over is written in bulk, as the actions would have left it: the ledger, the licences and
the audit trail are complete (`./capphep ledger verify`). What still waits went through the actions.
"""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from capphep.catalog.models import Item
from capphep.crm.keys import key_of
from capphep.crm.models import Customer, Order, OrderLine, SalesProject
from capphep.crm.rules import order_search_key
from capphep.crm.states import LicenceStatus
from capphep.entitlements.actions.balances import next_version, rebuild_balances
from capphep.entitlements.actions.licences import issue_licence
from capphep.entitlements.models import BalanceStep, Grant, GrantKind, Subscription, Usage
from capphep.platform import audit, clock, numbers
from capphep.platform.models import User
from capphep.platform.origin import working_from
from capphep.provisioning.models import (
    LicenceRequest,
    RequestLine,
    RequestQuantity,
    Round,
    RoundOutcome,
)
from capphep.provisioning.states import RequestKind, RequestStatus
from capphep.pure.months import term

MONTHS: Final = 24
_SEED: Final = 2026
_COUNTED_FROM: Final = 10
"""Of one set of books all of it is in use: that says nothing."""
_RENEWED_AFTER: Final = datetime.timedelta(days=340)
# How sales come and go over a year of public budgets: little in spring, much before its end.
_SEASON: Final = (5, 4, 8, 9, 11, 13, 10, 12, 14, 15, 19, 23)
_ADD_ONS: Final = ("IGOV-KT-1", "IGOV-KT-3", "IGOV-VPS-20", "IGOV-VPS-50", "IGOV-VPS-100")
_BIG_ADD_ONS: Final = ("IGOV-VPS-TB-100", "IGOV-VPS-200", "IGOV-VPS-GB-100")
_BASES: Final = ("IGOV-CB-20", "IGOV-CB-50", "IGOV-CB-100", "IGOV-TD-100")
_REASONS: Final = (
    "Quyết định cấp nguồn thiếu trang có dấu.",
    "Số tiền trên quyết định khác số tiền đơn hàng.",
    "Đơn vị đã có yêu cầu khác cho cùng gói.",
)
_COMMENTS: Final[tuple[dict[str, str], ...]] = (
    {"evidence-funding_decision": "Bản chụp mờ, không đọc được số quyết định."},
    {"evidence-funding_decision": "Thiếu dấu.", "amount": "Lệch so với quyết định."},
    {"admin_email": "E-mail của đơn vị, không phải e-mail cá nhân."},
    {"admin_phone": "Số này không liên lạc được."},
    {"evidence-commitment": "Chưa có chữ ký của chủ tài khoản."},
    {"unit_tax_code": "Mã số thuế của đơn vị cấp trên."},
    {"line-1": "Đơn vị chỉ có 12 cán bộ, xem lại số lượng."},
    {},
)


@dataclass(slots=True)
class Sale:
    """One order of the past and how it ended; moments in local time."""

    customer: Customer
    seller: User
    item: Item
    quantity: int
    kind: RequestKind
    project: SalesProject | None
    made_at: datetime.datetime
    end: RequestStatus | None
    returns: Sequence[dict[str, str]] = ()
    waits: Sequence[tuple[datetime.datetime, datetime.datetime]] = ()
    order: Order = field(default_factory=Order)
    request: LicenceRequest = field(default_factory=LicenceRequest)

    @property
    def decided_at(self) -> datetime.datetime:
        return self.waits[-1][1]


class History:
    """Sales of some past months, the same in every installation."""

    def __init__(self, *, except_for: set[str]) -> None:
        self.random = random.Random(_SEED)  # noqa: S311 - a sample, no secret
        self.today = clock.today()
        people = {user.username: user for user in User.objects.all()}
        self.sellers = [people["sales"], people["sales2"]]
        self.officers = [people["officer"], people["officer2"]]
        items = Item.objects.prefetch_related("contents__module", "contents__resource")
        self.items = {item.sku: item for item in items.select_related("package__product")}
        self.projects = {project.code: project for project in SalesProject.objects.all()}
        customers = list(Customer.objects.order_by("pk").exclude(budget_code__in=except_for))
        self.random.shuffle(customers)
        owners = dict(
            Grant.objects.filter(kind=GrantKind.OPENING).values_list(
                "subscription__customer", "first_day"
            )
        )
        self.owned_from = owners
        self.owners = [one for one in customers if one.pk in owners]
        self.newcomers = [one for one in customers if one.pk not in owners]

    def sales(self) -> list[Sale]:
        return sorted(self._sales(), key=lambda sale: sale.made_at)

    def _sales(self) -> Iterator[Sale]:
        for back in range(MONTHS, -1, -1):
            first = _months_before(self.today, back)
            season = _SEASON[first.month - 1] * (0.72 if back >= 12 else 1.0)
            days = 28 if back else self.today.day
            count = round(season * days / 28 + self.random.uniform(-1, 2))
            for _number in range(count):
                day = first.replace(day=self.random.randint(1, days))
                sale = self._sale(day)
                if sale:
                    yield sale
                    yield from self._renewal(sale)

    def _sale(self, day: datetime.date) -> Sale | None:
        known = [one for one in self.owners[:40] if self.owned_from[one.pk] < day]
        if known and (self.random.random() < 0.66 or not self.newcomers):
            customer = self.random.choice(known)
            self.owners.remove(customer)
            some = _BIG_ADD_ONS if self.random.random() < 0.15 else _ADD_ONS
            return self._ended(customer, self.random.choice(some), RequestKind.ADD_ON, day)
        if not self.newcomers:
            return None
        customer = self.newcomers.pop()
        weights = (8, 6, 3, 1)
        sku = self.random.choices(_BASES, weights)[0]
        return self._ended(customer, sku, RequestKind.NEW, day)

    def _renewal(self, sale: Sale) -> Iterator[Sale]:
        """Most of those who bought the product a year ago went on with it."""
        day = (sale.made_at + _RENEWED_AFTER).date()
        is_over = sale.end == RequestStatus.APPROVED and sale.kind == RequestKind.NEW
        if is_over and day < self.today and self.random.random() < 0.7:
            renewal = self._ended(sale.customer, sale.item.sku, RequestKind.RENEWAL, day)
            renewal.seller = sale.seller
            yield renewal

    def _ended(self, customer: Customer, sku: str, kind: RequestKind, day: datetime.date) -> Sale:
        made_at = _at(day, self.random.randint(8 * 60, 17 * 60))
        seller = self.sellers[self.random.random() < 0.42]
        quantity = self.random.choices((1, 2, 3), (7, 2, 1))[0] if kind == "add_on" else 1
        sale = Sale(
            customer, seller, self.items[sku], quantity, kind, self._project(kind), made_at, None
        )
        is_sent = self.random.random() < 0.93
        if not is_sent:
            return sale
        returns = [
            self.random.choice(_COMMENTS)
            for _number in range(self.random.choices((0, 1, 2), (78, 18, 4))[0])
        ]
        sale.waits = self._waits(made_at, len(returns) + 1)
        if sale.decided_at > timezone.now() - datetime.timedelta(hours=2):
            sale.waits = ()
            return sale
        sale.returns = returns
        sale.end = RequestStatus.REJECTED if self.random.random() < 0.05 else RequestStatus.APPROVED
        return sale

    def _waits(
        self, made_at: datetime.datetime, count: int
    ) -> list[tuple[datetime.datetime, datetime.datetime]]:
        """When it was sent and answered, each time. Lately the desk has become quicker."""
        months = (self.today.year - made_at.year) * 12 + self.today.month - made_at.month
        hours, waits = 10 + months * 1.6, []
        at = made_at + datetime.timedelta(hours=self.random.expovariate(1 / 20))
        for _number in range(count):
            answered = at + datetime.timedelta(
                hours=min(1 + self.random.expovariate(1 / hours), 400)
            )
            waits.append((at, answered))
            at = answered + datetime.timedelta(hours=2 + self.random.expovariate(1 / 30))
        return waits

    def _project(self, kind: RequestKind) -> SalesProject | None:
        if self.random.random() < 0.2:
            return None
        if kind == RequestKind.NEW:
            return self.projects[self.random.choice(("CDS-XA-2026", "CDS-XA-2026", "THS-2026"))]
        return self.projects["MT-IGOV-2026"]


def _months_before(day: datetime.date, count: int) -> datetime.date:
    number = day.year * 12 + day.month - 1 - count
    return datetime.date(number // 12, number % 12 + 1, 1)


def _at(day: datetime.date, minutes: int) -> datetime.datetime:
    return clock.start_of(day) + datetime.timedelta(minutes=minutes)


@transaction.atomic
def load_history(*, except_for: set[str]) -> None:
    """Fill the sample data with what happened before; ``except_for`` are budget codes of
    customers that nothing happened to."""
    with working_from("sample data"):
        sales = History(except_for=except_for).sales()
        _write_orders(sales)
        _write_requests([sale for sale in sales if sale.end])
        _grant([sale for sale in sales if sale.end == RequestStatus.APPROVED])
        _use()


# --- what is written --------------------------------------------------------------------------


class _Numbers:
    """Counts on from what a series gave last."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._last: dict[int, int] = {}
        self.given: list[str] = []

    def next(self, day: datetime.date) -> str:
        if day.year not in self._last:
            self._last[day.year] = int(numbers.next_number(self._prefix, day)[-6:]) - 1
        self._last[day.year] += 1
        self.given.append(f"{self._prefix}-{day.year}-{self._last[day.year]:06d}")
        return self.given[-1]


_STATUS: Final = {
    None: LicenceStatus.NOT_REQUESTED,
    RequestStatus.APPROVED: LicenceStatus.APPROVED,
    RequestStatus.REJECTED: LicenceStatus.REJECTED,
}


def _write_orders(sales: Sequence[Sale]) -> None:
    series = _Numbers(numbers.ORDER)
    for sale in sales:
        day = sale.made_at.date()
        sale.order = _order(sale, series.next(day), day)
    orders = Order.objects.bulk_create([sale.order for sale in sales])
    OrderLine.objects.bulk_create([_line(sale) for sale in sales])
    for sale in sales:
        sale.order.created_at = sale.made_at
    Order.objects.bulk_update(orders, ["created_at"], batch_size=200)
    numbers.reserve(series.given)
    for seller, some in _by(sales, "seller").items():
        audit.record(
            seller,
            [
                audit.Change(sale.order, "created", after={"total": sale.order.total})
                for sale in some
            ],
        )


def _order(sale: Sale, number: str, day: datetime.date) -> Order:
    amount, unit = sale.item.unit_price * sale.quantity, sale.customer
    contract = f"{number[-6:].lstrip('0')}/{day.year}/HĐ-iGOV"
    return Order(
        order_no=number,
        contract_no=contract,
        search_key=order_search_key(number, contract, key_of(unit)),
        customer=unit,
        budget_code=unit.budget_code,
        product=sale.item.package.product,
        purpose="renewal" if sale.kind == RequestKind.RENEWAL else "sale",
        description=f"{sale.kind.label} {sale.item.name} – {unit.name}"[:300],
        ordered_on=day,
        project=sale.project,
        salesperson=sale.seller,
        team=sale.seller.team,
        gross=amount,
        discount=0,
        net=amount,
        tax=0,
        total=amount,
        licence_status=_STATUS[sale.end],
    )


def _line(sale: Sale) -> OrderLine:
    amount = sale.order.total
    return OrderLine(
        order=sale.order,
        position=1,
        item=sale.item,
        sku=sale.item.sku,
        name=sale.item.name,
        edition=sale.item.edition,
        quantity=sale.quantity,
        unit_price=sale.item.unit_price,
        tax_rate="KCT",
        gross=amount,
        discount=0,
        net=amount,
        tax=0,
        total=amount,
    )


def _write_requests(sales: Sequence[Sale]) -> None:
    series = _Numbers(numbers.REQUEST)
    officers = list(User.objects.filter(role="officer").order_by("pk"))
    for count, sale in enumerate(sales):
        day = sale.waits[0][0].date()
        sale.request = _request(sale, series.next(day), officers[count % len(officers)])
    requests = LicenceRequest.objects.bulk_create([sale.request for sale in sales])
    for sale in sales:
        sale.request.created_at = sale.made_at + datetime.timedelta(minutes=9)
    LicenceRequest.objects.bulk_update(requests, ["created_at"], batch_size=200)
    numbers.reserve(series.given)
    Round.objects.bulk_create([one for sale in sales for one in _rounds(sale)])
    for officer, some in _by(sales, "officer").items():
        audit.record(officer, [_decided(sale) for sale in some])


def _by(sales: Sequence[Sale], what: str) -> dict[User, list[Sale]]:
    found: dict[User, list[Sale]] = defaultdict(list)
    for sale in sales:
        who = sale.seller if what == "seller" else sale.request.decided_by
        assert who is not None
        found[who].append(sale)
    return found


def _decided(sale: Sale) -> audit.Change:
    verb = "approve" if sale.end == RequestStatus.APPROVED else "reject"
    after = {"status": sale.request.status}
    return audit.Change(sale.request, verb, {"status": RequestStatus.WAITING.value}, after)


def _request(sale: Sale, number: str, officer: User) -> LicenceRequest:
    unit, is_rejected = sale.customer, sale.end == RequestStatus.REJECTED
    return LicenceRequest(
        request_no=number,
        order=sale.order,
        customer=unit,
        product=sale.order.product,
        kind=sale.kind,
        status=sale.end or "",
        budget_code=unit.budget_code,
        amount=sale.order.total,
        sector=unit.sector,
        level=unit.level,
        unit_name=unit.name,
        unit_address=unit.address,
        team=sale.seller.team,
        created_by=sale.seller,
        sent_by=sale.seller,
        sent_at=sale.waits[-1][0],
        due_on=(sale.waits[-1][0] + datetime.timedelta(days=2)).date(),
        decided_by=officer,
        decided_at=sale.decided_at,
        reject_reason=_REASONS[int(number[-1]) % 3] if is_rejected else "",
    )


def _rounds(sale: Sale) -> Iterator[Round]:
    outcome = RoundOutcome.APPROVED if sale.end == RequestStatus.APPROVED else RoundOutcome.REJECTED
    for number, (sent_at, ended_at) in enumerate(sale.waits, start=1):
        is_last = number == len(sale.waits)
        comments = {} if is_last else sale.returns[number - 1]
        said = "" if comments else "Xem lại hồ sơ giúp."
        yield Round(
            request=sale.request,
            number=number,
            content=_content(sale),
            sent_by=sale.seller,
            sent_at=sent_at,
            due_on=(sent_at + datetime.timedelta(days=2)).date(),
            outcome=outcome if is_last else RoundOutcome.RETURNED,
            comment=sale.request.reject_reason if is_last else said,
            comments=comments,
            ended_by=sale.request.decided_by,
            ended_at=ended_at,
            ended_on=timezone.localdate(ended_at),
            overdue_on=None,
        )


def _content(sale: Sale) -> dict[str, Any]:
    request = sale.request
    fields = {
        "kind": str(request.kind),
        "customer": request.customer.name,
        "product": request.product.name,
        "budget_code": request.budget_code,
        "amount": request.amount,
        "order_no": sale.order.order_no,
        "contract_no": sale.order.contract_no,
        "level": request.level,
        "unit_name": request.unit_name,
        "unit_address": request.unit_address,
    }
    return {"fields": fields, "lines": [], "evidence": []}


def _grant(sales: Sequence[Sale]) -> None:
    """What was approved, one after the other: each has its licence, of what was held then."""
    subscriptions = _subscriptions(sales)
    bases = _Bases(list(subscriptions.values()))
    for sale in sorted(sales, key=lambda one: one.decided_at):
        subscription = subscriptions[sale.customer.pk]
        day = timezone.localdate(sale.decided_at)
        first = max(day, bases.end_of(subscription.pk, day)) if sale.kind == "renewal" else day
        grants = list(_granted(sale, subscription, first, day, bases))
        Grant.objects.bulk_create(grants)
        next_version([subscription])
        licence = issue_licence(
            subscription=subscription, request_no=sale.request.request_no, day=day
        )
        type(licence).objects.filter(pk=licence.pk).update(issued_at=sale.decided_at)
        bases.add(grants)
    rebuild_balances(list(subscriptions.values()))


def _subscriptions(sales: Sequence[Sale]) -> dict[int, Subscription]:
    wanted = {sale.customer.pk: sale.order.product_id for sale in sales}
    Subscription.objects.bulk_create(
        [Subscription(customer_id=one, product_id=two) for one, two in wanted.items()],
        ignore_conflicts=True,
    )
    rows = Subscription.objects.filter(customer__in=wanted).select_related("customer", "product")
    return {row.customer_id: row for row in rows if row.product_id == wanted[row.customer_id]}


class _Bases:
    """What is in force of each resource on a day, and since which request (R1)."""

    def __init__(self, subscriptions: list[Subscription]) -> None:
        self._grants: dict[int, list[Grant]] = defaultdict(list)
        self.add(Grant.objects.filter(subscription__in=subscriptions).order_by("pk"))

    def add(self, grants: Any) -> None:
        for grant in grants:
            self._grants[grant.subscription_id].append(grant)

    def of(
        self, subscription: int, module: int, resource: int, day: datetime.date
    ) -> tuple[int, str]:
        held = [
            one
            for one in self._grants[subscription]
            if (one.module_id, one.resource_id) == (module, resource)
            and one.first_day <= day <= one.last_day
        ]
        return sum(one.quantity for one in held), held[-1].request_no if held else ""

    def end_of(self, subscription: int, day: datetime.date) -> datetime.date:
        """The first day that nothing covers any more."""
        lasts = [one.last_day for one in self._grants[subscription]]
        return max(lasts, default=day) + datetime.timedelta(days=1)


def _granted(
    sale: Sale, subscription: Subscription, first: datetime.date, day: datetime.date, bases: _Bases
) -> Iterator[Grant]:
    span = term(first, sale.item.term_months)
    lines: dict[int, RequestLine] = {}
    for content in sale.item.contents.all():
        line = lines.get(content.module_id)
        if line is None:
            line = lines[content.module_id] = RequestLine.objects.create(
                request=sale.request,
                position=len(lines) + 1,
                module=content.module,
                months=sale.item.term_months,
                extra={},
                first_day=span.first,
                last_day=span.last,
            )
        base, base_no = bases.of(subscription.pk, content.module_id, content.resource_id, first)
        added = content.units * sale.quantity
        RequestQuantity.objects.create(
            line=line,
            resource=content.resource,
            base=base,
            added=added,
            total=base + added,
            base_request_no=base_no,
        )
        yield Grant(
            subscription=subscription,
            kind=GrantKind.APPROVAL,
            request_no=sale.request.request_no,
            source=f"{sale.request.request_no}/{line.position}",
            module=content.module,
            resource=content.resource,
            quantity=added,
            months=sale.item.term_months,
            first_day=span.first,
            last_day=span.last,
            granted_on=day,
        )


def _use() -> None:
    """What products report of some of what is in force now: few use all of it, some too much."""
    chance, today = random.Random(_SEED), clock.today()  # noqa: S311
    in_force: dict[tuple[int, int, int], int] = {}
    steps = BalanceStep.objects.filter(from_day__lte=today).order_by("from_day")
    for one in steps:
        in_force[one.subscription_id, one.module_id, one.resource_id] = one.quantity
    now = timezone.now()
    Usage.objects.bulk_create(
        Usage(
            subscription_id=key[0],
            module_id=key[1],
            resource_id=key[2],
            in_use=max(round(quantity * min(chance.betavariate(3, 2) * 1.12, 1.15)), 1),
            measured_at=now - datetime.timedelta(minutes=chance.randint(5, 600)),
        )
        for key, quantity in sorted(in_force.items())
        if quantity >= _COUNTED_FROM and chance.random() < 0.7
    )
