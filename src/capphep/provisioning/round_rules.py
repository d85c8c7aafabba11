"""The rules of a request's rounds: what may be commented on, what changed between two sendings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from capphep.provisioning.rules import needs_evidence
from capphep.provisioning.states import EvidenceKind, RequestKind
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.folding import clean_lines

Content: TypeAlias = Mapping[str, Any]
"""A request as it was sent, see `contents`."""

# What the officer may comment on, by the names that the form's own errors use; beside them the
# amount and each kind of evidence of a sale (`evidence-…`), and each module line (`line-…`).
# Only what the form of the kind has.
COMMENTED: Final = (
    "sector",
    "level",
    "start_on",
    "note",
    "unit_name",
    "unit_address",
    "unit_tax_code",
    "unit_chapter_code",
    "unit_phone",
    "unit_email",
    "admin_name",
    "admin_position",
    "admin_phone",
    "admin_email",
)


def comment_fields(positions: Iterable[int], *, kind: str) -> list[str]:
    """The names of everything that may be commented on; ``positions`` are the lines'.

    What is not sold, a trial or a change of information, has neither order nor evidence.
    """
    evidence = [f"evidence-{kind.value}" for kind in EvidenceKind]
    sold = ["amount", *evidence] if needs_evidence(kind) else []
    missing = "start_on" if kind == RequestKind.INFO_CHANGE else "unit_chapter_code"
    commented = [name for name in COMMENTED if name != missing]
    return [*sold, *commented, *(f"line-{position}" for position in positions)]


def checked_comments(
    comment: str, comments: Mapping[str, str], fields: Collection[str]
) -> tuple[str, dict[str, str]]:
    """What an officer says when returning a request, cleaned; empty comments are left out.

    Raises Invalid ``comment_required`` where nothing is said, ``comment_field`` for a comment
    on something that the request does not have.
    """
    said = {name: text for name, given in comments.items() if (text := clean_lines(given))}
    unknown = [name for name in said if name not in fields]
    if unknown:
        message = gettext_noop("The request has nothing called “%(name)s” to comment on.")
        raise Invalid("comment_field", message, field=unknown[0], params={"name": unknown[0]})
    general = clean_lines(comment)
    if not general and not said:
        message = gettext_noop("Say what has to be changed: in general or at one of the fields.")
        raise Invalid("comment_required", message, field="comment")
    return general, said


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a request says, readable.

    ``key`` names it in every round, ``topic`` what an officer would comment on: the field, the
    kind of evidence, or the module line (`topic_of`).
    """

    key: str
    topic: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that two sendings say differently; "" where one of them lacks it."""

    topic: str
    label: str
    before: str
    after: str


def changed_rows(before: Sequence[Row], after: Sequence[Row]) -> list[Changed]:
    """What differs, in the order of ``after``; then what is gone."""
    texts = {row.key: row.text for row in before}
    kept = {row.key for row in after}
    return [
        *(
            Changed(row.topic, row.label, texts.get(row.key, ""), row.text)
            for row in after
            if texts.get(row.key, "") != row.text
        ),
        *(
            Changed(row.topic, row.label, row.text, "")
            for row in before
            if row.key not in kept and row.text
        ),
    ]


def line_topics(content: Content) -> dict[str, str]:
    """By the name of each module line (``line-2``) its topic, the same in every round.

    Positions change with the order; the module does not. One that is bought for several
    terms has several lines.
    """
    met: Counter[str] = Counter()
    topics = {}
    for line in content["lines"]:
        met[line["module"]] += 1
        topics[f"line-{line['position']}"] = f"line:{line['module']}:{met[line['module']]}"
    return topics


def topic_of(name: str, content: Content) -> str:
    """The topic of a comment on the field ``name`` of what was sent."""
    return line_topics(content).get(name, name)


def field_of(topic: str, content: Content) -> str:
    """The field that the topic has in this content; "" for a module line that is gone."""
    if not topic.startswith("line:"):
        return topic
    return next((name for name, own in line_topics(content).items() if own == topic), "")
