"""Figures of what happened, derived from the records: facts, one for each record, and their sums.

Nothing here decides anything. The worker brings it up to date (`reporting.keeping`); it can be
made anew from the records at any time, and a command proves that they agree (`reporting.proof`).
Records are named by their keys, 0 where there is none, without foreign keys: what is derived
holds nothing back.
"""

from __future__ import annotations

from django.db import models


class Progress(models.Model):
    """How far the figures follow the records; one row, locked by whoever brings them on.

    ``position`` is that of the last event that was followed. ``orders_from``, ``requests_from``
    and ``subscriptions_from`` are the keys behind which records are still to be counted for the
    first time, NULL once all are. ``usage_at`` is when usage was last summed up.
    """

    position = models.PositiveBigIntegerField(default=0)
    orders_from = models.BigIntegerField(null=True, default=0)
    requests_from = models.BigIntegerField(null=True, default=0)
    subscriptions_from = models.BigIntegerField(null=True, default=0)
    usage_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_progress_row"),
        ]

    def __str__(self) -> str:
        return str(self.position)


class Filed(models.Model):
    """By what figures are asked for. The province is the customer's."""

    product = models.BigIntegerField()
    project = models.BigIntegerField(default=0)
    salesperson = models.BigIntegerField()
    team = models.BigIntegerField(default=0)
    province = models.CharField(max_length=100, blank=True)

    class Meta:
        abstract = True


FILED = ("product", "project", "salesperson", "team", "province")


class OrderFact(Filed):
    """One order: what it counts as. ``amount`` in whole đồng, ``month`` its first day."""

    order = models.BigIntegerField(primary_key=True)
    day = models.DateField()
    month = models.DateField()
    status = models.CharField(max_length=15)
    amount = models.BigIntegerField()

    class Meta:
        indexes = [
            # The running month against the same days of another one.
            models.Index(fields=["day"], name="order_fact_day"),
            models.Index(fields=["salesperson", "day"], name="order_fact_of"),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.amount}"


class OrderFigure(Filed):
    """How many orders of a month are alike, and their amount in whole đồng."""

    month = models.DateField()
    status = models.CharField(max_length=15)
    number = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", *FILED, "status"], name="order_figure_once"),
        ]
        indexes = [
            models.Index(fields=["salesperson", "month"], name="order_figure_of"),
            # Groups that everybody left are removed.
            models.Index(fields=["id"], condition=models.Q(number=0), name="order_figure_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.month}: {self.number}"


class RequestFact(Filed):
    """One request that was approved, by the local day of that; withdrawn since, maybe.

    ``draft``, ``desk`` and ``sales`` are the minutes from the order until the first sending,
    with the officers, and back with sales in between; ``bucket`` says about how many they are
    together (`rules.bucket`).
    """

    request = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=12)
    was_withdrawn = models.BooleanField()
    day = models.DateField()
    month = models.DateField()
    draft = models.BigIntegerField()
    desk = models.BigIntegerField()
    sales = models.BigIntegerField()
    bucket = models.SmallIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["salesperson", "month"], name="request_fact_of"),
            models.Index(fields=["province", "month"], name="request_fact_there"),
            models.Index(fields=["project", "month"], name="request_fact_project"),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.draft} + {self.desk} + {self.sales}"


class LeadFigure(models.Model):
    """How many approvals of a month took about as long, and their minutes in each place."""

    month = models.DateField()
    product = models.BigIntegerField()
    team = models.BigIntegerField(default=0)
    bucket = models.SmallIntegerField()
    number = models.BigIntegerField()
    draft = models.BigIntegerField()
    desk = models.BigIntegerField()
    sales = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "product", "team", "bucket"], name="lead_figure_once"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(number=0), name="lead_figure_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.month}: {self.number}"


class GrantFigure(models.Model):
    """What approvals of a month granted of a resource, less what was withdrawn of it since."""

    month = models.DateField()
    product = models.BigIntegerField()
    team = models.BigIntegerField(default=0)
    province = models.CharField(max_length=100, blank=True)
    module = models.BigIntegerField()
    resource = models.BigIntegerField()
    number = models.BigIntegerField()
    quantity = models.BigIntegerField()
    withdrawn = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "product", "team", "province", "module", "resource"],
                name="grant_figure_once",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(number=0), name="grant_figure_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.month}: {self.quantity}"


class AnswerFact(Filed):
    """A request that came back, or was rejected: one row for each thing that was said of it.

    ``field`` is what the officer commented on, "" for a general answer; ``is_first`` marks one
    row of each round, so that rounds can be counted.
    """

    round = models.BigIntegerField()
    request = models.BigIntegerField()
    field = models.CharField(max_length=60, blank=True)
    is_first = models.BooleanField()
    outcome = models.CharField(max_length=10)
    kind = models.CharField(max_length=12)
    officer = models.BigIntegerField(default=0)
    day = models.DateField()
    month = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "field"], name="answer_fact_once"),
        ]
        indexes = [
            models.Index(fields=["month"], name="answer_fact_month"),
            models.Index(fields=["request"], name="answer_fact_of"),
        ]

    def __str__(self) -> str:
        return f"{self.round}: {self.outcome} {self.field}"


class EndFact(Filed):
    """When a subscription ends, as things stand, and what was last paid for it.

    ``salesperson`` is who looks after the customer, 0 for the common pool.
    """

    subscription = models.BigIntegerField(primary_key=True)
    customer = models.BigIntegerField()
    ends_on = models.DateField()
    amount = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["ends_on", "subscription"], name="end_fact_day"),
            models.Index(fields=["customer"], name="end_fact_of"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription}: {self.ends_on}"


class UsageFigure(Filed):
    """How many subscriptions use about as much of a resource (`rules.BANDS`)."""

    module = models.BigIntegerField()
    resource = models.BigIntegerField()
    band = models.SmallIntegerField()
    number = models.BigIntegerField()
    in_use = models.BigIntegerField()
    in_force = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.module}/{self.band}: {self.number}"


class TightFact(Filed):
    """A resource of a subscription that is nearly used up, or more than that."""

    subscription = models.BigIntegerField()
    customer = models.BigIntegerField()
    module = models.BigIntegerField()
    resource = models.BigIntegerField()
    in_use = models.BigIntegerField()
    in_force = models.BigIntegerField()
    percent = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["-percent", "id"], name="tight_fact_first")]

    def __str__(self) -> str:
        return f"{self.subscription}: {self.percent}"
