"""Two years of sales work for the sample data, so that screens have something to show.

Orders, their requests with evidence, what the desk said of them, what was granted and is in use;
what waits today; what people said and mean to do. It is written in bulk, as the actions would
have left it: the ledger, the licences, the evidence and the audit trail are complete
(`./capphep ledger verify`, `evidence verify`, `audit verify`).
"""

from __future__ import annotations

from django.db import transaction

from capphep.platform.origin import working_from
from capphep.shell.demo_history.accounts import write_accounts
from capphep.shell.demo_history.ledger import write_ledger
from capphep.shell.demo_history.orders import write_orders
from capphep.shell.demo_history.papers import write_evidence
from capphep.shell.demo_history.requests import write_requests, write_rounds
from capphep.shell.demo_history.sales import History
from capphep.shell.demo_history.talk import announce, write_talk
from capphep.shell.demo_history.trail import write_trail
from capphep.shell.demo_history.use import write_use


@transaction.atomic
def load_history(*, except_for: set[str]) -> None:
    """Fill the sample data with what happened before; ``except_for`` are budget codes of
    customers that nothing happened to."""
    with working_from("sample data"):
        sales = History(except_for=except_for).sales()
        requested = [sale for sale in sales if sale.end]
        write_orders(sales)
        write_requests(requested)
        write_evidence(requested)
        write_ledger(requested)
        write_accounts(requested)
        write_rounds(requested)
        write_trail(sales)
        write_use()
        write_talk(sales)
        announce(requested)
