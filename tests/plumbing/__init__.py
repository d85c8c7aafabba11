"""A pytest plugin: databases, races, kills, SQL counts and a real browser for capphep's tests.

Loaded by `pytest_plugins = ["tests.plumbing"]` in tests/conftest.py. What it offers:

- every run has its own state directory and its own test database (a file on SQLite), so that
  several runs may go on at once in one checkout;
- `@pytest.mark.once` for tests that no database can change, of tests/pure, packages and rules all:
  `./capphep test` does them in a run of its own, beside those on the databases (`shares`);
  `@pytest.mark.postgresql`, `@pytest.mark.sqlite` for what only the one can show;
- `race(...)` (tests.plumbing.races): the same thing done by several threads at once;
  `race_processes(...)` (tests.plumbing.processes): by several processes;
- `each_kill_point(...)`, `killed_at_statement(...)` (tests.plumbing.kills): a process that dies
  by SIGKILL at a chosen SQL statement;
- `lifted()` (tests.plumbing.append_only): rows of append-only tables can be tampered with;
- `statements("key")` (fixture): the recorded number of SQL statements, `--update-sql-counts`;
- `run_node("script.mjs", ...)` (tests.plumbing.node): a script of tests/node, with the published
  JavaScript clients that are pinned there;
- `server` (fixture): the production server on the database of the tests;
- examples of properties that may take any time to run; `./capphep test` draws the same ones in
  each run, `--hypothesis-seed N` others, and pytest by itself new ones each time;
- `page`, `open_page` (fixtures): Chromium on the live server; `@pytest.mark.viewport(390, 844)`.
"""

from __future__ import annotations

import os
import signal

import hypothesis
import pytest

from tests.plumbing import shares
from tests.plumbing.browser import browser, open_page, page, visitors
from tests.plumbing.emptying import empty_tables_by_deleting
from tests.plumbing.isolation import (
    django_db_modify_db_settings,
    django_db_setup,
    isolate,
    leave_no_trace,
)
from tests.plumbing.server import server
from tests.plumbing.sql_counts import statements, write_counts

__all__ = [
    "browser",
    "django_db_modify_db_settings",
    "django_db_setup",
    "open_page",
    "page",
    "server",
    "statements",
    "visitors",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("capphep").addoption(
        "--update-sql-counts",
        action="store_true",
        help="record the SQL counts of this run in tests/sql_counts.json",
    )
    parser.getgroup("capphep").addoption(
        "--pictures", metavar="FOLDER", help="keep the pictures that the guide's test takes"
    )
    parser.getgroup("capphep").addoption(
        "--lives", type=int, metavar="N", help="so many random lives of requests (tests/life)"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "once: no database can change it")
    for vendor in ("postgresql", "sqlite"):
        config.addinivalue_line("markers", f"{vendor}: only this database can show it")
    config.addinivalue_line("markers", "viewport(width, height): size of the browser window")
    # Playwright's synchronous API keeps an event loop running in the thread of the tests.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    # `./capphep test` ends its runs by SIGTERM: they still remove what they made.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # How long an example takes says something of the machine, nothing of capphep.
    hypothesis.settings.register_profile("capphep", deadline=None)
    hypothesis.settings.load_profile("capphep")
    isolate(config)
    empty_tables_by_deleting()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, and report as deselected, what another run does."""
    elsewhere = [item for item in items if not shares.is_done_here(item)]
    config.hook.pytest_deselected(items=elsewhere)
    left_out = set(elsewhere)
    items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    leave_no_trace(config)


def pytest_sessionfinish(session: pytest.Session) -> None:
    write_counts(session.config)
