from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class PlatformConfig(AppConfig):
    name = "capphep.platform"
    label = "platform"

    def ready(self) -> None:
        connection_created.connect(plan_quickly, dispatch_uid="plan_quickly")


def plan_quickly(*, connection: Any, **_kwargs: Any) -> None:
    """Have PostgreSQL join what a row of a list is shown with in the order in which it is asked.

    To weigh all orders of nine tables took it ten times as long as to read the page, and to compile
    the statement as long as to run it. Not an option of the connection: pgbouncer refuses those.
    """
    if connection.vendor == "postgresql":
        connection.connection.execute("SET join_collapse_limit = 5; SET jit = off")
