"""The pictures of the user's guide, made from the running app.

    ./capphep guide            makes all pictures, in both languages
    ./capphep guide --check    names pages and pictures that are missing, or that nothing leads to

A server of its own with demo data is started for each language, in a folder of its own, and
stopped after it; its clock begins at the same moment each time. A picture that differs from the
stored one by nothing that a person would see stays as it is.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tools.guide.album import FOLDER
from tools.guide.checking import LANGUAGES, problems
from tools.machine import Missing, require_chromium

ROOT = Path(__file__).resolve().parents[2]
# When the pictures are taken, whenever that is: Wednesday, 25/11/2026, nine o'clock in Việt Nam.
MOMENT = 1_795_572_000


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="capphep guide",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--check", action="store_true", help="make nothing, say what is missing")
    parser.add_argument("--language", choices=LANGUAGES, help="this one only")
    options = parser.parse_args(arguments)
    if not options.check:
        try:
            require_chromium()
        except Missing as missing:
            print(f"capphep guide: {missing}")
            return 1
        for language in [options.language] if options.language else LANGUAGES:
            taken(language)
    found = problems()
    print("\n".join(found) or f"capphep guide: complete, {megabytes():.1f} MB of pictures")
    return 1 if found else 0


def taken(language: str) -> None:
    with tempfile.TemporaryDirectory(prefix="capphep-guide-") as state_dir:
        command = [sys.executable, "-m", "tools.guide.taking", language]
        subprocess.run(command, cwd=ROOT, env=environment(state_dir), check=True)


def environment(state_dir: str) -> dict[str, str]:
    """No setting of the person's own capphep; the clock moved by `clock/sitecustomize.py`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CAPPHEP_")}
    folders = [ROOT / "tools" / "guide" / "clock", ROOT / "src", ROOT]
    return kept | {
        "CAPPHEP_STATE_DIR": state_dir,
        "CAPPHEP_PUBLIC_URL": "https://capphep.example.vn",
        "CAPPHEP_VENDOR_NAME": "CÔNG TY PHẦN MỀM VÍ DỤ",
        "CAPPHEP_CLOCK": time.strftime("%Y-%m-%d", time.gmtime(MOMENT)),
        "GUIDE_CLOCK_MOVED": str(MOMENT - int(time.time())),
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "DJANGO_SETTINGS_MODULE": "capphep.config.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "yes",
    }


def megabytes() -> float:
    return sum(path.stat().st_size for path in FOLDER.rglob("*.webp")) / 1e6


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
