"""Items, entered and changed on the screen (R13)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from capphep.catalog import code_rules
from capphep.catalog.actions import editions
from capphep.catalog.actions.items import item_keys, stored_parts
from capphep.catalog.actions.records import (
    begin,
    check_free,
    note_created,
    record_of,
    seen,
    write,
)
from capphep.catalog.actions.units import Units, named, read_units
from capphep.catalog.models import (
    FormerContent,
    Item,
    ItemContent,
    ItemPrice,
    ItemTax,
    Package,
)
from capphep.platform import clock
from capphep.platform.roles import Actor
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.money import TaxRate
from capphep.pure.problems import Problems

Dated = Sequence[tuple[str, datetime.date | None]]
"""What was typed and from which day; rows with neither are empty."""


@dataclass(frozen=True, slots=True)
class ItemInput:
    """An item as it was typed. ``contents`` are units by (module id, resource id).

    ``taxes`` are rates, ``prices`` those to come, each with its first day.
    """

    package_id: int
    sku: str
    name: str
    price: str
    months: str
    note: str
    contents: Mapping[tuple[int, int], str]
    taxes: Dated
    prices: Dated


@transaction.atomic
def create_item(*, actor: Actor, typed: ItemInput) -> Item:
    """Enter an item. Raises Forbidden; Invalids at the fields of `ItemInput`.

    What is wrong with contents is at ``units_<module>_<resource>``, with taxes and prices at
    ``tax_1``, ``tax_from_1``, ``price_1``, ``price_from_1``, rows counted from 1.
    """
    begin(actor)
    checked = _checked(typed, None)
    item = Item.objects.create(**checked.values, updated_by_id=actor.pk)
    _write_parts(item, checked)
    note_created(actor, item, checked.values | stored_parts(item))
    return item


@transaction.atomic
def edit_item(*, actor: Actor, item_id: int, seen_version: int, typed: ItemInput) -> Item:
    """Change an item; its code stays, and so does the product that it belongs to.

    No order that exists is changed: it keeps name, price, tax and edition. Raises Forbidden,
    NotFound; Stale; Invalids as `create_item`.
    """
    begin(actor)
    item = record_of(Item, item_id)
    seen(item, seen_version)
    checked = _checked(typed, item)
    before, values = stored_parts(item), dict(checked.values)
    after = checked.parts()
    if editions.differs(item, values["term_months"], after["contents"]):
        FormerContent.objects.bulk_create(editions.retired(item))
        values["edition"] = item.edition + 1
    if write(actor, item, values, parts=(before, after)):
        _write_parts(item, checked)
    return item


@transaction.atomic
def set_item_active(*, actor: Actor, item_id: int, is_active: bool) -> Item:
    """RULE R13: *Ngừng theo dõi* instead of deleting, and back. Raises Forbidden, NotFound."""
    begin(actor)
    item = record_of(Item, item_id)
    verb = "reactivated" if is_active else "deactivated"
    write(actor, item, {"is_active": is_active}, verb=verb)
    return item


@dataclass(frozen=True, slots=True)
class _Checked:
    values: dict[str, Any]
    contents: Units
    taxes: list[tuple[datetime.date, str]]
    prices: list[tuple[datetime.date, int]]

    def parts(self) -> dict[str, Any]:
        return {
            "contents": named(self.contents),
            "taxes": {day.isoformat(): rate for day, rate in self.taxes},
            "prices": {day.isoformat(): price for day, price in self.prices},
        }


def _checked(typed: ItemInput, before: Item | None) -> _Checked:
    problems = Problems()
    package = _package_of(typed.package_id, before, problems)
    values: dict[str, Any] = {"package": package, "sku": before.sku if before else ""}
    if before is None:
        with problems.noted():
            values["sku"] = code_rules.sku(typed.sku)
        taken = Item.objects.filter(sku__iexact=values["sku"]).values_list("sku", "name")
        check_free(problems, dict(taken), values["sku"], "sku")
    with problems.noted():
        values["name"] = code_rules.line(typed.name, "name", code_rules.LONGEST_TEXT)
    with problems.noted(field="price"):
        values["unit_price"] = code_rules.price(typed.price)
    with problems.noted(field="months"):
        values["term_months"] = code_rules.months(typed.months)
    with problems.noted():
        values["note"] = code_rules.line(
            typed.note, "note", code_rules.LONGEST_TEXT, required=False
        )
    contents = _contents(typed.contents, package, problems)
    taxes, prices = _taxes(typed.taxes, problems), _prices(typed.prices, problems)
    problems.raise_any()
    names = (values["sku"], values["name"], package.name, package.product.name)
    return _Checked(values | item_keys(*names), contents, taxes, prices)


def _package_of(package_id: int, before: Item | None, problems: Problems) -> Package:
    """The item belongs to one product for life: orders of that product refer to it."""
    package = record_of(Package, package_id)
    if before and package.product_id != before.package.product_id:
        message = gettext_noop("The item “%(value)s” belongs to the product “%(product)s”.")
        params = {"value": before.sku, "product": before.package.product.name}
        problems.add(Invalid("other_product", message, field="package", params=params))
    return package


def _contents(typed: Mapping[tuple[int, int], str], package: Package, problems: Problems) -> Units:
    found = read_units(typed, package.product_id, problems)
    if not found and not problems.refusals:
        message = gettext_noop("Say what one package adds: at least one quantity.")
        problems.add(Invalid("contents_required", message, rule="R1", field="contents"))
    return found


def _taxes(typed: Dated, problems: Problems) -> list[tuple[datetime.date, str]]:
    found: dict[datetime.date, str] = {}
    for row, (rate, day) in enumerate(typed, 1):
        if not rate and day is None:
            continue
        if rate not in [each.value for each in TaxRate]:
            message = gettext_noop("Choose the tax rate.")
            problems.add(Invalid("bad_rate", message, rule="R10", field=f"tax_{row}"))
        elif _is_new_day(day, found, f"tax_from_{row}", problems) and day:
            found[day] = rate
    if not found and not problems.refusals:
        message = gettext_noop("An item has at least one tax rate with its first day.")
        problems.add(Invalid("tax_required", message, rule="R10", field="tax_1"))
    return sorted(found.items())


def _prices(typed: Dated, problems: Problems) -> list[tuple[datetime.date, int]]:
    found: dict[datetime.date, int] = {}
    for row, (text, day) in enumerate(typed, 1):
        if not text.strip() and day is None:
            continue
        with problems.noted(field=f"price_{row}"):
            price = code_rules.price(text)
            if day and day <= clock.today():
                message = gettext_noop(
                    "A coming price begins after today; today's is the unit price above."
                )
                problems.add(Invalid("not_coming", message, field=f"price_from_{row}"))
            elif _is_new_day(day, found, f"price_from_{row}", problems) and day:
                found[day] = price
    return sorted(found.items())


def _is_new_day(
    day: datetime.date | None,
    found: Mapping[datetime.date, object],
    field: str,
    problems: Problems,
) -> bool:
    if day is None:
        problems.add(Invalid("day_required", gettext_noop("From which day?"), field=field))
    elif day in found:
        message = gettext_noop("This day stands in another row already.")
        problems.add(Invalid("day_twice", message, field=field))
    else:
        return True
    return False


def _write_parts(item: Item, checked: _Checked) -> None:
    """Contents, taxes and coming prices are parts of the item, written anew with it."""
    for model in (ItemContent, ItemTax, ItemPrice):
        model._default_manager.filter(item=item).delete()
    ItemContent.objects.bulk_create(
        ItemContent(item=item, module=module, resource=resource, units=units)
        for module, resource, units in checked.contents
    )
    ItemTax.objects.bulk_create(
        ItemTax(item=item, rate=rate, from_day=day) for day, rate in checked.taxes
    )
    ItemPrice.objects.bulk_create(
        ItemPrice(item=item, unit_price=price, from_day=day) for day, price in checked.prices
    )
