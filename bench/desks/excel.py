"""Excel in and out of one data set, by the jobs that people wait for: rows a second, and memory.

    python -m bench.desks.excel --rows 100000     # in the environment of a site (`sites`)

New customers come in by an upload, a check and an import, and go out again as a workbook with
those that are there. All of it happens in one transaction that is rolled back, so that the data
set stays as it is; what 1,000 rows a commit cost on the disk is therefore not in the figures.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import django
import xlsxwriter
from django.conf import settings

django.setup()

from django.db import transaction  # noqa: E402

from capphep.crm.imports.customer_rows import SHEET  # noqa: E402
from capphep.crm.models import Customer  # noqa: E402
from capphep.exchange import actions, exporting, running  # noqa: E402
from capphep.platform import jobs  # noqa: E402
from capphep.platform.job_states import JobState  # noqa: E402
from capphep.platform.models import BackgroundJob, User  # noqa: E402
from capphep.platform.roles import Role  # noqa: E402

FIRST_CODE: Final = 9_000_000
PROVINCES: Final = ("Nghệ An", "Hà Tĩnh", "Thanh Hóa", "Cà Mau", "TP. Huế")
_KINDS: Final = (*running.KINDS, *exporting.KINDS)
_STATUS: Final = Path("/proc/self/status")
_RESET: Final = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Figure:
    """One step: rows, what they took, and the most memory that the process had meanwhile."""

    rows: int
    seconds: float
    cpu_seconds: float
    peak_mib: int

    @property
    def rows_per_second(self) -> int:
        return round(self.rows / self.seconds)

    def told(self) -> dict[str, float]:
        return {**asdict(self), "rows_per_second": self.rows_per_second}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    figures = {name: figure.told() for name, figure in measured(rows).items()}
    for name, told in figures.items():
        print(f"{name:7} {told['rows_per_second']:>9,} rows/s, {told['peak_mib']:>5} MiB")
    print(json.dumps(figures))


def measured(rows: int) -> dict[str, Figure]:
    """Uploading, checking, entering and exporting so many customers, by the names of the steps."""
    with TemporaryDirectory(prefix="capphep-bench-excel-") as folder, rolled_back():
        settings.JOB_FILES_DIR = Path(folder)
        book = Path(folder) / "customers.xlsx"
        write_customers(book, rows)
        seller = User.objects.filter(role=Role.SALES).order_by("pk")[0]
        figures = {"upload": timed(rows, lambda: upload(seller, book))}
        figures["check"] = timed(rows, lambda: do(actions.check, seller))
        figures["import"] = timed(rows, lambda: do(actions.begin, seller))
        reader = User.objects.filter(role=Role.MANAGER, team=None).order_by("pk")[0]
        figures["export"] = timed(Customer.objects.count(), lambda: export(reader))
        return figures


@contextmanager
def rolled_back() -> Iterator[None]:
    all_of_it = transaction.atomic()
    # As in tests: within it a job may be claimed, which is durable elsewhere.
    all_of_it._from_testcase = True  # type: ignore[attr-defined]
    with all_of_it:
        yield
        transaction.set_rollback(True)


def write_customers(path: Path, rows: int) -> None:
    """A workbook as another system exports it: every column that most of them know."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet(SHEET.title)
    sheet.write_row(0, 0, list(SHEET.columns.values()))
    for number in range(rows):
        row = customer(number)
        sheet.write_row(number + 1, 0, [row.get(name, "") for name in SHEET.columns])
    book.close()


def customer(number: int) -> dict[str, str]:
    commune = f"Xã Đông Hải {number % 3000}"
    return {
        "budget_code": str(FIRST_CODE + number),
        "name": f"Ủy ban nhân dân {commune} số {number}",
        "org_type": "Đơn vị HCSN cấp Xã/Phường",
        "public_unit_kind": "UBND Xã/Phường",
        "sector": "UBND cấp xã",
        "level": "Xã",
        "chapter_code": "805",
        "province": PROVINCES[number % len(PROVINCES)],
        "commune": commune,
        "address": f"Thôn {number % 40}, {commune}",
        "phone": f"02{number % 100_000_000:08d}",
        "full_name": f"Nguyễn Văn {number % 400}",
        "position": "Kế toán trưởng",
    }


def upload(seller: User, book: Path) -> None:
    with book.open("rb") as file:
        chunks = iter(lambda: file.read(1 << 20), b"")
        actions.upload(actor=seller, kind_name="customers", name=book.name, chunks=chunks)


def do(ask: Callable[..., BackgroundJob], seller: User) -> None:
    """Have the newest import worked on by the job that ``ask`` submits."""
    one = actions.imports_of(seller).order_by("-pk")[0]
    done = work(ask(actor=seller, import_id=one.pk))
    if rejected := done.counts["rejected"]:
        raise SystemExit(f"{rejected} rows did not enter")


def export(reader: User) -> None:
    work(exporting.export_later(actor=reader, name="crm.customers", query=""))


def work(job: BackgroundJob) -> BackgroundJob:
    while jobs.work_next(_KINDS):
        pass
    job.refresh_from_db()
    if job.state != JobState.DONE:
        raise SystemExit(f"{job.kind}: {job.problem}")
    return job


def timed(rows: int, call: Callable[[], object]) -> Figure:
    forget_peak()
    began, cpu = time.perf_counter(), time.process_time()
    call()
    took, used = time.perf_counter() - began, time.process_time() - cpu
    return Figure(rows, round(took, 2), round(used, 2), peak_mib())


def forget_peak() -> None:
    """Let the peak begin anew, where the system can do that (Linux)."""
    if _RESET.exists():
        _RESET.write_text("5")


def peak_mib() -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text()) if _STATUS.exists() else None
    kib = int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kib // 1024


if __name__ == "__main__":
    main()
