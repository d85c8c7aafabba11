"""Where a measurement runs: its own databases, its own files, the fastest Python there is."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.postgres import durable_postgres, temporary_postgres

ROOT = Path(__file__).resolve().parents[2]
# As in production: what was committed is on the disk.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@contextmanager
def state_dir() -> Iterator[Path]:
    """A folder for databases and files, on the disk of the system's temporary files."""
    with tempfile.TemporaryDirectory(prefix="capphep-bench-") as folder:
        yield Path(folder)


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL of one's own that keeps what was committed through a power cut."""
    with temporary_postgres(**DURABLE) as url:
        yield url


def kept(name: str) -> Path:
    """A folder whose content outlives the run: what takes long to make and is only read."""
    folder = Path(tempfile.gettempdir()) / f"capphep-bench-kept-{os.getuid()}" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def kept_postgres(folder: Path, **settings: str) -> Iterator[str]:
    """The URL of a server whose databases are in ``folder`` and stay there."""
    with durable_postgres(folder, **DURABLE, **settings) as url:
        yield url


def environment(folder: Path, database_url: str = "") -> dict[str, str]:
    """For a process of capphep in ``folder``; no database URL is SQLite there."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {k: v for k, v in os.environ.items() if not k.startswith("CAPPHEP_")}
    own |= {
        "CAPPHEP_STATE_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "capphep.config.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    return own | ({"CAPPHEP_DATABASE_URL": database_url} if database_url else {})


def fastest_python() -> str:
    """This Python, or the distribution's of the same version where this one is not optimised.

    The same loops take up to 2.6 times as long on one built without PGO, as pyenv builds it.
    """
    version = "{}.{}".format(*sys.version_info)
    other = Path(f"/usr/bin/python{version}")
    if is_optimised(sys.executable) or not other.exists():
        return sys.executable
    return str(other) if is_optimised(str(other)) else sys.executable


def with_packages(python: str, folder: Path) -> str:
    """The Python as it has to be called to find the project's packages."""
    if python == sys.executable:
        return python
    subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True)
    [site] = folder.glob("lib/python*/site-packages")
    (site / "capphep.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return str(folder / "bin" / "python")


def is_optimised(python: str) -> bool:
    """Whether the Python was built with PGO.

    Distributions do so, and not all of them say it: those of Debian describe another build.
    """
    code = "import sysconfig; print(sysconfig.get_config_var('CONFIG_ARGS'), end='')"
    built = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    if built.returncode:
        return False
    home = os.path.realpath(python)
    return "--enable-optimizations" in built.stdout or home.startswith("/usr/bin/python")


def described(python: str) -> str:
    """One line: which Python, how it was built, on what."""
    code = "import platform, sqlite3; print(platform.python_version(), sqlite3.sqlite_version)"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    version, sqlite = done.stdout.split()
    built = "built with PGO" if is_optimised(python) else "built WITHOUT PGO: slower"
    load = os.getloadavg()[0]
    return (
        f"Python {version} ({python}, {built}), SQLite {sqlite}, "
        f"{os.cpu_count()} cores, load {load:.1f}"
    )
