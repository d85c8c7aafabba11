"""What the documents name in `code` is there: files, functions, constraints, tests."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "capphep"
FOLDERS = ("bench", "docs", "packages", "src", "tests", "tools")
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(
        path
        for name in FOLDERS
        for path in (ROOT / name).rglob("*.md")
        if "node_modules" not in path.parts
    ),
]
MODULES = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}

CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"[a-z_.*][\w.*{},-]*(/[\w.*{},-]+)+/?|[\w-]+\.(py|md|html)")
NAME = re.compile(r"\w*(\.[A-Za-z_]\w*)+")
WORD = re.compile(r"[a-z]\w*_\w+")


def named(text: str, pattern: re.Pattern[str]) -> list[str]:
    return [code for code in CODE.findall(text) if pattern.fullmatch(code)]


def missing_files(text: str, document: Path) -> list[str]:
    """From the document or a folder beside it, the package or the root on.

    A Python file may leave out its end. What stands above the modules may speak of a file that
    each of them has.
    """
    of_modules = [] if document.parent.name in MODULES else PACKAGE.glob("*/")
    places = [document.parent, *document.parent.glob("*/"), PACKAGE, ROOT, *of_modules]
    return [
        path
        for code in named(text, FILE)
        for path in spelled_out(code.rstrip("/"))
        if not any([*place.glob(path), *place.glob(f"{path}.py")] for place in places)
    ]


def spelled_out(path: str) -> Iterator[str]:
    """``a/{b,c}`` is ``a/b`` and ``a/c``."""
    before, brace, rest = path.partition("{")
    inner, _, after = rest.partition("}")
    yield from (before + one + after for one in inner.split(",")) if brace else [path]


def missing_names(text: str, document: Path) -> Iterator[str]:
    """Of the modules, or of the document's own one; ``.name`` goes on from the name before it."""
    own = f"{document.parent.name}." if document.parent.name in MODULES else ""
    before = ""
    for name in named(text, NAME):
        first = name.partition(".")[0]
        if FILE.fullmatch(name):
            continue
        if first and first not in MODULES and not (own and is_defined(own + first)):
            continue
        heads = before.split(".")
        longer = [".".join(heads[:end]) + name for end in range(len(heads), 0, -1)]
        found = [one for one in ([name, own + name] if first else longer) if is_defined(one)]
        before = found[0] if found else before
        if not found:
            yield name


@cache
def is_defined(name: str) -> bool:
    """A module, or what is reached from one by its attributes; a table may leave out `models`."""
    module, *rest = name.split(".")
    paths = [[module, *rest], [module, "models", *rest]]
    return any(reaches(["capphep", *path]) for path in paths)


def reaches(path: list[str]) -> bool:
    for end in range(len(path), 0, -1):
        try:
            found: object = importlib.import_module(".".join(path[:end]))
        except ModuleNotFoundError:
            continue
        for part in path[end:]:
            found = getattr(found, part, None)
        return found is not None
    return False


@cache
def words() -> set[str]:
    """Every word of the code, its tests and templates, and the names of the files."""
    paths = [
        path
        for name in FOLDERS
        for path in (ROOT / name).rglob("*")
        if path.suffix in (".py", ".html", ".js", ".yaml")
    ]
    inside = {word for path in paths for word in re.findall(r"\w+", path.read_text("utf-8"))}
    return inside | {path.stem for path in paths}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_names_only_what_is_there(document: Path) -> None:
    text = document.read_text("utf-8")
    assert missing_files(text, document) == []
    assert list(missing_names(text, document)) == []
    assert [word for word in named(text, WORD) if word not in words()] == []


def test_decisions_have_numbers_of_their_own_in_file_and_title() -> None:
    paths = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(path.name[:4]) for path in paths]
    assert len(set(numbers)) == len(numbers)
    for path in paths:
        assert path.read_text("utf-8").startswith(f"# {int(path.name[:4])}. ")


def test_each_rule_has_one_row() -> None:
    rows = re.findall(r"^\| (R\d+) \|", (ROOT / "docs/rules.md").read_text(), re.MULTILINE)
    assert rows == [f"R{number}" for number in range(1, len(rows) + 1)]


def settings_read() -> list[str]:
    """The variables that settings.py reads, by `config.environment` or `config.outside`."""
    tree = ast.parse((PACKAGE / "config" / "settings.py").read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    first = [call.args[0] for call in calls if call.args]
    names = [one.value for one in first if isinstance(one, ast.Constant)]
    return [name for name in names if isinstance(name, str) and name.startswith("CAPPHEP_")]


def settings_documented() -> list[str]:
    text = (PACKAGE / "config" / "settings.py").read_text("utf-8")
    return re.findall(r"^\| (CAPPHEP_\w+) \|", ast.get_docstring(ast.parse(text)) or "", re.M)


def test_each_setting_has_one_row() -> None:
    rows = settings_documented()
    assert len(rows) == len(set(rows))
    assert set(rows) == set(settings_read())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_names_only_settings_that_there_are(document: Path) -> None:
    named_there = set(re.findall(r"CAPPHEP_[A-Z_]*[A-Z]", document.read_text("utf-8")))
    assert {name.removesuffix("_FILE") for name in named_there} - set(
        settings_documented()
    ) == set()
