"""The measurement of the desk: a small data set is what it says, every page of it is there."""

from __future__ import annotations

import pytest
from django.test import Client

from bench.desks import report
from bench.desks.asking import Page
from bench.desks.facts import facts
from bench.desks.measuring import Figures
from bench.desks.names import RARE
from bench.desks.pages import pages
from capphep.crm.models import Customer, Order
from capphep.crm.queries.orders import search_orders
from capphep.provisioning.models import LicenceRequest
from capphep.reporting.models import OrderFact
from tests import factories

KEYS = [
    "bench",
    "list_p95_ms",
    "search_p95_ms",
    "dashboard_p95_ms",
    "import_rows_per_s",
    "export_rows_per_s",
    "growth_1k_to_1m",
]


@pytest.mark.postgresql
def test_a_small_data_set_is_what_it_says(transactional_db: None) -> None:
    factories.reference_data()
    from bench.desks import prepare

    prepare.fill(60)
    assert (Order.objects.count(), Customer.objects.count()) == (61, 31)
    assert LicenceRequest.objects.count() == 61
    assert OrderFact.objects.count() == 61
    assert search_orders(Order.objects.all(), RARE).count() == 2
    known = facts()
    browsers = {who: Client() for who in known["sessions"]}
    for who, key in known["sessions"].items():
        browsers[who].cookies["sessionid"] = key
    asked = list(pages(known["deep"], known["codes"]))
    each = {(page.who, page.paths[0].partition("?")[0]): page for page in asked}
    deep = [page for page in asked if page.name.endswith("page 1,000")]
    for page in (*each.values(), *deep):
        assert browsers[page.who].get(page.paths[0]).status_code == 200, page.name


def test_the_last_line_has_every_figure() -> None:
    figures = Figures([Page("a", "list", "manager", ["/"])])
    figures.pages += [Page(name, name, "manager", ["/"]) for name in ("search", "dashboard")]
    for page in figures.pages:
        figures.took["few"][page.name] = [1.0, 2.0]
        figures.took["many"][page.name] = [2.0, 4.0]
    excel = {step: {"rows_per_second": 5000} for step in ("import", "export")}
    found = report.line(figures, excel)
    assert list(found) == KEYS
    assert found["growth_1k_to_1m"] == 2
