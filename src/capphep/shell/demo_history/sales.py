"""What happened in the sample data: who bought what and when, and what still waits."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils import timezone

from capphep.catalog.models import Item
from capphep.crm.models import Customer, Order, SalesProject
from capphep.entitlements.models import Grant, GrantKind, Licence
from capphep.identity.models import AdminAccount
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.models import Evidence, LicenceRequest, RequestLine
from capphep.provisioning.states import RequestKind, RequestStatus

MONTHS: Final = 24
_SEED: Final = 2026
_RENEWED_AFTER: Final = datetime.timedelta(days=340)
# How sales come and go over a year of public budgets: little in spring, much before its end.
_SEASON: Final = (5, 4, 8, 9, 11, 13, 10, 12, 14, 15, 19, 23)
_ADD_ONS: Final = ("IGOV-KT-1", "IGOV-KT-3", "IGOV-VPS-20", "IGOV-VPS-50", "IGOV-VPS-100")
_BIG_ADD_ONS: Final = ("IGOV-VPS-TB-100", "IGOV-VPS-200", "IGOV-VPS-GB-100")
_BASES: Final = ("IGOV-CB-20", "IGOV-CB-50", "IGOV-CB-100", "IGOV-TD-100")
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
_OPEN: Final = (
    (RequestStatus.WAITING, 0),
    (RequestStatus.WAITING, 0),
    (RequestStatus.WAITING, 1),
    (RequestStatus.WAITING, 1),
    (RequestStatus.WAITING, 2),
    (RequestStatus.WAITING, 4),
    (RequestStatus.WAITING, 7),
    (RequestStatus.RETURNED, 1),
    (RequestStatus.RETURNED, 3),
    (RequestStatus.RETURNED, 9),
    (RequestStatus.DRAFT, 0),
    (RequestStatus.DRAFT, 2),
)
"""How the desk stands today: requests, and for how many days they have stood so."""
_JUST_NOW: Final = datetime.timedelta(minutes=25)


@dataclass(slots=True)
class Wait:
    """One sending; ``answered_at`` is None while it waits. Moments in local time."""

    sent_at: datetime.datetime
    answered_at: datetime.datetime | None


@dataclass(slots=True)
class Sale:
    """One order and how far it came; ``end`` is None where nothing was requested."""

    customer: Customer
    seller: User
    item: Item
    quantity: int
    kind: RequestKind
    project: SalesProject | None
    made_at: datetime.datetime
    end: RequestStatus | None = None
    returns: Sequence[dict[str, str]] = ()
    waits: Sequence[Wait] = ()
    order: Order = field(default_factory=Order)
    request: LicenceRequest = field(default_factory=LicenceRequest)
    lines: list[RequestLine] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    licence: Licence | None = None
    account: AdminAccount | None = None
    """Of the approval that first named it."""

    @property
    def sent_at(self) -> datetime.datetime:
        return self.waits[-1].sent_at

    @property
    def decided_at(self) -> datetime.datetime | None:
        is_over = self.end in (RequestStatus.APPROVED, RequestStatus.REJECTED)
        return self.waits[-1].answered_at if is_over else None

    @property
    def is_approved(self) -> bool:
        return self.end == RequestStatus.APPROVED


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
        owned = Grant.objects.filter(kind=GrantKind.OPENING)
        spans = owned.values_list("subscription__customer", "first_day", "last_day")
        self.owned_from = {customer: first for customer, first, _last in spans}
        lasting = {customer for customer, _first, last in spans if last > self.today}
        self.owners = [one for one in customers if one.pk in self.owned_from]
        self.newcomers = [one for one in customers if one.pk not in self.owned_from]
        # What is still open is of other customers than what is over.
        self.asking = [one for one in self.owners if one.pk in lasting][: len(_OPEN)]
        self.owners = [one for one in self.owners if one not in self.asking]

    def sales(self) -> list[Sale]:
        return sorted([*self._sales(), *self._open()], key=lambda sale: sale.made_at)

    def _open(self) -> Iterator[Sale]:
        now = timezone.localtime() - _JUST_NOW
        for number, ((end, days), customer) in enumerate(zip(_OPEN, self.asking, strict=False)):
            stood = _at(self.today - datetime.timedelta(days=days), self._office_hour())
            stood = min(stood, now - datetime.timedelta(minutes=self.random.randint(0, 90)))
            made_at = stood - datetime.timedelta(hours=self.random.randint(2, 30))
            sku = self.random.choice(_ADD_ONS)
            sale = self._begun(customer, sku, RequestKind.ADD_ON, made_at)
            sale.seller, sale.end = self.sellers[number % 2], end
            if end == RequestStatus.WAITING:
                sale.waits = [Wait(stood, None)]
            elif end == RequestStatus.RETURNED:
                sent_at = stood - datetime.timedelta(hours=1)
                sale.waits = [Wait(max(sent_at, made_at), stood)]
                sale.returns = [self.random.choice(_COMMENTS)]
            yield sale

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
        is_over = sale.is_approved and sale.kind == RequestKind.NEW
        if is_over and day < self.today and self.random.random() < 0.7:
            renewal = self._ended(sale.customer, sale.item.sku, RequestKind.RENEWAL, day)
            renewal.seller = sale.seller
            yield renewal

    def _ended(self, customer: Customer, sku: str, kind: RequestKind, day: datetime.date) -> Sale:
        sale = self._begun(customer, sku, kind, _at(day, self._office_hour()))
        is_sent = self.random.random() < 0.93
        if not is_sent:
            return sale
        returns = [
            self.random.choice(_COMMENTS)
            for _number in range(self.random.choices((0, 1, 2), (78, 18, 4))[0])
        ]
        waits = self._waits(sale.made_at, len(returns) + 1)
        if waits[-1].answered_at > timezone.now() - datetime.timedelta(hours=2):  # type: ignore[operator]
            return sale
        sale.waits, sale.returns = waits, returns
        sale.end = RequestStatus.REJECTED if self.random.random() < 0.05 else RequestStatus.APPROVED
        return sale

    def _begun(
        self, customer: Customer, sku: str, kind: RequestKind, made_at: datetime.datetime
    ) -> Sale:
        seller = self.sellers[self.random.random() < 0.42]
        quantity = self.random.choices((1, 2, 3), (7, 2, 1))[0] if kind == "add_on" else 1
        project = self._project(kind)
        return Sale(customer, seller, self.items[sku], quantity, kind, project, made_at)

    def _office_hour(self) -> int:
        """Minutes since midnight."""
        return self.random.randint(8 * 60, 17 * 60)

    def _waits(self, made_at: datetime.datetime, count: int) -> list[Wait]:
        """When it was sent and answered, each time. Lately the desk has become quicker."""
        months = (self.today.year - made_at.year) * 12 + self.today.month - made_at.month
        hours, waits = 10 + months * 1.6, list[Wait]()
        at = made_at + datetime.timedelta(hours=self.random.expovariate(1 / 20))
        for _number in range(count):
            answered = at + datetime.timedelta(
                hours=min(1 + self.random.expovariate(1 / hours), 400)
            )
            waits.append(Wait(at, answered))
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
