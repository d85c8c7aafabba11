"""What the CRM's tests begin with."""

from __future__ import annotations

from typing import Any

import pytest

from capphep.crm.customer_rules import CustomerInput
from capphep.crm.models import Customer
from capphep.platform.models import User
from capphep.pure.errors import Invalids
from tests import factories


def typed_customer(**changes: Any) -> CustomerInput:
    """A customer as a person types one."""
    values: dict[str, Any] = {
        "budget_code": "1234567",
        "name": "UBND Xã Đông Hải",
        "org_type": "commune",
        "public_unit_kind": "committee",
        "level": 4,
        "chapter_code": "805",
    }
    return CustomerInput(**values | changes)


@pytest.fixture
def own_customer(salesperson: User) -> Customer:
    """A customer of ``salesperson``."""
    return factories.customer(owner=salesperson, team=salesperson.team)


@pytest.fixture
def pool_customer(db: None) -> Customer:
    """A customer that nobody has in charge."""
    return factories.customer("2222222", "Trường THCS Mai Hạ", chapter_code="822")


@pytest.fixture
def team_customer(colleague: User) -> Customer:
    """A customer of a colleague of ``salesperson``."""
    return factories.customer("3333333", "UBND Xã Yên Phong", owner=colleague, team=colleague.team)


@pytest.fixture
def foreign_customer(other_salesperson: User) -> Customer:
    """A customer of another team."""
    owner = other_salesperson
    return factories.customer("1444444", "UBND Phường Phú Thuận", owner=owner, team=owner.team)


def codes_of(refused: pytest.ExceptionInfo[Invalids]) -> dict[str, str]:
    return {refusal.field: refusal.code for refusal in refused.value.refusals}
