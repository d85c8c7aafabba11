"""Make `.venv` and install a locked set of packages into it; called by the launcher.

Runs on the machine's own Python (3.11 or newer) with its standard library alone.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MADE = VENV / "capphep-made"
QUIET = ("--quiet", "--disable-pip-version-check", "--no-input")


def main(lock: str) -> int:
    """Install `requirements/<lock>.txt`; a second start waits here until the first is done."""
    # The kernel drops this lock with its process: an interrupted start leaves nothing behind.
    with (ROOT / ".venv.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if is_installed(lock):
            return 0
        print(f"capphep: installing its {lock} packages into .venv …", file=sys.stderr, flush=True)
        return make_venv() or install(lock)


def remembered(lock: str) -> Path:
    return VENV / f"capphep-{lock}.txt"


def wanted(lock: str) -> Path:
    return ROOT / "requirements" / f"{lock}.txt"


def is_installed(lock: str) -> bool:
    marker = remembered(lock)
    if not (PYTHON.exists() and marker.exists()):
        return False
    return marker.read_bytes() == wanted(lock).read_bytes()


def make_venv() -> int:
    if PYTHON.exists() and MADE.exists():
        return 0
    # The real file, not a shim or `python3`: when that Python goes, the link breaks and is noticed.
    base = os.path.realpath(sys.executable)
    made = run([base, "-m", "venv", "--clear", str(VENV)])
    if made.returncode:
        return fail(made, "could not make .venv (on Debian and Ubuntu: install python3-venv)")
    MADE.touch()
    return 0


def install(lock: str) -> int:
    remembered(lock).unlink(missing_ok=True)
    done = install_with_uv(wanted(lock))
    if done is None or done.returncode:
        done = run([str(PYTHON), "-m", "pip", "install", *QUIET, "-r", str(wanted(lock))])
    if done.returncode:
        return fail(done, f"could not install requirements/{lock}.txt")
    # The development lock holds the runtime pins too (tools/lock.sh): one start installs both.
    for name in {lock, "runtime"}:
        shutil.copyfile(wanted(name), remembered(name))
    return 0


def install_with_uv(
    lock_file: Path, target: Path | None = None
) -> subprocess.CompletedProcess[str] | None:
    """Install by uv, several times faster than pip; None where uv cannot be had.

    Into `.venv`, or into the folder ``target`` alone.
    """
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        pip = [str(PYTHON), "-m", "pip", "install", *QUIET, "--retries", "1"]
        if run([*pip, "-r", str(wanted("installer"))]).returncode or not uv.exists():
            return None
    command = [str(uv), "pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes"]
    into = ["--target", str(target)] if target else []
    return run([*command, *into, "-r", str(lock_file)], uv_environment())


def uv_environment() -> dict[str, str]:
    """Hand pip's package index on to uv, which does not read pip's configuration."""
    environment = dict(os.environ)
    if not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & environment.keys():
        asked = run([str(PYTHON), "-m", "pip", "config", "get", "global.index-url"])
        index = environment.get("PIP_INDEX_URL") or asked.stdout.strip()
        if index:
            environment["UV_DEFAULT_INDEX"] = index
    return environment


def run(
    command: list[str], environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def fail(done: subprocess.CompletedProcess[str], sentence: str) -> int:
    lines = (done.stderr or done.stdout).strip().splitlines()
    print("\n".join(lines[-8:]), file=sys.stderr)
    print(f"capphep: {sentence}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
