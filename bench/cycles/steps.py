"""One whole cycle through the real actions: order, request, two files, sending, approval."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.cycles.pdf import small_pdf
from capphep.catalog import imports
from capphep.catalog.models import Item, ItemContent, Product
from capphep.crm.actions.customers import create_customer
from capphep.crm.actions.orders import OrderHeader, create_order
from capphep.crm.customer_rules import ContactInput, CustomerInput
from capphep.crm.models import Customer, Order, Sector
from capphep.crm.rules import LineInput
from capphep.entitlements.actions import OpeningGrant, open_grants
from capphep.entitlements.rules import Key
from capphep.ims.actions import approve
from capphep.platform import clock, options
from capphep.platform.models import Team, User
from capphep.platform.origin import working_from
from capphep.platform.roles import SYSTEM, Role
from capphep.provisioning import reviews, rules
from capphep.provisioning.actions.drafts import open_request
from capphep.provisioning.actions.evidence import attach_evidence
from capphep.provisioning.actions.sending import send_request
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import EvidenceKind
from capphep.pure.months import term

CATALOGUE: Final = Path(__file__).with_name("catalogue.yaml")
ORDERED: Final = {"BOOKS": 2, "USERS": 1, "CHAT": 1}
ADMINISTRATOR: Final = "Nguyễn Văn An"


@dataclass(frozen=True, slots=True)
class People:
    salesperson: User
    officer: User


def enter_people(count: int) -> None:
    """So many salespeople and officers: each process is one of each."""
    team = Team.objects.create(name="HCSN")
    for role in (Role.SALES, Role.OFFICER):
        User.objects.bulk_create(
            User(username=f"{role}{number}", full_name=f"{role} {number}", role=role, team=team)
            for number in range(count)
        )


def people(number: int) -> People:
    by_name = {user.username: user for user in User.objects.select_related("team")}
    return People(by_name[f"{Role.SALES}{number}"], by_name[f"{Role.OFFICER}{number}"])


def load_catalogue() -> None:
    imports.load(actor=SYSTEM, content=CATALOGUE.read_bytes())


def enter_customer(budget_code: str) -> Customer:
    """A unit in the common pool that has iGOV already, with the person who administers it."""
    phone, email = reached_at(budget_code)
    customer = create_customer(
        actor=SYSTEM,
        typed=CustomerInput(
            budget_code=budget_code,
            name=f"UBND Xã Đông Hải {budget_code}",
            org_type="commune",
            public_unit_kind="committee",
            level=4,
            sector_id=Sector.objects.values_list("pk", flat=True)[0],
            chapter_code="805",
            address="Thôn 1",
            phone=phone,
            email=email,
        ),
        contact=ContactInput(full_name=ADMINISTRATOR, phone=phone, email=email),
    )
    open_grants(actor=SYSTEM, grants=_opening(customer))
    return customer


def _opening(customer: Customer) -> list[OpeningGrant]:
    first = clock.today() - datetime.timedelta(days=60)
    request_no = f"IGOV-{customer.budget_code}"
    return [
        OpeningGrant(
            customer_id=customer.pk,
            product_id=Product.objects.get().pk,
            module_id=content.module_id,
            resource_id=content.resource_id,
            quantity=content.units,
            first_day=first,
            last_day=term(first, 12).last,
            request_no=request_no,
            source=f"{request_no}/{position}",
        )
        for position, content in enumerate(ItemContent.objects.filter(item__sku="BASE"), 1)
    ]


class Cycle:
    """Whole cycles of one salesperson and one officer, each for another customer."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.items = dict(Item.objects.values_list("sku", "pk"))
        self.files = {kind: small_pdf(kind) for kind in EvidenceKind}
        self.bases: str | None = None

    def run(self, customer_id: int, budget_code: str) -> LicenceRequest:
        """What the people type is typed here; the actions read everything else themselves. Each
        step is a unit of work, as the request of the page is that takes it."""
        sales, officer = self.people.salesperson, self.people.officer
        with working_from("192.0.2.7"):
            with options.unit():
                order = self._ordered(customer_id, budget_code)
            with options.unit():
                request = open_request(actor=sales, order_id=order.pk)
            for kind in EvidenceKind:
                with options.unit():
                    attach_evidence(
                        actor=sales,
                        request_id=request.pk,
                        kind=kind,
                        name=f"{kind}.pdf",
                        chunks=[self.files[kind]],
                    )
            with options.unit():
                request = send_request(
                    actor=sales,
                    request_id=request.pk,
                    seen_version=request.version,
                    values=_typed(request),
                )
            with options.unit():
                approve(actor=officer, request_id=request.pk, seen=self.seen(request))
        return request

    def _ordered(self, customer_id: int, budget_code: str) -> Order:
        phone, email = reached_at(budget_code)
        return create_order(
            actor=self.people.salesperson,
            header=OrderHeader(
                customer_id=customer_id,
                contract_no=f"HD-{budget_code}",
                description=f"Mua thêm iGOV {budget_code}",
                contact_name=ADMINISTRATOR,
                contact_phone=phone,
                contact_email=email,
            ),
            lines=[LineInput(self.items[sku], many) for sku, many in ORDERED.items()],
        )

    def seen(self, request: LicenceRequest) -> str:
        """What names the page that the officer saw before saying yes. It is no part of the cycle:
        every customer here has the same resources, so they are read once."""
        if self.bases is None:
            self.bases = rules.fingerprint(_bases(request))
        return rules.sealed(request.request_no, request.sent_at, self.bases)


def _bases(request: LicenceRequest) -> Iterator[tuple[Key, int, datetime.date | None]]:
    for line in reviews.review(request, clock.today()).lines:
        running = line.span.ends_with or line.span.follows
        for quantity in line.quantities:
            yield (line.module.pk, quantity.resource.pk), quantity.base.quantity, running


def _typed(request: LicenceRequest) -> dict[str, Any]:
    """What the form of the request sends: as it came filled, for nothing is missing."""
    names = ("level", "sector_id", "unit_name", "admin_name", "admin_email", "admin_phone")
    return {name: getattr(request, name) for name in names}


def reached_at(budget_code: str) -> tuple[str, str]:
    """Phone and e-mail of the customer's administrator, whom nobody else shares."""
    return f"091{budget_code}", f"an{budget_code}@example.vn"
