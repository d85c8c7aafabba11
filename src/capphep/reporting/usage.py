"""Usage against entitlement, summed up now and then: products report it all day long."""

from __future__ import annotations

from typing import Final

from django.db import connection

from capphep.platform import clock
from capphep.reporting import rules

# What is in force of each measured resource on the day, and who looks after the customer.
_MEASURED: Final = """
    SELECT measured.subscription_id, subscription.customer_id, measured.module_id,
        measured.resource_id, measured.in_use, (
            SELECT step.quantity FROM entitlements_balancestep AS step
            WHERE step.subscription_id = measured.subscription_id
                AND step.module_id = measured.module_id
                AND step.resource_id = measured.resource_id AND step.from_day <= %(day)s
            ORDER BY step.from_day DESC LIMIT 1
        ) AS in_force,
        subscription.product_id AS product, 0 AS project,
        COALESCE(customer.owner_id, 0) AS salesperson, COALESCE(customer.team_id, 0) AS team,
        customer.province AS province
    FROM entitlements_usage AS measured
    JOIN entitlements_subscription AS subscription ON subscription.id = measured.subscription_id
    JOIN crm_customer AS customer ON customer.id = subscription.customer_id"""

_PERCENT: Final = "in_use * 100 / in_force"
_BAND: Final = (
    "CASE "
    + " ".join(
        f"WHEN {_PERCENT} < {until} THEN {number}" for number, until in enumerate(rules.BANDS[1:-1])
    )
    + f" WHEN in_use <= in_force THEN {len(rules.BANDS) - 2} ELSE {len(rules.BANDS) - 1} END"
)

# Only numbers and names of this file stand in them.
_SUM_UP: Final = f"""
    INSERT INTO reporting_usagefigure
        (product, project, salesperson, team, province, module, resource, band,
        number, in_use, in_force)
    SELECT product, project, salesperson, team, province, module_id, resource_id, {_BAND} AS band,
        COUNT(*), SUM(in_use), SUM(in_force)
    FROM ({_MEASURED}) AS found WHERE in_force > 0
    GROUP BY product, project, salesperson, team, province, module_id, resource_id, band"""  # noqa: S608
_NOTE_TIGHT: Final = f"""
    INSERT INTO reporting_tightfact
        (product, project, salesperson, team, province, subscription, customer, module, resource,
        in_use, in_force, percent)
    SELECT product, project, salesperson, team, province, subscription_id, customer_id, module_id,
        resource_id, in_use, in_force, {_PERCENT}
    FROM ({_MEASURED}) AS found WHERE in_force > 0 AND {_PERCENT} >= {rules.TIGHT}"""  # noqa: S608


def sum_up() -> None:
    """Put the usage of the moment in the place of what was summed up before.

    Four statements in the caller's transaction; their cost grows with what products report,
    which is why pages read the sums.
    """
    day = connection.ops.adapt_datefield_value(clock.today())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reporting_usagefigure")
        cursor.execute("DELETE FROM reporting_tightfact")
        cursor.execute(_SUM_UP, {"day": day})
        cursor.execute(_NOTE_TIGHT, {"day": day})
