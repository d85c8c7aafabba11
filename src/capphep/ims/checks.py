"""The automatic checks beside a decision: pure comparisons, each with its own explanation.

A check informs. Which of them stop an approval is a setting (`blocking`).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capphep.ims.check_codes import REASONS, TITLES, CheckCode
from capphep.platform.personal import email, phone
from capphep.pure.folding import fold
from capphep.pure.money import format_dong, format_number


class Outcome(StrEnum):
    OK = "ok"
    WARN = "warn"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Link:
    """Another request that the check speaks of, and what is said beside its number."""

    request_id: int
    request_no: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """``explanation`` is what was compared with what result, ``details`` the same by item."""

    code: CheckCode
    outcome: Outcome
    explanation: str
    details: Sequence[str] = ()
    links: Sequence[Link] = ()

    @property
    def title(self) -> str:
        return _(TITLES[self.code])

    @property
    def reason(self) -> str:
        """Why it matters."""
        return _(REASONS[self.code])

    @property
    def summary(self) -> str:
        """The explanation in one line: what follows its colon belongs to it."""
        if not self.explanation.endswith(":"):
            return self.explanation
        followed = [*self.details, *(link.request_no for link in self.links)]
        return f"{self.explanation} {'; '.join(followed)}"


@dataclass(frozen=True, slots=True)
class Quantity:
    """RULE R3: what is held of a resource, when the request was sent and now."""

    module: str
    resource: str
    then: int
    now: int
    added: int


@dataclass(frozen=True, slots=True)
class LineTerm:
    """RULE R9: the term that an approval gives a module; ``ordered`` are the items' months."""

    module: str
    months: int
    ordered: Collection[int]
    first_day: datetime.date | None
    last_day: datetime.date | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who administers; e-mail or phone may be empty."""

    name: str
    email: str
    phone: str

    def may_be(self, other: Person) -> bool:
        """Whether what both give, name and e-mail, is the same but for its letters' case."""
        both = bool(self.email and other.email)
        same_email = not both or self.email.casefold() == other.email.casefold()
        return same_email and fold(self.name) == fold(other.name)

    def has_email_of(self, other: Person) -> bool:
        return self.email.casefold() == other.email.casefold() != ""


def blocking(checks: Iterable[Check], codes: Collection[str]) -> list[Check]:
    """A warning of one of the ``codes`` blocks; what is unknown is for people to look at."""
    return [
        replace(check, outcome=Outcome.BLOCKED)
        if check.outcome == Outcome.WARN and check.code in codes
        else check
        for check in checks
    ]


def budget_code(here: str, theirs: str) -> Check:
    if here == theirs:
        text = _("Request and customer both have %(code)s.") % {"code": here}
        return Check(CheckCode.BUDGET_CODE, Outcome.OK, text)
    text = _("The request names the budget code %(here)s, the customer has %(theirs)s.")
    values = {"here": here, "theirs": theirs}
    return Check(CheckCode.BUDGET_CODE, Outcome.WARN, text % values)


def amount(here: int, theirs: int) -> Check:
    if here == theirs:
        text = _("Request and order both say %(amount)s.") % {"amount": format_dong(here)}
        return Check(CheckCode.AMOUNT, Outcome.OK, text)
    text = _("The request names %(here)s, the order %(theirs)s.")
    values = {"here": format_dong(here), "theirs": format_dong(theirs)}
    return Check(CheckCode.AMOUNT, Outcome.WARN, text % values)


def eligible(refusals: Sequence[str]) -> Check:
    """RULE R8 on the day of the look: ``refusals`` are the reasons against ordered packages."""
    if not refusals:
        text = _("Nothing speaks against any of the ordered packages today.")
        return Check(CheckCode.ELIGIBLE, Outcome.OK, text)
    text = _("Today the order could not be placed as it stands.")
    return Check(CheckCode.ELIGIBLE, Outcome.WARN, text, list(dict.fromkeys(refusals)))


def base(quantities: Iterable[Quantity]) -> Check:
    moved = [each for each in quantities if each.then != each.now]
    if not moved:
        text = _("What the customer has is as it was when the request was sent.")
        return Check(CheckCode.BASE, Outcome.OK, text)
    text = _("What the customer has changed since the request was sent.")
    return Check(CheckCode.BASE, Outcome.WARN, text, [_moved(each) for each in moved])


def _moved(each: Quantity) -> str:
    text = _("%(module)s – %(resource)s: %(then)s when sent, %(now)s now, new total %(total)s.")
    return text % {
        "module": each.module,
        "resource": each.resource,
        "then": format_number(each.then),
        "now": format_number(each.now),
        "total": format_number(each.now + each.added),
    }


def term(lines: Sequence[LineTerm]) -> Check:
    wrong = [line for line in lines if line.ordered and line.months not in line.ordered]
    terms = [_term(line) for line in lines if line not in wrong]
    if wrong:
        text = _("The months differ from those of the ordered items.")
        return Check(CheckCode.TERM, Outcome.WARN, text, [*map(_wrong_months, wrong), *terms])
    return Check(CheckCode.TERM, Outcome.OK, _("What an approval today gives:"), terms)


def _wrong_months(line: LineTerm) -> str:
    text = _("%(module)s: %(months)s months in the request, %(ordered)s in the order.")
    ordered = ", ".join(map(str, sorted(line.ordered)))
    return text % {"module": line.module, "months": line.months, "ordered": ordered}


def _term(line: LineTerm) -> str:
    if not line.first_day or not line.last_day:
        text = ngettext(
            "%(module)s: %(months)s month", "%(module)s: %(months)s months", line.months
        )
        return text % {"module": line.module, "months": line.months}
    text = ngettext(
        "%(module)s: %(months)s month, %(first)s – %(last)s",
        "%(module)s: %(months)s months, %(first)s – %(last)s",
        line.months,
    )
    said = text % {
        "module": line.module,
        "months": line.months,
        "first": f"{line.first_day:%d/%m/%Y}",
        "last": f"{line.last_day:%d/%m/%Y}",
    }
    return f"{said} ({line.remark})" if line.remark else said


def duplicate(product: str, others: Sequence[Link]) -> Check:
    if not others:
        text = _("No other request of this customer for %(product)s is open.")
        return Check(CheckCode.DUPLICATE, Outcome.OK, text % {"product": product})
    text = ngettext(
        "%(count)s other request of this customer for %(product)s is open:",
        "%(count)s other requests of this customer for %(product)s are open:",
        len(others),
    )
    values = {"count": len(others), "product": product}
    return Check(CheckCode.DUPLICATE, Outcome.WARN, text % values, links=others)


def account(named: Person, found: Person | None) -> Check:
    """RULE R15: ``found`` has the account that the approval links, by e-mail or else by phone."""
    if not found:
        text = _("Nobody has an account with this e-mail or phone yet: one is made.")
        return Check(CheckCode.ACCOUNT, Outcome.OK, text)
    if found.has_email_of(named) or found.may_be(named):
        text = _("The account of %(name)s is linked.") % {"name": found.name}
        return Check(CheckCode.ACCOUNT, Outcome.OK, text)
    text = _(
        "The phone number %(phone)s belongs to the account of %(account)s, which is not who "
        "the request names: that account will be linked."
    )
    whose = f"{found.name} ({email(found.email)})" if found.email else found.name
    values = {"phone": phone(named.phone), "account": whose}
    return Check(CheckCode.ACCOUNT, Outcome.WARN, text % values)
