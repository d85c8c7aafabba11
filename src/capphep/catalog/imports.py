"""A catalogue file, read: YAML to a plan, with every mistake at its line.

resources:
  - {code: users, name: Người dùng, unit: người}
products:
  - code: igov
    name: iGOV
    modules:
      - {code: office, name: Văn phòng số, extra_schema: {…}}   # see `schemas`
    packages:
      - code: office
        name: Văn phòng số (VPS)
        kind: add_on                    # or base: the product's first sale
        renewal_only: no                # optional; yes: an add-on that nobody adds, only renews
        active: yes                     # optional; no ends the sale of all its items
        items:
          - sku: IGOV-VPS-50
            name: VPS 50 người dùng
            price: 5000000              # whole đồng before tax
            months: 12
            tax: [{rate: KCT, from: 2020-01-01}]
            prices: [{price: 5500000, from: 2027-01-01}]  # optional: prices to come
            note: Giá minh họa          # optional
            active: yes                 # optional; no: it is kept and no longer sold
            contents: [{module: office, resource: users, units: 50}]
    add_ons: [office]                   # R8: what the product's owners may add
    trial:                              # optional; without it there is no trial of the product
      months: 1                         # optional
      contents: [{module: office, resource: users, units: 100}]
    co_terminates: no                   # optional; yes: additions end with the module's term (R9)
    active: yes                         # optional; no ends the sale of all its items
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import yaml

from capphep.catalog import code_rules, plans, schema_rules, schemas
from capphep.catalog.actions import catalogue
from capphep.catalog.actions.loading import Loaded
from capphep.catalog.clashes import clashes
from capphep.catalog.code_rules import LONGEST_CODE, LONGEST_NAME, LONGEST_SKU, LONGEST_TEXT
from capphep.catalog.kinds import PackageKind
from capphep.catalog.plans import (
    NO_DAY,
    CataloguePlan,
    ContentPlan,
    ItemPlan,
    Mistake,
    ModulePlan,
    PackagePlan,
    PricePlan,
    ProductPlan,
    Reference,
    ResourcePlan,
    TaxPlan,
    TrialPlan,
)
from capphep.catalog.previews import Preview
from capphep.catalog.yaml_nodes import Fields, Reader, descendant, line_of, parse
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Invalid, Invalids, gettext_noop
from capphep.pure.money import TaxRate
from capphep.pure.quantities import parse_quantity

T = TypeVar("T")

DEMO_FILE: Final = Path(__file__).parent / "demo" / "catalogue.yaml"


def load(*, actor: Actor, content: bytes) -> Loaded:
    """Load the file's catalogue, all or nothing.

    Raises Invalids of every Mistake in the file, by line.
    """
    return catalogue.load_catalogue(actor=actor, plan=_plan(actor, content))


def load_seen(*, actor: Actor, content: bytes, seen: str) -> Loaded | Preview:
    """Load it if that does what the person has seen: `catalogue.load_seen`. Raises as `load`."""
    return catalogue.load_seen(actor=actor, plan=_plan(actor, content), seen=seen)


def _plan(actor: Actor, content: bytes) -> CataloguePlan:
    require(actor, Permission.CATALOGUE_WRITE)
    plan, mistakes = read(content)
    mistakes += [*plans.mistakes(plan), *clashes(plan)]
    if mistakes:
        mistakes.sort(key=lambda mistake: mistake.line)
        raise Invalids(mistakes)
    return plan


def read(content: bytes) -> tuple[CataloguePlan, list[Mistake]]:
    """The plan that the file describes, and what cannot be read in it."""
    try:
        root = parse(content)
    except Mistake as mistake:
        return CataloguePlan(), [mistake]
    reader = Reader()
    return _CatalogueReader(reader).catalogue(root), reader.mistakes


class _CatalogueReader:
    """What each kind of node of a catalogue file means."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def catalogue(self, node: yaml.Node | None) -> CataloguePlan:
        fields = self.reader.fields(node, "resources products")
        return CataloguePlan(
            resources=self._each(fields, "resources", self._resource, least=1),
            products=self._each(fields, "products", self._product, least=1),
        )

    def _each(
        self, fields: Fields, key: str, read_one: Callable[[yaml.Node], T], *, least: int = 0
    ) -> tuple[T, ...]:
        return tuple(read_one(node) for node in self.reader.sequence(fields, key, least=least))

    def _resource(self, node: yaml.Node) -> ResourcePlan:
        fields = self.reader.fields(node, "code name unit")
        return ResourcePlan(
            code=self._code(fields, "code"),
            name=self.reader.text(fields, "name", LONGEST_NAME),
            unit=self.reader.text(fields, "unit", LONGEST_CODE),
            line=fields.line,
        )

    def _product(self, node: yaml.Node) -> ProductPlan:
        fields = self.reader.fields(
            node, "code name modules packages", "add_ons trial co_terminates active"
        )
        return ProductPlan(
            code=self._code(fields, "code"),
            name=self.reader.text(fields, "name", LONGEST_NAME),
            is_active=self.reader.truth(fields, "active", default=True),
            co_terminates=self.reader.truth(fields, "co_terminates", default=False),
            trial=self._trial(fields.nodes.get("trial")),
            modules=self._each(fields, "modules", self._module, least=1),
            packages=self._each(fields, "packages", self._package, least=1),
            add_ons=self._each(fields, "add_ons", self._reference),
            line=fields.line,
        )

    def _module(self, node: yaml.Node) -> ModulePlan:
        fields = self.reader.fields(node, "code name", "extra_schema")
        return ModulePlan(
            code=self._code(fields, "code"),
            name=self.reader.text(fields, "name", LONGEST_NAME),
            extra_schema=self._schema(fields),
            line=fields.line,
        )

    def _schema(self, fields: Fields) -> dict[str, object]:
        node = fields.nodes.get("extra_schema")
        if node is None:
            return {}
        schema = self.reader.plain(node)
        mistakes = list(schema_rules.mistakes(schema))
        for mistake in mistakes:
            line = line_of(descendant(node, mistake.path))
            self.reader.refuse(line, "schema", mistake.message, **mistake.params)
        return {} if mistakes else schemas.numbered(schema)

    def _package(self, node: yaml.Node) -> PackagePlan:
        fields = self.reader.fields(node, "code name kind", "items active renewal_only")
        return PackagePlan(
            code=self._code(fields, "code"),
            name=self.reader.text(fields, "name", LONGEST_NAME),
            kind=self._one_of(fields, "kind", PackageKind.values),
            items=self._each(fields, "items", self._item),
            is_active=self.reader.truth(fields, "active", default=True),
            renewal_only=self.reader.truth(fields, "renewal_only", default=False),
            line=fields.line,
        )

    def _item(self, node: yaml.Node) -> ItemPlan:
        fields = self.reader.fields(
            node, "sku name price months tax contents", "note prices active"
        )
        optional = self.reader.text(fields, "note", LONGEST_TEXT) if "note" in fields.nodes else ""
        return ItemPlan(
            sku=self._sku(fields),
            name=self.reader.text(fields, "name", LONGEST_TEXT),
            price=self._number(fields, "price", code_rules.price),
            months=self._number(fields, "months", code_rules.months),
            note=optional,
            contents=self._each(fields, "contents", self._content, least=1),
            taxes=self._each(fields, "tax", self._tax, least=1),
            prices=self._each(fields, "prices", self._coming_price),
            is_active=self.reader.truth(fields, "active", default=True),
            line=fields.line,
        )

    def _trial(self, node: yaml.Node | None) -> TrialPlan | None:
        if node is None:
            return None
        fields = self.reader.fields(node, "contents", "months")
        months = (
            self._number(fields, "months", code_rules.months) if "months" in fields.nodes else 1
        )
        return TrialPlan(
            months=months,
            contents=self._each(fields, "contents", self._content, least=1),
            line=fields.line,
        )

    def _content(self, node: yaml.Node) -> ContentPlan:
        fields = self.reader.fields(node, "module resource units")
        return ContentPlan(
            module=self._code(fields, "module"),
            resource=self._code(fields, "resource"),
            units=self._number(fields, "units", parse_quantity),
            line=fields.line,
        )

    def _tax(self, node: yaml.Node) -> TaxPlan:
        fields = self.reader.fields(node, "rate from")
        rate = self._one_of(fields, "rate", [each.value for each in TaxRate])
        return TaxPlan(
            rate=TaxRate(rate) if rate else TaxRate.EXEMPT,
            from_day=self._day(fields, "from"),
            line=fields.line,
        )

    def _coming_price(self, node: yaml.Node) -> PricePlan:
        fields = self.reader.fields(node, "price from")
        return PricePlan(
            price=self._number(fields, "price", code_rules.price),
            from_day=self._day(fields, "from"),
            line=fields.line,
        )

    def _reference(self, node: yaml.Node) -> Reference:
        return Reference(self.reader.scalar(node, "add_ons", LONGEST_CODE), line_of(node))

    def _code(self, fields: Fields, key: str) -> str:
        message = gettext_noop(
            "“%(key)s” is lower-case letters, digits, - and _; “%(value)s” is not."
        )
        return self._matching(fields, key, LONGEST_CODE, code_rules.CODE, message)

    def _sku(self, fields: Fields) -> str:
        message = gettext_noop("“%(key)s” is letters, digits, ., - and _; “%(value)s” is not.")
        return self._matching(fields, "sku", LONGEST_SKU, code_rules.SKU, message)

    def _matching(
        self, fields: Fields, key: str, longest: int, pattern: re.Pattern[str], message: str
    ) -> str:
        text = self.reader.text(fields, key, longest)
        if text and not pattern.fullmatch(text):
            self.reader.refuse(fields.line_of(key), "bad_code", message, key=key, value=text)
            return ""
        return text

    def _one_of(self, fields: Fields, key: str, known: list[str]) -> str:
        text = self.reader.text(fields, key, LONGEST_CODE)
        if text and text not in known:
            message = gettext_noop("“%(key)s” is one of %(known)s; “%(value)s” is not.")
            params = {"key": key, "known": ", ".join(known), "value": text}
            self.reader.refuse(fields.line_of(key), "bad_choice", message, **params)
            return ""
        return text

    def _number(self, fields: Fields, key: str, parsed: Callable[[str], int]) -> int:
        text = self.reader.text(fields, key, LONGEST_CODE)
        try:
            return parsed(text) if text else 0
        except Invalid as refusal:
            self.reader.refuse_as(fields.line_of(key), refusal)
            return 0

    def _day(self, fields: Fields, key: str) -> datetime.date:
        text = self.reader.text(fields, key, LONGEST_CODE)
        try:
            return datetime.date.fromisoformat(text) if text else NO_DAY
        except ValueError:
            message = gettext_noop("“%(key)s” is a day YYYY-MM-DD; “%(value)s” is not.")
            self.reader.refuse(fields.line_of(key), "bad_day", message, key=key, value=text)
            return NO_DAY
