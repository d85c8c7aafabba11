"""Rows for tests, made straight in the tables, with values that obey the constraints."""

from __future__ import annotations

import datetime
import hashlib
from importlib import import_module
from typing import Any

from capphep.catalog.models import (
    AddOnEligibility,
    Item,
    ItemContent,
    ItemTax,
    Module,
    Package,
    PackageKind,
    Product,
    Resource,
    TrialDefault,
)
from capphep.crm.keys import set_keys
from capphep.crm.models import Contact, Customer, OrgType, OwnedProduct, PublicUnitKind, Sector
from capphep.platform import files, filetypes
from capphep.platform.models import FileText, Installation, StoredFile, Team, TextState, User
from capphep.pure.collation import vietnamese_key
from capphep.pure.folding import fold

PASSWORD = "capphep-demo"


def user(username: str, role: str, team: Team | None = None) -> User:
    return User.objects.create_user(
        username, PASSWORD, full_name=f"Người {username}", role=role, team=team
    )


def reference_data() -> None:
    """What the migrations enter, and a flushed database has lost."""
    Installation.objects.get_or_create(id=1)
    sectors = import_module("capphep.crm.migrations.0002_sectors").SECTORS
    for position, name in enumerate(sectors):
        Sector.objects.get_or_create(name=name, defaults={"position": position})


def team(name: str) -> Team:
    return Team.objects.create(name=name, sort_key=vietnamese_key(name))


def customer(
    budget_code: str = "1234567", name: str = "UBND Xã Đông Hải", **fields: Any
) -> Customer:
    values: dict[str, Any] = {
        "org_type": OrgType.COMMUNE,
        "public_unit_kind": PublicUnitKind.COMMITTEE,
        "chapter_code": "805",
    }
    values.update(fields)
    made = Customer(budget_code=budget_code, name=name, **values)
    set_keys(made)
    made.save(force_insert=True)
    return made


def contact(customer: Customer, full_name: str = "Nguyễn Văn An", **fields: Any) -> Contact:
    return Contact.objects.create(customer=customer, full_name=full_name, **fields)


def owns(
    customer: Customer,
    product: Product,
    first_day: datetime.date = datetime.date(2026, 1, 1),
    last_day: datetime.date = datetime.date(2099, 12, 31),
) -> OwnedProduct:
    """The customer has the product in force, as far as the CRM knows."""
    return OwnedProduct.objects.create(
        customer=customer, product=product, first_day=first_day, last_day=last_day
    )


def stored_pdf(content: bytes, text: str = "") -> StoredFile:
    """A kept file that was read already: attaching it costs no reading."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = files.path_of(sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    facts = {"size": len(content), "content_type": filetypes.PDF}
    stored, _ = StoredFile.objects.get_or_create(sha256=sha256, defaults=facts)
    state = TextState.HAS_TEXT if text else TextState.NO_TEXT
    FileText.objects.get_or_create(file=stored, defaults={"state": state, "text": text})
    return stored


class SmallCatalogue:
    """iGOV with a base package and two add-on packages, and iHOS with one base package.

    iGOV is offered for trial, a month of one set of books and 100 users; iHOS is not. Neither
    co-terminates.
    """

    def __init__(self) -> None:
        self.igov = Product.objects.create(code="igov", name="iGOV", trial_months=1)
        self.ihos = Product.objects.create(code="ihos", name="iHOS")
        self.users = Resource.objects.create(code="users", name="Người dùng", unit="người")
        self.books = Resource.objects.create(code="books", name="Bộ sổ kế toán", unit="bộ sổ")
        self.storage = Resource.objects.create(code="storage", name="Dung lượng", unit="GB")
        self.accounting = self._module(self.igov, "accounting", "Kế toán", 1)
        self.office = self._module(self.igov, "office", "Văn phòng số", 2)
        self.hospital = self._module(self.ihos, "accounting", "Kế toán", 1)
        base = self._package(self.igov, "base", "iGOV cơ bản", PackageKind.BASE)
        accounting = self._package(self.igov, "accounting", "Kế toán", PackageKind.ADD_ON)
        office = self._package(self.igov, "office", "Văn phòng số", PackageKind.ADD_ON)
        hospital = self._package(self.ihos, "base", "iHOS cơ bản", PackageKind.BASE)
        self.office_package = office
        for package in (accounting, office):
            AddOnEligibility.objects.create(product=self.igov, package=package)
        self.base = self._item(
            base,
            "IGOV-BASE",
            "iGOV cơ bản",
            12_000_000,
            [(self.accounting, self.books, 1), (self.office, self.users, 20)],
        )
        self.books_1 = self._item(
            accounting,
            "IGOV-KT-1",
            "Kế toán 1 bộ sổ",
            3_000_000,
            [(self.accounting, self.books, 1)],
        )
        self.users_50 = self._item(
            office, "IGOV-VPS-50", "VPS 50 người dùng", 5_000_000, [(self.office, self.users, 50)]
        )
        self.ihos_base = self._item(
            hospital, "IHOS-BASE", "iHOS cơ bản", 20_000_000, [(self.hospital, self.books, 1)]
        )

        for module, resource, quantity in [
            (self.accounting, self.books, 1),
            (self.office, self.users, 100),
        ]:
            TrialDefault.objects.create(module=module, resource=resource, quantity=quantity)

    def suite(self) -> Item:
        """An add-on item that carries four modules."""
        more = [
            self._module(self.igov, code, code.title(), position)
            for position, code in enumerate(["assets", "payroll", "chat"], start=3)
        ]
        return self._item(
            self.office_package,
            "IGOV-VPS-SUITE",
            "VPS trọn bộ",
            9_000_000,
            [(module, self.users, 20) for module in [self.office, *more]],
        )

    def _module(self, product: Product, code: str, name: str, position: int) -> Module:
        return Module.objects.create(product=product, code=code, name=name, position=position)

    def _package(self, product: Product, code: str, name: str, kind: str) -> Package:
        return Package.objects.create(product=product, code=code, name=name, kind=kind)

    def _item(
        self,
        package: Package,
        sku: str,
        name: str,
        price: int,
        contents: list[tuple[Module, Resource, int]],
    ) -> Item:
        item = Item.objects.create(
            package=package,
            sku=sku,
            name=name,
            search_key=fold(f"{sku} {name} {package.name}"),
            unit_price=price,
            term_months=12,
        )
        ItemTax.objects.create(item=item, rate="KCT", from_day=datetime.date(2020, 1, 1))
        ItemContent.objects.bulk_create(
            ItemContent(item=item, module=module, resource=resource, units=units)
            for module, resource, units in contents
        )
        return item
