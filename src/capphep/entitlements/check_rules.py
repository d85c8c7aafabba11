"""What a product is told that it may use: flags, and their answers over time with the reasons.

Pure functions. What is computed once, when the ledger changes, is kept as a document
(`entitlements.models.CheckDocument`): a JSON object from flag to its steps

    {"office": [["2026-03-15", 1, "2027-03-14", "YC-2026-000012", "granted"], …],
     "office.users": [["2026-03-15", 150, "2027-03-14", "YC-2026-000012", "granted"], …]}

so that one row answers for any day. A flag of the product's document is named without the product.
"""

from __future__ import annotations

import datetime
import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, TypeAlias

from capphep.entitlements.rules import Key, Span

GRANTED: Final = "granted"
TRIAL: Final = "trial"
EXPIRED: Final = "expired"
WITHDRAWN: Final = "withdrawn"
NOT_BEGUN: Final = "not_begun"
NOT_BOUGHT: Final = "not_bought"
REASONS: Final = (GRANTED, TRIAL, EXPIRED, WITHDRAWN, NOT_BEGUN, NOT_BOUGHT)

Steps: TypeAlias = list[list[Any]]
"""Each of day, quantity, last day of it, request number, reason: as in the document."""
Document: TypeAlias = dict[str, Steps]

_ONE_DAY: Final = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """What is answered from a local day on, until the next step.

    ``until`` is the last day on which no less is in force; None where nothing is.
    ``request_no`` is the latest request behind what is in force, or behind what was.
    """

    from_day: datetime.date
    quantity: int
    until: datetime.date | None
    request_no: str
    reason: str


class Answer(NamedTuple):
    """What a flag says on a day; ``until`` in ISO form, empty where nothing is in force."""

    quantity: int
    reason: str
    request_no: str = ""
    until: str = ""


def flag_code(code: str) -> str:
    """A code of the catalogue as it stands in a flag: flags are lower case, ``[a-z0-9._-]``."""
    return code.lower()


def flag_name(module: str, resource: str = "") -> str:
    """The flag of a module, or of a resource of it, without the product; from catalogue codes."""
    return f"{flag_code(module)}.{flag_code(resource)}" if resource else flag_code(module)


def document(spans: Sequence[Span], codes: Mapping[Key, tuple[str, str]]) -> str:
    """RULE R2: the answers of a subscription for any day, from its grants alone, as JSON.

    ``spans`` are in the order in which they were granted; ``codes`` are those of module and
    resource. Equal grants give equal text.
    """
    by_flag: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        module, resource = codes[span.key]
        by_flag[flag_name(module)].append(span)
        by_flag[flag_name(module, resource)].append(span)
    found = {
        flag: [_written(step) for step in check_steps(of_flag, is_module="." not in flag)]
        for flag, of_flag in by_flag.items()
    }
    return json.dumps(found, separators=(",", ":"), sort_keys=True)


def check_steps(spans: Sequence[Span], *, is_module: bool = False) -> list[Step]:
    """RULE R2: what is in force from which day on, and the request behind it.

    Of a module (``is_module``) it is 1 while any of its resources is in force.
    """
    days: dict[datetime.date, list[tuple[str, int]]] = defaultdict(list)
    for span in spans:
        days[span.first_day].append((span.request_no, span.quantity))
        days[span.last_day + _ONE_DAY].append((span.request_no, -span.quantity))
    trials = {span.request_no for span in spans if span.is_trial}
    withdrawn = {span.first_day for span in spans if span.quantity < 0 and not span.is_trial}
    net: dict[str, int] = dict.fromkeys((span.request_no for span in spans), 0)
    found: list[Step] = []
    for day in sorted(days):
        for request_no, quantity in days[day]:
            net[request_no] += quantity
        total = sum(net.values())
        if total > 0:
            behind = [request_no for request_no, left in net.items() if left > 0][-1]
            reason = TRIAL if behind in trials else GRANTED
        else:
            behind = found[-1].request_no if found else ""
            reason = WITHDRAWN if day in withdrawn else EXPIRED
        step = Step(day, min(total, 1) if is_module else total, None, behind, reason)
        if not found or _said(step) != _said(found[-1]):
            found.append(step)
    return [replace(step, until=_until(step, found[at:])) for at, step in enumerate(found)]


def _said(step: Step) -> tuple[int, str, str]:
    return step.quantity, step.request_no, step.reason


def _until(step: Step, from_it_on: Iterable[Step]) -> datetime.date | None:
    if step.quantity <= 0:
        return None
    less = (later.from_day for later in from_it_on if later.quantity < step.quantity)
    # Every grant ends, so there is a day with less.
    return next(less) - _ONE_DAY


def _written(step: Step) -> list[object]:
    until = step.until.isoformat() if step.until else ""
    return [step.from_day.isoformat(), step.quantity, until, step.request_no, step.reason]


def steps_in(text: str, flag: str) -> Steps | None:
    """The steps of a flag in a document; of the rest nothing is read.

    Only a key is followed by a colon: what is quoted as a value never is.
    """
    name = f'"{flag}":'
    at = text.find(name)
    if at < 0:
        return None
    found: Steps = _decoder.raw_decode(text, at + len(name))[0]
    return found


_decoder: Final = json.JSONDecoder()


def answer(steps: Steps | None, day: str) -> Answer:
    """RULE R2: what the steps of a flag say on the local day (ISO form).

    None are the steps of what was never granted.
    """
    if not steps:
        return Answer(0, NOT_BOUGHT)
    # No quantity is as large: a step of the day itself stands before this.
    at = bisect_right(steps, [day, _MOST])
    if not at:
        return Answer(0, NOT_BEGUN)
    _, quantity, until, request_no, reason = steps[at - 1]
    return Answer(quantity, reason, request_no, until)


_MOST: Final = 2**63


def last_turn(found: Document, day: str) -> str:
    """The latest day, the given one at most, from which on any flag says what it says now."""
    turns = (step[0] for steps in found.values() for step in steps if step[0] <= day)
    return max(turns, default="")
