"""`./capphep test` itself: how it counts, what it starts, what it reports."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tools import run_tests
from tools.postgres import temporary_postgres
from tools.run_tests import Result, Stage

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("closing", "passed", "failed"),
    [
        ("== 11 passed in 3.20s ==", 11, 0),
        ("= 2 failed, 9 passed, 1 skipped, 3 errors in 0:01:02 =", 9, 5),
        ("no tests ran in 0.01s", 0, 0),
        ("4 passed, 3 deselected, 2 xfailed, 1 xpassed in 1s", 6, 1),
    ],
)
def test_the_closing_line_of_pytest_is_understood(closing: str, passed: int, failed: int) -> None:
    counted = run_tests.outcomes(f"FAILED test_x - 7 failed attempts\n\n{closing}\n")
    if "no tests" in closing:
        counted.clear()
    assert (counted["passed"], counted["failed"]) == (passed, failed)


def test_the_last_line_sums_both_databases(capsys: pytest.CaptureFixture[str]) -> None:
    stages = [Stage("a", []), Stage("b", [])]
    results = [Result(0, "3 passed in 1s", 1), Result(1, "1 failed, 2 passed in 1s", 1)]
    assert run_tests.report_pytest(stages, results) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "5 passed, 1 failed"


def test_a_crash_counts_as_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_tests.report_pytest([Stage("a", [])], [Result(4, "usage error", 1)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 1 failed"


def test_no_test_at_all_is_a_failure_and_none_on_one_database_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    none, some = Result(5, "3 deselected in 1s", 1), Result(0, "1 passed in 1s", 1)
    two = [Stage("a", []), Stage("b", [])]
    assert run_tests.report_pytest(two, [some, none]) == 0
    assert run_tests.report_pytest(two, [none, none]) == 1


def test_the_first_failing_stage_stops_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    stages = [
        Stage("good", [sys.executable, "-c", ""]),
        Stage("bad", [sys.executable, "-c", "print('the reason'); exit(3)"]),
        Stage("never told", [sys.executable, "-c", ""]),
    ]
    failed = run_tests.run_static(stages, {})
    assert run_tests.report_static(failed) == 1
    printed = capsys.readouterr().out
    assert "the reason" in printed
    assert "never told" not in printed
    assert printed.splitlines()[-1] == "capphep test: stopped, bad failed"


def test_arguments_go_to_pytest_and_own_options_do_not() -> None:
    options, rest = run_tests.parse(["--database", "sqlite", "-k", "order", "--lf"])
    assert options.database == "sqlite"
    assert rest == ["-k", "order", "--lf"]


@pytest.mark.parametrize(
    ("runs", "shares"),
    [(["sqlite"], [None]), (["sqlite", run_tests.ONCE], ["database", "once"])],
)
def test_a_run_knows_whether_another_does_a_part(runs: list[str], shares: list[str | None]) -> None:
    with ExitStack() as stack:
        stages = [
            run_tests.pytest_stage(run, runs, stack, {"CAPPHEP_STATE_DIR": "/x"}, ["-x"])
            for run in runs
        ]
    assert [stage.environment.get("CAPPHEP_TESTS_SHARE") for stage in stages] == shares
    assert len({stage.environment["CAPPHEP_STATE_DIR"] for stage in stages}) == len(runs)
    assert all(stage.command[-1] == "-x" for stage in stages)


def test_the_output_of_two_runs_does_not_mix(capfd: pytest.CaptureFixture[str]) -> None:
    code = "import time\nfor i in range(3): print('{0}', i); time.sleep(0.05)"
    stages = [Stage(name, [sys.executable, "-uc", code.format(name)]) for name in ("one", "two")]
    results = run_tests.side_by_side(stages, {})
    assert [result.code for result in results] == [0, 0]
    lines = [line for line in capfd.readouterr().out.splitlines() if line[:4] in {"one ", "two "}]
    assert lines == [f"{name} {i}" for name in ("one", "two") for i in range(3)]


def test_a_temporary_postgres_comes_and_goes() -> None:
    with temporary_postgres() as url:
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT upper('đơn'), current_setting('fsync')").fetchone()
            folder = connection.execute("SHOW unix_socket_directories").fetchone()
        assert row == ("ĐƠN", "off")
    assert folder is not None
    assert not Path(folder[0]).exists()
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert folder[0] not in running.stdout
