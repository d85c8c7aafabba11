"""State machines as tables: ``(verb, state) → state``."""

from __future__ import annotations

from collections.abc import Mapping

from capphep.pure.errors import Conflict, Label, gettext_noop


class StateTable:
    """The legal moves of one kind of record.

    ``moves`` maps ``(verb, state)`` to the state after it; ``labels`` maps each
    state to its English label, a key of the translation catalogues.
    """

    def __init__(self, moves: Mapping[tuple[str, str], str], labels: Mapping[str, str]) -> None:
        self.moves = dict(moves)
        self.labels = dict(labels)

    def after(self, verb: str, state: str) -> str:
        """The state that ``verb`` leads to. Raises Conflict ``wrong_state`` where it is illegal."""
        if not self.allows(verb, state):
            raise Conflict(
                "wrong_state",
                gettext_noop("Not possible any more: the status is now “%(state)s”."),
                params={"state": Label(self.labels[state])},
            )
        return self.moves[verb, state]

    def allows(self, verb: str, state: str) -> bool:
        return (verb, state) in self.moves
