"""What the package promises to those who build it in."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import capphep_licence
from samples import KEYS, TEXT

FOLDER = Path(__file__).resolve().parents[1]
SOURCES = sorted((FOLDER / "src" / "capphep_licence").glob("*.py"))


def test_it_needs_cryptography_and_nothing_else() -> None:
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text("utf-8"))["project"]
    assert [one.partition(">")[0] for one in project["dependencies"]] == ["cryptography"]
    imported = {name.partition(".")[0] for path in SOURCES for name in imports(path)}
    assert imported - sys.stdlib_module_names == {"cryptography", "capphep_licence"}


def imports(path: Path) -> list[str]:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]
    froms = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return plain + froms


def test_it_is_typed_and_names_what_it_offers() -> None:
    assert (FOLDER / "src" / "capphep_licence" / "py.typed").exists()
    assert all(hasattr(capphep_licence, name) for name in capphep_licence.__all__)


def test_the_lines_of_the_readme_work(tmp_path: Path) -> None:
    """Run as they stand there, beside a licence that somebody fetched."""
    text = (FOLDER / "README.md").read_text("utf-8")
    [lines, *_] = [part.partition("```")[0] for part in text.split("```python\n")[1:]]
    (tmp_path / "licence.jws").write_text(TEXT)
    (tmp_path / "keys.py").write_text(f"KEYS = {KEYS!r}\n")
    frozen = "import time; time.time = lambda: 1795575600.0\n"
    (tmp_path / "product.py").write_text(frozen + lines)
    done = subprocess.run(
        [sys.executable, "product.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(FOLDER / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "150" in done.stdout
