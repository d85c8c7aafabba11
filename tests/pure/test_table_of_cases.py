"""RULE R9: the table of cases in docs/rules.md, row by row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from capphep.pure.errors import Invalid
from capphep.pure.months import Term, co_term, months_until, term

DOCUMENT = Path(__file__).parents[2] / "docs" / "rules.md"
HEADING = "## R9: table of cases"
COLUMNS = "| case | first day | asked for | last day | months |"


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    first: date
    asked: str
    last: str
    months: str

    def answer(self) -> tuple[Term, int]:
        """The term and its months, as the functions say."""
        if found := re.fullmatch(r"until (\S+)", self.asked):
            until = day(found[1])
            return co_term(self.first, until), months_until(self.first, until)
        found = re.fullmatch(r"(\d+) months?", self.asked)
        assert found, self.asked
        return term(self.first, int(found[1])), int(found[1])


def day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()


def table() -> list[Case]:
    section = DOCUMENT.read_text(encoding="utf-8").split(HEADING, 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    assert rows[0] == COLUMNS
    return [case_of(row) for row in rows[2:]]


def case_of(row: str) -> Case:
    name, first, asked, last, months = (cell.strip() for cell in row.strip("|").split("|"))
    return Case(name, day(first), asked, last, months)


CASES = table()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_row_holds(case: Case) -> None:
    if case.last == "refused":
        with pytest.raises(Invalid) as caught:
            case.answer()
        assert (f"`{caught.value.code}`", caught.value.rule) == (case.months, "R9")
        return
    last, months = day(case.last), int(case.months)
    assert case.answer() == (Term(case.first, last), months)
    assert months_until(case.first, last) == months


def test_the_table_tells_both_terms_and_co_terminations_and_refusals_of_both() -> None:
    kinds = {(case.asked.startswith("until"), case.last == "refused") for case in CASES}
    assert kinds == {(False, False), (False, True), (True, False), (True, True)}
    assert len({case.name for case in CASES}) == len(CASES) > 40
