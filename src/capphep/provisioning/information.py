"""*Thay đổi thông tin*: what is known of a unit and its administrator, and what a request asks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from capphep.catalog.models import Product
from capphep.crm.actions.information import Information
from capphep.crm.models import Customer, Level
from capphep.identity.models import AccountLink
from capphep.platform.personal import named
from capphep.provisioning.earlier import last_approved
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import OPEN

Values: TypeAlias = Mapping[str, Any]
"""Plain values by the name of the request's field; a sector stands there by its name."""

# The request's fields that belong to the customer's record, by the name that they have there.
OF_CUSTOMER: Final[Mapping[str, str]] = {
    "unit_name": "name",
    "unit_address": "address",
    "unit_tax_code": "tax_code",
    "unit_chapter_code": "chapter_code",
    "unit_phone": "phone",
    "unit_email": "email",
    "sector": "sector",
    "level": "level",
}
OF_ADMINISTRATOR: Final = ("admin_name", "admin_position", "admin_phone", "admin_email")


@dataclass(frozen=True, slots=True)
class InfoChange:
    """One field: what it was when sent, what is known now, what the request asks for."""

    field: str
    then: Any
    before: Any
    after: Any

    @property
    def is_changed(self) -> bool:
        return bool(self.before != self.after)

    @property
    def has_moved(self) -> bool:
        return bool(self.then != self.before)

    @property
    def label(self) -> str:
        return str(LicenceRequest._meta.get_field(self.field).verbose_name)  # type: ignore[union-attr]

    @property
    def texts(self) -> tuple[str, str, str]:
        """Then, before and after as people read them."""
        return self.shown(self.then), self.shown(self.before), self.shown(self.after)

    def shown(self, value: Any) -> str:
        if self.field == "level" and value in Level.values:
            return str(Level(value).label)
        return named(self.field, str(value or ""))


def known_of(customer: Customer, product: Product) -> dict[str, Any]:
    """What is known today. The administrator is whom the latest approval named, or an account."""
    unit: dict[str, Any] = {
        field: getattr(customer, name) for field, name in OF_CUSTOMER.items() if field != "sector"
    }
    unit["sector"] = customer.sector.name if customer.sector else ""
    return unit | administrator_of(customer, product)


def administrator_of(customer: Customer, product: Product) -> dict[str, str]:
    """The administrator's fields. At most two statements."""
    latest = last_approved(customer.pk, product.pk)
    if latest:
        return {name: getattr(latest, name) for name in OF_ADMINISTRATOR}
    links = AccountLink.objects.filter(customer=customer, product=product, closed_from=None)
    link = links.select_related("account").order_by("-id").first()
    account = link.account if link else None
    return {
        "admin_name": account.full_name if account else "",
        "admin_position": "",
        "admin_phone": (account and account.phone) or "",
        "admin_email": (account and account.email) or "",
    }


def asked_by(request: LicenceRequest) -> dict[str, Any]:
    asked = {field: getattr(request, field) for field in (*OF_CUSTOMER, *OF_ADMINISTRATOR)}
    return asked | {"sector": request.sector.name if request.sector else ""}


def changes_of(request: LicenceRequest) -> Sequence[InfoChange]:
    """Every field, in the order in which people read them. At most four statements.

    While the request is open, compared with what is known today; then with what it replaced.
    """
    kept: Values = request.info_before
    is_open = request.status in OPEN or not kept
    before = known_of(request.customer, request.product) if is_open else kept
    asked = asked_by(request)
    return [_change(field, kept, before, after) for field, after in asked.items()]


def _change(field: str, kept: Values, before: Values, after: Any) -> InfoChange:
    # What an earlier version did not ask for yet was not changed.
    was = before.get(field, after)
    return InfoChange(field, kept.get(field, was), was, after)


def changes_administrator(changes: Sequence[InfoChange]) -> bool:
    return any(one.is_changed for one in changes if one.field in OF_ADMINISTRATOR)


def information_of(request: LicenceRequest) -> Information:
    """The unit's data as the customer's record takes them."""
    return Information(
        name=request.unit_name,
        address=request.unit_address,
        tax_code=request.unit_tax_code,
        chapter_code=request.unit_chapter_code,
        phone=request.unit_phone,
        email=request.unit_email,
        sector_id=request.sector_id,
        level=request.level or 0,
    )


def fingerprint(changes: Sequence[InfoChange]) -> str:
    """RULE R3: names what an officer saw of what is known, to be compared at approval."""
    seen = json.dumps({one.field: one.before for one in changes}, sort_keys=True)
    return hashlib.sha256(seen.encode()).hexdigest()[:16]
