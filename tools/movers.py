"""Which function moves which state table by which verb, read from the source itself.

A status is written by `platform.moves.move` alone; whoever passes it a table and a verb moves that
table. A function that passes its own parameter ``verb`` on is a mover for its callers.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

MOVE: Final = "capphep.platform.moves.move"
_OF_MOVE: Final = ["record", "table", "verb"]
# What takes hold of a record asks for the permission; other callees have actions of their own.
_ASKING: Final = ("lock", "require")


@dataclass(frozen=True)
class Function:
    """A function at the top of a module; ``name`` begins with that of the module."""

    name: str
    node: ast.FunctionDef
    imports: Mapping[str, str]

    @property
    def parameters(self) -> list[str]:
        arguments = self.node.args
        return [one.arg for one in (*arguments.args, *arguments.kwonlyargs)]

    @property
    def is_action(self) -> bool:
        return ".actions." in self.name and not self.is_private

    @property
    def is_private(self) -> bool:
        return self.node.name.startswith("_")

    @property
    def summary(self) -> str:
        """The first sentence of its docstring, without the number of its rule."""
        text = " ".join((ast.get_docstring(self.node) or "").split())
        sentence = text.split(". ")[0].rstrip(".")
        said = sentence.partition(": ")[2] if sentence.startswith("RULE ") else sentence
        return said[:1].upper() + said[1:]

    @cached_property
    def calls(self) -> list[tuple[str, ast.Call]]:
        """The full name of each function that it calls, and the call."""
        called = (node for node in ast.walk(self.node) if isinstance(node, ast.Call))
        return [(_full_name(call.func, self.imports), call) for call in called]


@dataclass
class _Moves:
    """What one function moves: ``known`` are (table, verb), ``passed`` tables by its parameter."""

    known: set[tuple[str, str]] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.known) + len(self.passed)


class Movers:
    """The functions of a package, and what they move."""

    def __init__(self, package: Path) -> None:
        self.functions = dict(_functions_in(package))
        self._moves: dict[str, _Moves] = defaultdict(_Moves)
        before = -1
        while (now := sum(map(len, self._moves.values()))) != before:
            before = now
            for function in self.functions.values():
                self._look_at(function)

    def movers_of(self, table: str, verb: str) -> list[Function]:
        """The actions that move the table by the verb; else those whose callers choose it."""
        named = [name for name, moves in self._moves.items() if (table, verb) in moves.known]
        passing = [name for name, moves in self._moves.items() if table in moves.passed]
        for names in (named, passing):
            found = [self.functions[name] for name in sorted(names)]
            if actions := [one for one in found if one.is_action]:
                return actions
        return []

    def permissions_of(self, function: Function) -> set[str]:
        """The names in `Permission` that the function asks for, itself or where it locks."""
        return {
            node.attr
            for name in (function.name, *self.asked_by(function))
            for node in ast.walk(self.functions[name].node)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "Permission"
        }

    def asked_by(self, function: Function) -> set[str]:
        """The locking and requiring functions that it calls, and those that they call."""
        found: set[str] = set()
        for name, _call in function.calls:
            callee = self.functions.get(name)
            if callee and any(word in callee.node.name for word in _ASKING):
                found |= {name} if name == function.name else {name} | self.asked_by(callee)
        return found

    def _look_at(self, function: Function) -> None:
        moves = self._moves[function.name]
        for table, verb in self._moved_by(function):
            if isinstance(verb, ast.Constant):
                moves.known.add((table, str(verb.value)))
            elif isinstance(verb, ast.Name) and verb.id in function.parameters:
                moves.passed.add(table)

    def _moved_by(self, function: Function) -> Iterator[tuple[str, ast.expr | None]]:
        for name, call in function.calls:
            callee = self.functions.get(name)
            if name == MOVE:
                table = _argument(call, _OF_MOVE, "table")
                if table is not None:
                    full = _full_name(table, function.imports)
                    yield full, _argument(call, _OF_MOVE, "verb")
            elif callee:
                moves = self._moves[name]
                for passed in sorted(moves.passed):
                    yield passed, _argument(call, callee.parameters, "verb")
                # What a private helper moves, its caller moves.
                for known, verb in sorted(moves.known) if callee.is_private else ():
                    yield known, ast.Constant(verb)


def _functions_in(package: Path) -> Iterator[tuple[str, Function]]:
    for path in sorted(package.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        module = ".".join(path.relative_to(package.parent).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = _names_in(tree, module)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                yield names[node.name], Function(names[node.name], node, names)


def _names_in(tree: ast.Module, module: str) -> dict[str, str]:
    """By the name in the module the full name of what it imports and what it defines."""
    names = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            for one in node.names:
                names[one.asname or one.name] = f"{node.module}.{one.name}"
        elif isinstance(node, ast.FunctionDef):
            names[node.name] = f"{module}.{node.name}"
        elif isinstance(node, ast.Assign):
            targets = [one for one in node.targets if isinstance(one, ast.Name)]
            names |= {one.id: f"{module}.{one.id}" for one in targets}
    return names


def _full_name(node: ast.expr, names: Mapping[str, str]) -> str:
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{_full_name(node.value, names)}.{node.attr}"
    return ""


def _argument(call: ast.Call, parameters: list[str], wanted: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == wanted:
            return keyword.value
    index = parameters.index(wanted) if wanted in parameters else len(call.args)
    return call.args[index] if index < len(call.args) else None
