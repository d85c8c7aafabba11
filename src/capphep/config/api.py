"""The API: the routers of all modules in one, its errors, its documentation."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from ninja.security import HttpBearer

from capphep.catalog import api as catalogue
from capphep.crm.api import contacts, customers, goods, orders, sales
from capphep.entitlements.api import checks, licences, usage
from capphep.ims.api import certificates, decisions, subscriptions, withdrawals
from capphep.integration.api import events
from capphep.platform.api import Principal
from capphep.platform.api.document import DocumentedApi
from capphep.platform.api.errors import answer_errors
from capphep.platform.api.parsing import JsonParser
from capphep.provisioning.api import evidence, requests

_DESCRIPTION: Final = """\
Everything that the desk does, for programs: the same actions, rules and permissions as on its
screens. Moments are UTC (`2026-11-25T08:30:00Z`), days are local days in Asia/Ho_Chi_Minh
(`2026-11-25`), money is whole đồng. `Accept-Language: en` or `vi` chooses the language of
messages; the codes are stable."""


class BearerToken(HttpBearer):
    """The principal that `integration.middleware` found for the presented token."""

    def __call__(self, request: HttpRequest) -> Principal | None:
        return getattr(request, "principal", None)

    def authenticate(self, request: HttpRequest, token: str) -> Principal | None:
        return self(request)


api = DocumentedApi(
    title="capphep",
    version="1",
    description=_DESCRIPTION,
    urls_namespace="api-1",
    auth=BearerToken(),
    docs_url=None,
    parser=JsonParser(),
)
for _routes in (
    catalogue.routes,
    customers.routes,
    contacts.routes,
    sales.routes,
    goods.routes,
    orders.routes,
    requests.routes,
    evidence.routes,
    decisions.routes,
    withdrawals.routes,
    subscriptions.routes,
    checks.routes,
    licences.routes,
    usage.routes,
    certificates.routes,
    events.routes,
):
    api.add_router("", _routes)
answer_errors(api)
