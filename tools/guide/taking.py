"""The pictures of one language: a server with demo data, a browser, the walk. Run by `__main__`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]
READY = "capphep is ready at "
BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]


def main(language: str) -> None:
    with served() as address:
        django.setup()
        from django.utils import translation
        from playwright.sync_api import sync_playwright

        from tools.guide.people import Guide
        from tools.guide.walk import walk

        with sync_playwright() as playwright, translation.override(language):
            chromium = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=BROWSER
            )
            walk(Guide(chromium, address, language))
            chromium.close()


@contextmanager
def served() -> Iterator[str]:
    """Its address. What it prints is shown where it does not start."""
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "compile_catalogues"], cwd=ROOT, check=True, capture_output=True)
    server = subprocess.Popen(
        [*manage, "up", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    try:
        said = []
        for line in server.stdout:
            said.append(line)
            if line.startswith(READY):
                break
        else:
            sys.exit("".join(said))
        yield said[-1].removeprefix(READY).strip()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(sys.argv[1])
