"""What the tests need from the machine, installed where that is possible, never skipped."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path


class Missing(Exception):
    """One sentence that names what is missing and could not be installed."""


def postgres_bin() -> Path:
    """The folder of initdb and postgres; installs PostgreSQL when this may be done."""
    found = find_postgres_bin() or (apt_install("postgresql") and find_postgres_bin())
    if not found:
        raise Missing("PostgreSQL is missing: install the package postgresql (initdb, postgres).")
    return found


def find_postgres_bin() -> Path | None:
    def version(folder: Path) -> tuple[int, ...]:
        return tuple(int(part) for part in folder.parent.name.split(".") if part.isdigit())

    # Debian keeps the server's programs off the PATH, one folder per version.
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def require_chromium() -> None:
    """Debian's Chromium, else the one that Playwright downloads; tests/plumbing finds both."""
    if shutil.which("chromium") or playwright_has_chromium():
        return
    if apt_install("chromium") and shutil.which("chromium"):
        return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if not playwright_has_chromium():
        raise Missing("Chromium is missing: install the package chromium.")


def playwright_has_chromium() -> bool:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def apt_install(package: str) -> bool:
    """Install a Debian package; False where this user or this system cannot."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"installing the package {package} …", flush=True)
    apt_update()
    return _apt("install", "--yes", "--no-install-recommends", package)


@functools.cache
def apt_update() -> bool:
    return _apt("update")


def _apt(*arguments: str) -> bool:
    done = subprocess.run(
        ["apt-get", "-q", *arguments],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout[-2000:] + done.stderr[-2000:], flush=True)
    return done.returncode == 0
