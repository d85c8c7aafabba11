"""The sheet of goods: each row an item of the catalogue, entered by the actions of the screen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from capphep.catalog.actions.item_edits import (
    Dated,
    ItemInput,
    create_item,
    edit_item,
    set_item_active,
)
from capphep.catalog.models import Item, Module, Package, Resource
from capphep.crm.imports import rows as sheet
from capphep.crm.imports.rows import Rejected, SheetPlan, SheetRow, key_of
from capphep.crm.rules import at_field
from capphep.platform import clock
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Conflict, Invalid, Refusal, gettext_noop
from capphep.pure.money import TaxRate
from capphep.pure.problems import Problems

SHEET: Final = SheetPlan(
    title="Hàng hóa",
    columns={
        "sku": "Mã hàng hóa",
        "name": "Tên hàng hóa",
        "product": "Sản phẩm",
        "package": "Gói",
        "price": "Đơn giá",
        "months": "Số tháng",
        "tax": "Thuế suất",
        "tax_from": "Thuế từ ngày",
        "contents": "Cung cấp",
        "note": "Ghi chú",
    },
    required=frozenset({"sku", "name", "package", "price", "months", "tax", "contents"}),
    aliases={"Mã hàng": "sku", "Mặt hàng": "name"},
)
TAXES: Final = {"KCT": TaxRate.EXEMPT, "Không chịu thuế": TaxRate.EXEMPT} | {
    written: rate
    for rate in TaxRate
    if rate is not TaxRate.EXEMPT
    for written in (rate.value, f"{rate.value}%")
}
_PART: Final = re.compile(r"([^/;:]+)/([^/;:]+):([^/;:]+)")
_FIELDS: Final = {"tax_1": "tax", "tax_from_1": "tax_from"}
Units = dict[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class FoundItems:
    created: int
    updated: int
    unchanged: int
    rejected: Sequence[Rejected]
    made: Sequence[int]


def import_items(
    *, actor: Actor, rows: Sequence[SheetRow], keep_known: bool, only_judge: bool = False
) -> FoundItems:
    """Enter the good rows in one transaction; a known code is left as it is, or edited (R13).

    An edited item keeps what a cell does not say, and is followed again. ``only_judge`` takes
    everything back. Raises Forbidden.
    """
    require(actor, Permission.CATALOGUE_WRITE)
    with transaction.atomic():
        found = _Goods(actor, keep_known).take(rows)
        if only_judge:
            transaction.set_rollback(True)
    return found


def withdraw_unused(*, actor: Actor, item_ids: Sequence[int]) -> int:
    """RULE R13: *Ngừng theo dõi* of goods that were never ordered; returns how many.

    Raises Forbidden; Conflict ``in_use`` where one was edited meanwhile.
    """
    if edited_since(item_ids).filter(is_active=True).exists():
        message = gettext_noop("Something was made with one of these goods meanwhile.")
        raise Conflict("in_use", message, rule="R13")
    for item in Item.objects.filter(pk__in=item_ids, is_active=True):
        set_item_active(actor=actor, item_id=item.pk, is_active=False)
    return len(item_ids)


def edited_since(item_ids: Sequence[int]) -> QuerySet[Item]:
    """RULE R13: those that were edited since they were entered."""
    return Item.objects.filter(version__gt=1, pk__in=item_ids)


class _Goods:
    """The rows on their way; what they may name is asked for once."""

    def __init__(self, actor: Actor, keep_known: bool) -> None:
        self._actor, self._keep_known = actor, keep_known
        self._packages = list(Package.objects.select_related("product"))
        self._modules = list(Module.objects.all())
        self._resources = list(Resource.objects.all())
        self._seen: dict[str, SheetRow] = {}
        self._created, self._updated, self._unchanged = list[int](), 0, 0
        self._rejected: list[Rejected] = []

    def take(self, rows: Sequence[SheetRow]) -> FoundItems:
        known = {item.sku.upper(): item for item in Item.objects.select_related("package")}
        for row in rows:
            sku = row.text("sku").upper()
            first = self._seen.setdefault(sku, row)
            if sku and first is not row:
                self._repeat(row, first)
            elif sku in known and self._keep_known:
                self._unchanged += 1
            else:
                self._enter(row, known.get(sku))
        rejected = sorted(self._rejected, key=lambda row: row.number)
        made = self._created
        return FoundItems(len(made), self._updated, self._unchanged, rejected, made)

    def _repeat(self, row: SheetRow, first: SheetRow) -> None:
        if row.cells == first.cells:
            self._unchanged += 1
            return
        message = gettext_noop("Row %(row)s has the same code and says something else.")
        refusal = Invalid("repeated_code", message, field="sku", params={"row": first.number})
        self._rejected.append(Rejected(row.number, [refusal]))

    def _enter(self, row: SheetRow, item: Item | None) -> None:
        problems = Problems()
        typed = self._typed(row, item, problems)
        if not problems.refusals:
            with problems.noted():
                self._write(typed, item)
        if problems.refusals:
            reasons = [at_field(each, _column(each)) for each in problems.refusals]
            self._rejected.append(Rejected(row.number, reasons))

    def _write(self, typed: ItemInput, item: Item | None) -> None:
        if item is None:
            self._created.append(create_item(actor=self._actor, typed=typed).pk)
            return
        before = item.version
        edited = edit_item(
            actor=self._actor, item_id=item.pk, seen_version=item.version, typed=typed
        )
        edited = set_item_active(actor=self._actor, item_id=edited.pk, is_active=True)
        if edited.version == before:
            self._unchanged += 1
        else:
            self._updated += 1

    # --- reading -------------------------------------------------------------------------------

    def _typed(self, row: SheetRow, item: Item | None, problems: Problems) -> ItemInput:
        package = self._package(row, item, problems)
        contents = self._contents(row, package, problems) if package else {}
        return ItemInput(
            package_id=package.pk if package else 0,
            sku=row.text("sku"),
            name=row.text("name") or (item.name if item else ""),
            price=row.text("price") or (str(item.unit_price) if item else ""),
            months=row.text("months") or (str(item.term_months) if item else ""),
            note=row.text("note") or (item.note if item else ""),
            contents=contents or _contents_of(item),
            taxes=_taxes(row, item, problems),
            prices=_prices_of(item),
        )

    def _package(self, row: SheetRow, item: Item | None, problems: Problems) -> Package | None:
        """By name or code; those of two products with one name are told apart by the product."""
        wanted, product = key_of(row.text("package")), key_of(row.text("product"))
        if not wanted:
            if item is None:
                problems.add(sheet.missing("package"))
            return item.package if item else None
        found = [
            each
            for each in self._packages
            if wanted in (key_of(each.name), key_of(each.code))
            and product in ("", key_of(each.product.name), key_of(each.product.code))
        ]
        if len(found) == 1:
            return found[0]
        message = gettext_noop("There is no such package.")
        if found:
            message = gettext_noop("Several products have such a package: name the product too.")
        problems.add(Invalid("package_unknown", message, field="package"))
        return None

    def _contents(self, row: SheetRow, package: Package, problems: Problems) -> Units:
        """``Kế toán/Bộ sổ kế toán: 1; Văn phòng số/Người dùng: 20``, by name or code."""
        modules = _by_name(each for each in self._modules if each.product_id == package.product_id)
        resources, found = _by_name(self._resources), Units()
        for part in re.split(r"[;\n]", row.text("contents")):
            if not part.strip():
                continue
            match = _PART.fullmatch(part.strip())
            module = modules.get(key_of(match[1])) if match else None
            resource = resources.get(key_of(match[2])) if match else None
            if match and module and resource:
                found[module, resource] = match[3].strip()
            else:
                problems.add(_bad_contents(part))
        return found


def _by_name(records: Iterable[Module | Resource]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for each in records:
        found |= {key_of(each.code): each.pk, key_of(each.name): each.pk}
    return found


def _taxes(row: SheetRow, item: Item | None, problems: Problems) -> Dated:
    """RULE R10: the rate that the row says holds from its day on, today where it says none."""
    rate = sheet.read(row, "tax", sheet.one_of(TAXES), problems, required=item is None)
    day = sheet.read(row, "tax_from", sheet.day, problems)
    known = {each.from_day: each.rate for each in item.taxes.order_by("from_day")} if item else {}
    if rate and (day or rate.value not in list(known.values())[-1:]):
        known[day or clock.today()] = rate.value
    return [(written, from_day) for from_day, written in sorted(known.items(), reverse=True)]


def _contents_of(item: Item | None) -> Units:
    contents = item.contents.all() if item else ()
    return {(each.module_id, each.resource_id): str(each.units) for each in contents}


def _prices_of(item: Item | None) -> Dated:
    prices = item.prices.order_by("from_day") if item else ()
    return [(str(each.unit_price), each.from_day) for each in prices]


def _column(refusal: Refusal) -> str:
    if refusal.field.startswith("units_"):
        return "contents"
    return _FIELDS.get(refusal.field, refusal.field)


def _bad_contents(part: str) -> Invalid:
    message = gettext_noop(
        "Write “module/resource: quantity”, parted by semicolons; “%(value)s” is not that."
    )
    return Invalid("contents_form", message, field="contents", params={"value": part.strip()[:40]})
