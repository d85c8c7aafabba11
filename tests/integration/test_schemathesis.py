"""The API against its own OpenAPI: whatever is sent, only what is documented comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation

from capphep.config.wsgi import application
from capphep.integration import limits
from capphep.platform.api import Scope
from capphep.platform.models import User
from capphep.platform.roles import Role
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.integration.apis import token

pytestmark = [pytest.mark.once, pytest.mark.django_db]
EXAMPLES = 6
DONE_BY = {Scope.REQUESTS_DECIDE: Role.OFFICER, Scope.USAGE_WRITE: Role.PROGRAM}
CONFIG = schemathesis.Config.from_dict(
    {
        "checks": {
            # A change without If-Match is refused as RFC 6585 says.
            "missing_required_header": {"expected-statuses": [401, 403, 404, 422, 428]},
            "negative_data_rejection": {"expected-statuses": [*range(400, 430)]},
            # Rules such as the check digit of a tax code (R11) cannot be said in OpenAPI: what
            # has the form may be refused all the same.
            "positive_data_acceptance": {"enabled": False},
        }
    }
)
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=CONFIG)
# What the records of the test are named by; filled in when they are made.
KNOWN: dict[str, object] = {}


def named(case: schemathesis.Case) -> None:
    """Let half of the well-formed names in the address be those of records that are there."""
    path = case.meta and case.meta.components.get(ParameterLocation.PATH)
    if path and path.mode == GenerationMode.POSITIVE:
        case.path_parameters = {
            name: KNOWN.get(name, value) if len(str(value)) % 2 else value
            for name, value in case.path_parameters.items()
        }


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The application's requests stay in the test's transaction, as with Django's own client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def records(salesperson: User, catalogue: SmallCatalogue) -> None:
    """A customer that has iGOV and buys more of it."""
    customer = factories.customer(owner=salesperson, team=salesperson.team)
    contact = factories.contact(customer)
    stories.opened(customer, catalogue)
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    request = stories.sent(order, salesperson)
    assert request.order is not None
    KNOWN.update(
        budget_code=customer.budget_code,
        contact_id=contact.pk,
        order_no=request.order.order_no,
        request_no=request.request_no,
        product=catalogue.igov.code,
    )


@pytest.fixture
def texts(one_connection: None, records: None, salesperson: User, officer: User) -> dict[str, str]:
    """The tokens of those who may do most: who decides is not who sells."""
    limits.LIMITER.forget()
    people = (salesperson, officer, factories.user("igov", Role.PROGRAM))
    return {who.role: token(who, per_minute=1_000_000)[1] for who in people}


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    # The same examples in every run: what is found is found by who made it.
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_sent_what_is_documented_comes_back(
    case: schemathesis.Case, texts: dict[str, str]
) -> None:
    who = DONE_BY.get(case.operation.definition.raw.get("x-scope"), Role.SALES)
    text = texts[who]
    named(case)
    case.call_and_validate(headers={"Authorization": f"Bearer {text}"})
