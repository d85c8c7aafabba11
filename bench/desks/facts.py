"""What has to be known of a data set to measure it: who is signed in, page 1,000, some codes."""

from __future__ import annotations

import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import QueryDict
from django.utils import timezone

from bench.desks.pages import LISTS, List
from capphep.crm.models import Order
from capphep.platform import keyset
from capphep.platform.lists import source_named
from capphep.platform.models import User
from capphep.platform.narrowing import Narrowing
from capphep.provisioning.models import LicenceRequest

ASKING = ("seller0", "officer0", "manager")
PAGE, DEPTH = 50, 50_000


def facts() -> dict[str, Any]:
    deep = {each.name: [_deep(each, query) for query in each.deep] for each in LISTS}
    return {"sessions": sessions(), "deep": deep, "codes": codes()}


def sessions() -> dict[str, str]:
    """The session cookies of those who ask, new ones for each run."""
    people = User.objects.filter(username__in=ASKING)
    return {user.username: _session(user) for user in people}


def _deep(each: List, query: str) -> str:
    """The query of page 1,000 in this order, or of the last page of a list that is shorter."""
    asked, actor = QueryDict(query), User.objects.get(username=each.who)
    source = source_named(each.source).of(asked)
    narrowing = Narrowing(source.spec(actor), asked)
    rows = narrowing.narrow(source.rows(actor))
    place = max(0, min(DEPTH, rows.order_by().count()) - PAGE - 1)
    row = keyset.ordered(rows, narrowing.order, never_null=narrowing.never_null)[place]
    token = keyset.token_of(rows, narrowing.order, row)
    return f"{query}&after={token}" if query else f"after={token}"


def codes() -> list[str]:
    """Of sales here and there: order, contract, budget code, request."""
    many = Order.objects.count()
    found = []
    for place, name in enumerate(("order_no", "contract_no", "budget_code")):
        order = Order.objects.order_by("id")[many * (place + 1) // 5]
        found.append(str(getattr(order, name)))
    request = LicenceRequest.objects.order_by("id")[LicenceRequest.objects.count() // 3]
    return [*found, request.request_no]


def _session(user: User) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "capphep.platform.backends.People"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.set_expiry(timezone.now() + datetime.timedelta(days=1))
    store.create()
    return str(store.session_key)
