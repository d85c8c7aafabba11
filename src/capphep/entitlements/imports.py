"""The sheet of subscriptions in force: its lines become opening grants (R1, R2)."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from capphep.catalog.models import Module, Product, Resource
from capphep.crm.imports import rows as sheet
from capphep.crm.imports.rows import Rejected, SheetPlan, SheetRow
from capphep.crm.models import Customer
from capphep.entitlements.actions import OpeningGrant, open_grants
from capphep.entitlements.models import ADDITIONS, Grant, GrantKind
from capphep.entitlements.queries.openings import was_undone
from capphep.platform.roles import Actor
from capphep.pure import codes
from capphep.pure.batching import batches
from capphep.pure.cells import Raw, cell_text, shown
from capphep.pure.errors import Invalid, Refusal, gettext_noop
from capphep.pure.problems import Problems
from capphep.pure.quantities import parse_quantity

_COLUMNS: Final = {
    "budget_code": "Mã ngân sách",
    "product": "Sản phẩm",
    "module": "Nghiệp vụ",
    "resource": "Tài nguyên",
    "quantity": "Số lượng",
    "first_day": "Từ ngày",
    "last_day": "Đến ngày",
    "request_no": "Mã yêu cầu",
}
SHEET: Final = SheetPlan(
    title="Thuê bao đang có",
    columns=_COLUMNS,
    required=frozenset(_COLUMNS),
    aliases={"Mã QHNS": "budget_code"},
)
_REQUEST_NO = re.compile(r"[A-Z0-9][A-Z0-9./_-]{0,19}")

IssuedHere: TypeAlias = Callable[[Collection[str]], Collection[str]]
"""Which of some request numbers this installation gave to requests of its own."""
Key: TypeAlias = tuple[str, int, int]
"""Request number, module and resource: what a line is known by."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the sheet gives it, checked. Days are local, both included."""

    budget_code: str
    product_id: int
    module_id: int
    resource_id: int
    quantity: int
    first_day: datetime.date
    last_day: datetime.date
    request_no: str

    @property
    def key(self) -> Key:
        return self.request_no, self.module_id, self.resource_id

    @property
    def facts(self) -> tuple[int, datetime.date, datetime.date]:
        return self.quantity, self.first_day, self.last_day


@dataclass(frozen=True, slots=True)
class Outcome:
    created: int
    unchanged: int
    rejected: Sequence[Rejected]
    made: Sequence[int] = ()
    """The ids of the grants."""


def import_subscription_lines(
    *,
    actor: Actor,
    rows: Iterable[SheetRow],
    issued_here: IssuedHere,
    only_judge: bool = False,
) -> Outcome:
    """Append the good lines to the ledger, in the caller's transaction; return the bad ones.

    ``only_judge`` says the same and appends nothing.

    Raises Forbidden unless the actor may enter in bulk.
    """
    reader, lines, rejected = _LineReader(), list[tuple[int, Line]](), list[Rejected]()
    for row in rows:
        found = reader.line(row)
        if isinstance(found, Rejected):
            rejected.append(found)
        else:
            lines.append((row.number, found))
    ledger = _Ledger([line for _, line in lines], issued_here)
    unchanged = 0
    for number, line in lines:
        if ledger.has(line):
            unchanged += 1
        elif refusal := ledger.refusal(line):
            rejected.append(Rejected(number, [refusal]))
        else:
            ledger.take(line)
    made: Sequence[int] = ()
    if ledger.grants and not only_judge:
        made = open_grants(actor=actor, grants=ledger.grants)
    rejected.sort(key=lambda row: row.number)
    return Outcome(len(ledger.grants), unchanged, rejected, made)


class _LineReader:
    """Reads rows into lines; asks once for products, modules and resources."""

    def __init__(self) -> None:
        self.products = _named(Product.objects.all())
        self.resources = _named(Resource.objects.all())
        modules = defaultdict[int, list[Module]](list)
        for module in Module.objects.order_by("position", "pk"):
            modules[module.product_id].append(module)
        self.modules = {product: _named(found) for product, found in modules.items()}

    def line(self, row: SheetRow) -> Line | Rejected:
        """RULE R11: the line that the row describes, or every reason why it is none."""
        problems = Problems()
        code = sheet.read(row, "budget_code", sheet.by(codes.budget_code), problems, required=True)
        product = _look_up(row, "product", self.products, problems)
        modules = self.modules.get(product or 0, {})
        module = _look_up(row, "module", modules, problems) if product else None
        resource = _look_up(row, "resource", self.resources, problems)
        quantity = sheet.read(row, "quantity", sheet.by(parse_quantity), problems, required=True)
        first = sheet.read(row, "first_day", sheet.day, problems, required=True)
        last = sheet.read(row, "last_day", sheet.day, problems, required=True)
        if first and last and last < first:
            problems.add(_ends_before(first, last))
        number = sheet.read(row, "request_no", sheet.by(_request_no), problems, required=True)
        if problems.refusals or not (code and product and module and resource):
            return Rejected(row.number, problems.refusals)
        assert quantity and first and last and number
        return Line(code, product, module, resource, quantity, first, last, number)


class _Ledger:
    """What the ledger and the good lines so far say about the request numbers of the lines."""

    def __init__(self, lines: Sequence[Line], issued_here: IssuedHere) -> None:
        numbers = sorted({line.request_no for line in lines})
        self.customers = _customer_ids({line.budget_code for line in lines})
        self.holders: dict[str, set[int]] = defaultdict(set)
        self.known: dict[Key, set[tuple[int, datetime.date, datetime.date]]] = defaultdict(set)
        self.positions: dict[str, dict[int, int]] = defaultdict(dict)
        self.undone: dict[str, set[int]] = defaultdict(set)
        self.issued = {number for batch in batches(numbers) for number in issued_here(batch)}
        self.grants: list[OpeningGrant] = []
        for batch in batches(numbers):
            for grant in _granted(batch):
                self._note(grant)

    def has(self, line: Line) -> bool:
        """Whether the customer has exactly this already from this request."""
        holds = self.customers.get(line.budget_code) in self.holders[line.request_no]
        return holds and line.facts in self.known[line.key]

    def refusal(self, line: Line) -> Refusal | None:
        customer = self.customers.get(line.budget_code)
        if customer is None:
            return _no_customer(line)
        if self.holders[line.request_no] - {customer}:
            return _of_another_customer(line)
        if self.known[line.key]:
            return _differs(line)
        return _of_this_system(line) if line.request_no in self.issued else None

    def take(self, line: Line) -> None:
        """Plan the grant; each module of a request has its own number in the ``source``."""
        customer, position = self.customers[line.budget_code], self._position(line)
        self.holders[line.request_no].add(customer)
        self.known[line.key].add(line.facts)
        self.grants.append(
            OpeningGrant(
                customer_id=customer,
                product_id=line.product_id,
                module_id=line.module_id,
                resource_id=line.resource_id,
                quantity=line.quantity,
                first_day=line.first_day,
                last_day=line.last_day,
                request_no=line.request_no,
                source=f"{line.request_no}/{position}",
            )
        )

    def _position(self, line: Line) -> int:
        """The module's number; one under which something was undone is not given again."""
        positions, undone = self.positions[line.request_no], self.undone[line.request_no]
        position = positions.get(line.module_id)
        if position is None or position in undone:
            position = max([0, *positions.values(), *undone]) + 1
            positions[line.module_id] = position
        return position

    def _note(self, grant: Grant) -> None:
        key = (grant.request_no, grant.module_id, grant.resource_id)
        position = grant.source.rpartition("/")[2]
        number = int(position) if position.isdecimal() else 0
        if grant.kind == GrantKind.UNDONE:
            self.undone[grant.request_no].add(number)
            return
        self.holders[grant.request_no].add(grant.subscription.customer_id)
        self.known[key].add((grant.quantity, grant.first_day, grant.last_day))
        if number:
            self.positions[grant.request_no][grant.module_id] = number


# --- reads -------------------------------------------------------------------------------------


def _named(records: Iterable[Product | Module | Resource]) -> dict[str, int]:
    """Ids by the name and by the code of each record; a name goes before a code."""
    found = list(records)
    return {one.code: one.pk for one in found} | {one.name: one.pk for one in found}


def _customer_ids(codes: Collection[str]) -> dict[str, int]:
    return {
        code: customer_id
        for batch in batches(sorted(codes))
        for code, customer_id in Customer.objects.filter(budget_code__in=batch).values_list(
            "budget_code", "pk"
        )
    }


def _granted(numbers: Sequence[str]) -> Iterable[Grant]:
    """What stands of them, and the opposites of what does not."""
    grants = Grant.objects.filter(request_no__in=numbers, kind__in=[*ADDITIONS, GrantKind.UNDONE])
    rows = grants.exclude(was_undone(), kind=GrantKind.OPENING).order_by("id")
    return rows.select_related("subscription")


def _look_up(row: SheetRow, column: str, ids: Mapping[str, int], problems: Problems) -> int | None:
    return sheet.read(row, column, sheet.one_of(ids), problems, required=True)


def _request_no(raw: Raw) -> str:
    number = cell_text(raw).upper()
    if not _REQUEST_NO.fullmatch(number):
        message = gettext_noop("“%(value)s” is not a request number such as YC-2026-000001.")
        raise Invalid("request_no_form", message, params={"value": shown(raw)})
    return number


# --- refusals ----------------------------------------------------------------------------------


def _ends_before(first: datetime.date, last: datetime.date) -> Refusal:
    message = gettext_noop("The last day, %(last)s, is before the first, %(first)s.")
    params = {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}
    return Invalid("ends_before_it_begins", message, field="last_day", params=params)


def _no_customer(line: Line) -> Refusal:
    message = gettext_noop("There is no customer with the budget code %(code)s.")
    params = {"code": line.budget_code}
    return Invalid("customer_unknown", message, field="budget_code", params=params)


def _of_another_customer(line: Line) -> Refusal:
    message = gettext_noop("The request %(number)s was granted to another customer.")
    return _number_refused("request_of_another_customer", message, line)


def _differs(line: Line) -> Refusal:
    message = gettext_noop(
        "The request %(number)s granted this resource with another quantity or other days."
    )
    return _number_refused("granted_otherwise", message, line)


def _of_this_system(line: Line) -> Refusal:
    message = gettext_noop("The number %(number)s belongs to a request made in capphep.")
    return _number_refused("request_of_this_system", message, line)


def _number_refused(code: str, message: str, line: Line) -> Refusal:
    params = {"number": line.request_no}
    return Invalid(code, message, rule="R14", field="request_no", params=params)
