"""The launcher, in a project of two files: what it finds, installs, remembers and starts."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

# Nothing here depends on the database.
pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
SHELL_TOOLS = ("sh", "dirname", "readlink", "cmp")
MANAGE = """\
import os, sys
print("|".join([*sys.argv[1:], os.getcwd(), os.environ["PYTHONPATH"]]))
"""


def make_project(folder: Path) -> Path:
    """A copy of the launcher whose locks are empty, so that nothing has to be downloaded."""
    for name in ("requirements", "tools", "src"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / "capphep", folder)
    shutil.copy(ROOT / "tools" / "bootstrap.py", folder / "tools")
    for lock in ("installer", "runtime", "dev"):
        (folder / "requirements" / f"{lock}.txt").write_text(f"# {lock}\n")
    (folder / "manage.py").write_text(MANAGE)
    (folder / "tools" / "run_tests.py").write_text(MANAGE)
    (folder / "bench").mkdir()
    (folder / "bench" / "__main__.py").write_text(MANAGE)
    return folder


class FirstStarts(NamedTuple):
    """Two first starts at once, over an environment that was left half made."""

    folder: Path
    codes: list[int]
    outputs: list[tuple[str, str]]


@pytest.fixture(scope="module")
def first_starts(tmp_path_factory: pytest.TempPathFactory) -> FirstStarts:
    """Done once, for it takes long; the path has a space and letters beyond ASCII."""
    folder = make_project(tmp_path_factory.mktemp("a place") / "của tôi")
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 3\n")
    python.chmod(0o755)
    both = [
        subprocess.Popen(
            [folder / "capphep", "up"],
            env=os.environ | {"PYTHONPATH": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=300) for process in both]
    return FirstStarts(folder, [process.returncode for process in both], outputs)


@pytest.fixture
def project(first_starts: FirstStarts) -> Path:
    return first_starts.folder


def start(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [folder / "capphep", *arguments],
        cwd=environment.pop("cwd", "/"),
        env=os.environ | {"PYTHONPATH": ""} | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def installed_now(done: subprocess.CompletedProcess[str]) -> bool:
    return "installing" in done.stderr


def old_python(folder: Path) -> Path:
    """A PATH on which every Python is 3.9."""
    folder.mkdir()
    for name in SHELL_TOOLS:
        (folder / name).symlink_to(shutil.which(name) or name)
    script = folder / "python3"
    script.write_text("#!/bin/sh\ncase $2 in *print*) echo 3.9 ;; *) exit 1 ;; esac\n")
    script.chmod(0o755)
    return folder


def test_two_first_starts_over_a_half_made_environment_install_once(
    first_starts: FirstStarts,
) -> None:
    assert first_starts.codes == [0, 0]
    assert all(output.startswith("up|") for output, _ in first_starts.outputs)
    assert sum("installing" in errors for _, errors in first_starts.outputs) == 1


def test_too_old_a_python_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    done = start(folder, "up", PATH=str(old_python(tmp_path / "bin")))
    assert done.returncode == 1
    assert done.stderr == "capphep needs Python 3.11 or newer (python3 here is 3.9).\n"


def test_no_python_at_all_is_one_sentence_too(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    programs = old_python(tmp_path / "bin")
    (programs / "python3").unlink()
    done = start(folder, "up", PATH=str(programs))
    assert done.returncode == 1
    assert done.stderr == "capphep needs Python 3.11 or newer.\n"


def test_other_words_go_to_manage_py_in_the_directory_of_the_person(
    project: Path, tmp_path: Path
) -> None:
    done = start(project, "import_customers", "my file.xlsx", cwd=str(tmp_path))
    assert done.stdout.strip() == f"import_customers|my file.xlsx|{tmp_path}|{project}/src"
    assert not installed_now(done)


def test_a_link_to_the_launcher_starts_the_project(project: Path, tmp_path: Path) -> None:
    link = tmp_path / "capphep"
    link.symlink_to(project / "capphep")
    assert start(tmp_path, "up").stdout.startswith("up|")


def test_test_installs_the_development_lock_and_up_leaves_it(project: Path) -> None:
    first = start(project, "test", "-k", "order")
    assert installed_now(first)
    assert first.stdout.startswith("-k|order|")
    assert not installed_now(start(project, "up"))
    assert not installed_now(start(project, "test"))


def test_bench_goes_to_the_measurements_in_the_directory_of_the_person(
    project: Path, tmp_path: Path
) -> None:
    done = start(project, "bench", "cycle", "--quick", cwd=str(tmp_path))
    assert done.stdout.strip() == f"cycle|--quick|{tmp_path}|{project}:{project}/src"


def test_a_changed_lock_is_installed_once(project: Path) -> None:
    (project / "requirements" / "runtime.txt").write_text("# another\n")
    assert installed_now(start(project, "up"))
    assert not installed_now(start(project, "up"))


def test_an_interrupted_install_is_done_again(project: Path) -> None:
    (project / ".venv" / "capphep-runtime.txt").write_text("# ru")
    assert installed_now(start(project, "up"))


def test_a_lock_that_cannot_be_installed_is_named(project: Path) -> None:
    lock = project / "requirements" / "runtime.txt"
    before = lock.read_text()
    lock.write_text("this is not a requirement !\n")
    done = start(project, "up")
    lock.write_text(before)
    assert done.returncode == 1
    assert done.stderr.endswith("capphep: could not install requirements/runtime.txt.\n")
    assert "Traceback" not in done.stderr


def test_the_locks_hold_hashes_and_no_address_or_path() -> None:
    for lock in ("installer", "runtime", "dev"):
        text = (ROOT / "requirements" / f"{lock}.txt").read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "index" not in text
        assert "/work" not in text and "/home" not in text


def test_the_development_lock_agrees_with_the_runtime_lock() -> None:
    def pins(lock: str) -> set[str]:
        text = (ROOT / "requirements" / f"{lock}.txt").read_text()
        return {line.split(" ")[0] for line in text.splitlines() if "==" in line}

    assert pins("runtime") <= pins("dev")
