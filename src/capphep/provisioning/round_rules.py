"""The rules of a request's rounds: what may be commented on, what changed between two sendings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from capphep.provisioning.states import EvidenceKind
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.folding import clean_lines

# What the officer may comment on, by the names that the form's own errors use; beside them each
# kind of evidence (`evidence-…`) and each module line (`line-…`).
COMMENTED: Final = (
    "amount",
    "sector",
    "level",
    "start_on",
    "note",
    "unit_name",
    "unit_address",
    "unit_tax_code",
    "unit_phone",
    "unit_email",
    "admin_name",
    "admin_position",
    "admin_phone",
    "admin_email",
)


def comment_fields(positions: Iterable[int]) -> list[str]:
    """The names of everything that may be commented on; ``positions`` are the lines'."""
    evidence = [f"evidence-{kind.value}" for kind in EvidenceKind]
    return [*COMMENTED, *evidence, *(f"line-{position}" for position in positions)]


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
