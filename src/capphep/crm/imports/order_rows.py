"""The rows of one order in a sheet, read together: what is said once holds for all of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from capphep.catalog.kinds import OrderPurpose
from capphep.crm.actions.order_header import OrderHeader
from capphep.crm.imports import rows as sheet
from capphep.crm.imports.rows import Cell, Rejected, SheetPlan, SheetRow, key_of
from capphep.crm.rules import LineInput, at_field, parse_percent
from capphep.pure import codes
from capphep.pure.cells import Raw, shown
from capphep.pure.errors import Invalid, Refusal, gettext_noop
from capphep.pure.folding import clean
from capphep.pure.money import Discount, DiscountKind, parse_dong
from capphep.pure.problems import Problems
from capphep.pure.quantities import parse_quantity

SHEET: Final = SheetPlan(
    title="Đơn hàng",
    columns={
        "order": "Đơn hàng",
        "contract_no": "Số hợp đồng",
        "ordered_on": "Ngày đơn hàng",
        "budget_code": "Mã ngân sách",
        "sku": "Mã hàng hóa",
        "quantity": "Số lượng",
        "line_discount": "Chiết khấu dòng (%)",
        "discount_percent": "Chiết khấu đơn hàng (%)",
        "discount_amount": "Tiền chiết khấu",
        "purpose": "Mục đích",
        "project": "Dự án bán hàng",
        "salesperson": "NVKD HCSN",
        "description": "Diễn giải",
        "contact_name": "Người liên hệ",
        "contact_position": "Chức vụ",
        "contact_phone": "Điện thoại liên hệ",
        "contact_email": "Email liên hệ",
    },
    required=frozenset({"ordered_on", "budget_code", "sku", "quantity"}),
    aliases={"Mã QHNS": "budget_code", "Số đơn hàng": "order", "Mã hàng": "sku"},
)
PURPOSES: Final = {"Bán hàng": OrderPurpose.SALE, "Gia hạn": OrderPurpose.RENEWAL}
NOBODY: Final = -1
"""Who or what is named and not there: the rules of an order say so."""
_OF_ROWS: Final = frozenset({"order", "sku", "quantity", "line_discount"})
_LINE_FIELD: Final = re.compile(r"lines-([0-9]+)-([a-z_]+)")
_OF_LINES: Final = {"item": "sku", "discount_percent": "line_discount"}
Content = tuple[str, str, Decimal, int, frozenset[tuple[int, int, Decimal]]]
"""Purpose, discount (kind, percent, amount), and of each line item, quantity, own percent."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the sheet may name, by how it is written there."""

    customers: Mapping[str, int]
    items: Mapping[str, int]
    projects: Mapping[str, int]
    own: frozenset[str]
    """How the actor is called."""
    salesperson_id: int | None


def mark_of(row: SheetRow) -> str:
    """What the rows of one order have in common: their mark, else their contract; "": nothing."""
    if mark := key_of(row.text("order")):
        return f"order {mark}"
    contract = key_of(row.text("contract_no"))
    return f"contract {contract}" if contract else ""


class OrderRows:
    """The rows of one order, in the order of the file, and every reason why it is none."""

    def __init__(self, rows: Sequence[SheetRow], names: Names) -> None:
        self.rows, self._names = rows, names
        self.reasons: dict[int, list[Refusal]] = defaultdict(list)
        self._said_in: dict[str, int] = {}
        self._head = self._shared()
        if not mark_of(rows[0]):
            self.note(rows[0].number, _unnamed())
        self.header = self._header()
        self.lines = [self._line(place, row) for place, row in enumerate(rows, 1)]
        self.discount = self._discount()

    def note(self, number: int, refusal: Refusal) -> None:
        """The first reason at a cell counts."""
        if refusal.field not in {each.field for each in self.reasons[number]}:
            self.reasons[number].append(refusal)

    def note_rule(self, refusal: Refusal) -> None:
        """What a rule of orders says, at the row and column that it is about."""
        if found := _LINE_FIELD.fullmatch(refusal.field):
            number = self.rows[int(found[1]) - 1].number
            column = _OF_LINES.get(found[2], found[2])
        else:
            column = "budget_code" if refusal.field == "customer" else refusal.field
            number = self._said_in.get(column, self.rows[0].number)
        self.note(number, at_field(refusal, column))

    def rejected(self) -> list[Rejected]:
        """Every row: an order goes back as a whole."""
        first = min(number for number, reasons in self.reasons.items() if reasons)
        return [
            Rejected(row.number, self.reasons.get(row.number) or [_goes_back(first)])
            for row in self.rows
        ]

    @property
    def is_bad(self) -> bool:
        return any(self.reasons.values())

    @property
    def content(self) -> Content | None:
        """What the order is compared by; None where it cannot be read."""
        with_own = self.discount.kind is DiscountKind.LINE
        try:
            lines = frozenset(
                (
                    line.item_id,
                    parse_quantity(line.quantity),
                    parse_percent(line.discount_percent) if with_own else Decimal(0),
                )
                for line in self.lines
            )
        except Invalid:
            return None
        discount = self.discount
        return self.header.purpose, discount.kind.value, discount.percent, discount.amount, lines

    # --- what is said of the order as a whole --------------------------------------------------

    def _shared(self) -> SheetRow:
        """One row that says what any of them says; two must not say different things."""
        cells: dict[str, Cell] = {}
        for row in self.rows:
            for name, cell in row.cells.items():
                if name in _OF_ROWS or not row.text(name):
                    continue
                if name not in cells:
                    cells[name], self._said_in[name] = cell, row.number
                elif key_of(row.text(name)) != key_of(sheet.text_of(cells[name])):
                    self.note(row.number, _differs(name, self._said_in[name]))
        return SheetRow(self.rows[0].number, cells)

    def _header(self) -> OrderHeader:
        problems, row = Problems(), self._head
        code = sheet.read(row, "budget_code", sheet.by(codes.budget_code), problems, required=True)
        if code and code not in self._names.customers:
            problems.add(_no_customer(code))
        phone = sheet.read(row, "contact_phone", sheet.by(codes.phone), problems)
        header = OrderHeader(
            customer_id=self._names.customers.get(code or ""),
            purpose=sheet.read(row, "purpose", sheet.one_of(PURPOSES), problems)
            or OrderPurpose.SALE,
            ordered_on=sheet.read(row, "ordered_on", sheet.day, problems, required=True),
            project_id=self._named("project", self._names.projects),
            salesperson_id=self._salesperson(),
            contract_no=row.text("contract_no"),
            description=row.text("description"),
            contact_name=row.text("contact_name"),
            contact_position=row.text("contact_position"),
            contact_phone=phone or "",
            contact_email=row.text("contact_email"),
        )
        for refusal in problems.refusals:
            self.note(self._said_in.get(refusal.field, row.number), refusal)
        return header

    def _named(self, column: str, ids: Mapping[str, int]) -> int | None:
        written = self._head.text(column)
        return ids.get(key_of(written), NOBODY) if written else None

    def _salesperson(self) -> int | None:
        written = self._head.text("salesperson")
        is_own = not written or key_of(written) in self._names.own
        return self._names.salesperson_id if is_own else NOBODY

    # --- goods and discount --------------------------------------------------------------------

    def _line(self, place: int, row: SheetRow) -> LineInput:
        sku = row.text("sku")
        if not sku:
            self.note(row.number, sheet.missing("sku"))
        # Two rows without a known item do not name the same one.
        item = self._names.items.get(sku, -place)
        return LineInput(item, row.raw("quantity"), self._percent(row, "line_discount"))

    def _percent(self, row: SheetRow, column: str) -> Raw:
        cell = row.raw(column)
        if isinstance(cell, float) and 0 < cell < 1:
            self.note(self._said_in.get(column, row.number), _unclear(column, cell))
        return cell

    def _discount(self) -> Discount:
        """RULE R10: the one kind of discount that the order has."""
        head = self._head
        percent = self._read("discount_percent", parse_percent) or Decimal(0)
        self._percent(head, "discount_percent")
        amount = self._read("discount_amount", parse_dong) or 0
        found = [Discount(DiscountKind.PERCENT, percent=percent)] if percent else []
        found += [Discount(DiscountKind.AMOUNT, amount=amount)] if amount else []
        if any(_says_something(line.discount_percent) for line in self.lines):
            found.append(Discount(DiscountKind.LINE))
        if len(found) > 1:
            self.note(head.number, _two_discounts())
        return found[0] if found else Discount(DiscountKind.NONE)

    def _read(self, column: str, parse: Callable[[Raw], Any]) -> Any:
        problems = Problems()
        found = sheet.read(self._head, column, sheet.by(parse), problems)
        for refusal in problems.refusals:
            self.note(self._said_in[column], refusal)
        return found


def _says_something(percent: Raw | Decimal) -> bool:
    return clean(str(percent)).strip("%") not in ("", "0", "0.0")


# --- refusals ----------------------------------------------------------------------------------


def _unnamed() -> Invalid:
    message = gettext_noop("Say which rows make one order: a number in this column, or a contract.")
    return Invalid("order_unnamed", message, field="order")


def _differs(column: str, row: int) -> Invalid:
    message = gettext_noop("Row %(row)s of the same order says something else here.")
    return Invalid("order_rows_differ", message, field=column, params={"row": row})


def _goes_back(row: int) -> Invalid:
    message = gettext_noop("The order goes back as a whole: see row %(row)s.")
    return Invalid("order_goes_back", message, field="order", params={"row": row})


def _no_customer(code: str) -> Invalid:
    message = gettext_noop("There is no customer with the budget code %(code)s.")
    return Invalid("customer_unknown", message, field="budget_code", params={"code": code})


def _unclear(column: str, cell: float) -> Invalid:
    message = gettext_noop(
        "Write 10 for ten percent: “%(value)s” may be a percentage of the spreadsheet."
    )
    return Invalid("percent_unclear", message, field=column, params={"value": shown(cell)})


def _two_discounts() -> Invalid:
    message = gettext_noop("An order has one kind of discount.")
    return Invalid("two_discounts", message, rule="R10", field="discount_percent")
