"""YAML as nodes that know their line; every mistake is collected, none is guessed away."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from capphep.catalog.plans import Mistake
from capphep.pure.errors import Refusal, gettext_noop
from capphep.pure.folding import clean

MAX_BYTES: Final = 1024 * 1024
_MAX_DEPTH: Final = 30
_TAG: Final = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"[0-9]{1,18}", re.ASCII)
# libyaml's parser where PyYAML was built with it: some twenty times as fast.
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(content: bytes) -> yaml.Node | None:
    """The root node; None for an empty document.

    Raises Mistake for what is not UTF-8, not YAML, or YAML with anchors or more than one
    document.
    """
    if len(content) > MAX_BYTES:
        message = gettext_noop("The file is larger than %(max)s MiB.")
        raise Mistake(1, "file_too_large", message, params={"max": MAX_BYTES // 1024 // 1024})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Mistake(line, "not_utf8", gettext_noop("The file is not UTF-8 text.")) from error
    try:
        _check_events(text)
        return yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _not_yaml(error, text) from error


def line_of(node: yaml.Node) -> int:
    return _line(node.start_mark)


def _line(mark: Any) -> int:
    return int(mark.line) + 1


def _check_events(text: str) -> None:
    """Refuse anchors (a short file could stand for an endless one) and bottomless nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = _line(event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            raise Mistake(line, "too_deep", gettext_noop("This is nested too deeply."))
        if getattr(event, "anchor", None):
            message = gettext_noop("Anchors and aliases (& and *) are not used here.")
            raise Mistake(line, "anchor", message)


def _not_yaml(error: yaml.YAMLError, text: str) -> Mistake:
    message = gettext_noop("This is not YAML: %(detail)s.")
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line, detail = (_line(mark) if mark else 1), error.problem or error.context
    else:
        # A character that YAML does not allow; the error knows its position alone.
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        detail = getattr(error, "reason", "")
    return Mistake(line, "not_yaml", message, params={"detail": detail})


@dataclass(frozen=True, slots=True)
class Fields:
    """The entries of one mapping, by key, and the line on which it begins."""

    nodes: Mapping[str, yaml.Node]
    line: int

    def line_of(self, key: str) -> int:
        return line_of(self.nodes[key]) if key in self.nodes else self.line


class Reader:
    """Takes nodes apart. What is wrong goes into ``mistakes``; a harmless value stands in."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def refuse(self, line: int, code: str, message: str, **params: object) -> None:
        self.mistakes.append(Mistake(line, code, message, params=params))

    def refuse_as(self, line: int, refusal: Refusal) -> None:
        """A refusal of `pure`, at this line."""
        self.mistakes.append(
            Mistake(line, refusal.code, refusal.message, rule=refusal.rule, params=refusal.params)
        )

    def fields(self, node: yaml.Node | None, needed: str, optional: str = "") -> Fields:
        """The entries of a mapping whose keys are the words of ``needed`` and ``optional``."""
        line = line_of(node) if node else 1
        if not isinstance(node, yaml.MappingNode):
            keys = ", ".join(needed.split())
            self.refuse(
                line, "not_mapping", gettext_noop("Here belong entries: %(keys)s."), keys=keys
            )
            return Fields({}, line)
        found = self._unique(node)
        known = [*needed.split(), *optional.split()]
        self._check_known(found, known)
        for key in needed.split():
            if key not in found:
                self.refuse(line, "missing", gettext_noop("“%(key)s” is missing here."), key=key)
        return Fields({key: value for key, (_, value) in found.items() if key in known}, line)

    def _unique(self, node: yaml.MappingNode) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            name = clean(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in found:
                message = gettext_noop("“%(value)s” stands already on line %(first)s.")
                first = line_of(found[name][0])
                self.refuse(line_of(key), "twice", message, value=name, first=first)
            found[name] = key, value
        return found

    def _check_known(
        self, found: Mapping[str, tuple[yaml.Node, yaml.Node]], known: Collection[str]
    ) -> None:
        for name, (key, _) in found.items():
            if name not in known:
                message = gettext_noop("“%(key)s” is not known here; known are %(known)s.")
                self.refuse(line_of(key), "unknown_key", message, key=name, known=", ".join(known))

    def sequence(self, fields: Fields, key: str, *, least: int = 0) -> list[yaml.Node]:
        """The elements of a list; a missing one is empty (and was reported if it is needed)."""
        node = fields.nodes.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode) or len(node.value) < least:
            message = gettext_noop("“%(key)s” is a list of at least %(least)s.")
            self.refuse(line_of(node), "not_list", message, key=key, least=least)
            return []
        return list(node.value)

    def text(self, fields: Fields, key: str, longest: int) -> str:
        """A text on one line, NFC and trimmed; empty where it is missing or wrong."""
        if key not in fields.nodes:
            return ""
        return self.scalar(fields.nodes[key], key, longest)

    def scalar(self, node: yaml.Node, key: str, longest: int) -> str:
        text = clean(node.value) if isinstance(node, yaml.ScalarNode) else ""
        if not text or node.tag == f"{_TAG}null":
            self.refuse(line_of(node), "not_text", gettext_noop("“%(key)s” is a text."), key=key)
            return ""
        if len(text) > longest:
            message = gettext_noop("“%(key)s” has at most %(max)s characters.")
            self.refuse(line_of(node), "too_long", message, key=key, max=longest)
            return ""
        return text

    def truth(self, fields: Fields, key: str, default: bool) -> bool:
        node = fields.nodes.get(key)
        if node is None:
            return default
        found = _truth_of(node)
        if found is None:
            self.refuse(
                line_of(node), "not_truth", gettext_noop("“%(key)s” is yes or no."), key=key
            )
            return default
        return found

    def plain(self, node: yaml.Node) -> Any:
        """The node as JSON: mappings, lists, texts, whole numbers, true and false."""
        if isinstance(node, yaml.MappingNode):
            return {key: self.plain(value) for key, (_, value) in self._unique(node).items()}
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(each) for each in node.value]
        if node.tag == f"{_TAG}null":
            return None
        found = _truth_of(node)
        if found is not None:
            return found
        if node.tag == f"{_TAG}int" and _WHOLE.fullmatch(node.value):
            return int(node.value)
        return clean(str(node.value))


def _truth_of(node: yaml.Node) -> bool | None:
    """True or false; None for anything else, whatever its tag claims."""
    if node.tag != f"{_TAG}bool" or not isinstance(node, yaml.ScalarNode):
        return None
    return yaml.SafeLoader.bool_values.get(node.value.lower())


def descendant(node: yaml.Node, path: Collection[str | int]) -> yaml.Node:
    """The node that the path leads to, or the last one on the way that exists."""
    for part in path:
        below = _child(node, part)
        if below is None:
            return node
        node = below
    return node


def _child(node: yaml.Node, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: yaml.Node = node.value[part]
        return found
    return None
