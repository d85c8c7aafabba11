"""The jobs that go on by themselves: in the server, or by `./capphep worker`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from capphep.platform import clock
from capphep.platform.models import Tick
from capphep.shell import worker
from capphep.shell.worker import Job
from tests.plumbing.kills import environment

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


def same_database() -> dict[str, str]:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return {"CAPPHEP_DATABASE_URL": f"sqlite:///{name}"}
    server = os.environ["CAPPHEP_DATABASE_URL"].rpartition("/")[0]
    return {"CAPPHEP_DATABASE_URL": f"{server}/{name}"}


def broken() -> int:
    raise ZeroDivisionError


def test_a_job_that_fails_says_so_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done = threading.Event()
    stopped = threading.Event()

    def other() -> int:
        done.set()
        return 0

    jobs = (Job("broken", broken, seconds=60), Job("other", other, seconds=60))
    monkeypatch.setattr(worker, "JOBS", jobs)
    thread = threading.Thread(target=worker.work_until, args=(stopped,))
    thread.start()
    assert done.wait(10)
    stopped.set()
    thread.join(10)
    assert not thread.is_alive()
    assert "The worker failed at broken" in caplog.text


def test_a_job_is_asked_again_while_it_finds_something(monkeypatch: pytest.MonkeyPatch) -> None:
    left = [3, 2, 1, 0]
    monkeypatch.setattr(worker, "JOBS", (Job("some", lambda: left.pop(0), seconds=60),))
    worker.work_once()
    assert left == []


def test_the_command_does_once_what_there_is() -> None:
    call_command("worker", "--once")
    assert Tick.objects.get().last_day == clock.today()


def test_the_command_works_until_it_is_told_to_stop() -> None:
    process = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "worker"],
        env=environment() | same_database(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "tick" in process.stdout.readline()
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(30) == 0
