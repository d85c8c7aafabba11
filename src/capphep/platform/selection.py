"""Which rows of a list something is to be done with: those that were ticked, or all results.

The same words say it in a query string and in a form: ``id`` once for each ticked row, or
``all`` and the list's own ``query``. Who answers a question about them answers it for exactly
the rows that the question was about: `Selection.fingerprint` changes with any of them.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from capphep.platform.bulk import Target
from capphep.platform.kit import Text
from capphep.platform.list_filters import is_key
from capphep.platform.lists import ListSource, narrowed
from capphep.platform.models import User
from capphep.platform.narrowing import Narrowing
from capphep.platform.pages import COUNT_CAP

MOST: Final = COUNT_CAP
"""As many results are taken at once: as far as lists count them."""
ALL: Final = "all"
ID: Final = "id"
QUERY: Final = "query"
SEEN: Final = "seen"


@dataclass(frozen=True, slots=True)
class Selection:
    """``left_out`` were ticked and are not among what the actor may see (any more).

    ``is_cut``: there are more results than are taken at once; these are the list's first ones.
    ``narrowed_by``: what the results are narrowed by, in words; nothing where rows were ticked.
    """

    rows: Sequence[Target]
    query: str
    is_all: bool
    left_out: int = 0
    is_cut: bool = False
    narrowed_by: Sequence[tuple[Text, Text]] = ()

    @property
    def keys(self) -> list[int]:
        return [row.key for row in self.rows]

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(repr(list(self.rows)).encode()).hexdigest()[:32]

    @property
    def hidden(self) -> list[tuple[str, object]]:
        """The inputs that say the same again, and that it was seen."""
        what: list[tuple[str, object]] = [(ALL, 1)] if self.is_all else []
        what += [] if self.is_all else [(ID, key) for key in self.keys]
        return [*what, (QUERY, self.query), (SEEN, self.fingerprint)]


def selected(
    source: ListSource[Any], actor: User, asked: QueryDict, *, most: int = MOST
) -> Selection:
    """What is meant, as far as the actor may see it. One statement beside the filters' own.

    Raises Forbidden for whom the list is not.
    """
    query = QueryDict(asked.get(QUERY, ""))
    if ALL in asked:
        return _results(source, actor, query, most)
    ids = keys_of(asked.getlist(ID))[:most]
    here = source.of(query).rows(actor)
    found = {row.key: row for row in _rows(here.filter(pk__in=ids))}
    rows = [found[key] for key in ids if key in found]
    return Selection(rows, query.urlencode(), False, left_out=len(ids) - len(rows))


def keys_of(asked: Iterable[str]) -> list[int]:
    """The keys among what was asked for, each once."""
    return list(dict.fromkeys(int(each) for each in asked if is_key(each)))


def _results(source: ListSource[Any], actor: User, query: QueryDict, most: int) -> Selection:
    rows = list(_rows(narrowed(source, actor, query)[: most + 1]))
    narrowing = Narrowing(source.of(query).spec(actor), query)
    by = [(_("Search"), narrowing.search)] if narrowing.search else list[tuple[Text, Text]]()
    by += [(state.label, each.text) for state in narrowing.filters for each in state.in_force]
    return Selection(
        rows[:most],
        query.urlencode(),
        True,
        is_cut=len(rows) > most,
        narrowed_by=by,
    )


def _rows(records: QuerySet[Any]) -> Iterable[Target]:
    plain = records.select_related(None).prefetch_related(None)
    if any(field.name == "version" for field in plain.model._meta.fields):
        return itertools.starmap(Target, plain.values_list("pk", "version"))
    return (Target(key, 0) for key in plain.values_list("pk", flat=True))
