"""A record's audit trail as sentences: what `platform/_audit.html` shows (R13)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BigIntegerField, DecimalField, Field, Model
from django.utils.formats import date_format, localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from capphep.platform.audit import entries_of
from capphep.platform.models import AuditEntry
from capphep.platform.personal import named
from capphep.pure.errors import gettext_noop
from capphep.pure.money import format_number

SENTENCES = {
    "created": gettext_noop("created this record"),
    "edited": gettext_noop("edited"),
    "imported": gettext_noop("imported this record"),
    "uploaded": gettext_noop("uploaded a file to import"),
    "import_begun": gettext_noop("imported the rows of a file"),
    "import_undone": gettext_noop("undid an import"),
    "exported": gettext_noop("exported a list"),
    "deactivated": gettext_noop("set to inactive"),
    "reactivated": gettext_noop("set to active"),
    "contact_added": gettext_noop("added a contact"),
    "contact_edited": gettext_noop("edited a contact"),
    "contact_deactivated": gettext_noop("set a contact to inactive"),
    "merged_into": gettext_noop("merged this record into another customer"),
    "merge_moved": gettext_noop("moved what hung on the merged customer"),
    "merged": gettext_noop("merged another customer into this one"),
    "subscription_moved": gettext_noop("moved the subscription with a merge of customers"),
    "grants_moved_out": gettext_noop("moved resources out with a merge of customers"),
    "grants_moved_in": gettext_noop("moved resources in with a merge of customers"),
    "code_changed": gettext_noop("changed the budget code"),
    "former_code_added": gettext_noop("noted a former code or name"),
    "succession": gettext_noop("noted the successor"),
    "duplicate_dismissed": gettext_noop("said that another customer is not the same unit"),
    "completed": gettext_noop("completed the record from a licence request"),
    "info_changed": gettext_noop("changed the information by an approved request"),
    "licence_status": gettext_noop("moved the order status"),
    "lines_refreshed": gettext_noop("updated the module information"),
    "extra_saved": gettext_noop("saved additional information of a module"),
    "evidence_added": gettext_noop("attached a file"),
    "evidence_removed": gettext_noop("removed a file"),
    "evidence_described": gettext_noop("entered what a decision says"),
    "send": gettext_noop("sent the request"),
    "recall": gettext_noop("recalled the request"),
    "discard": gettext_noop("discarded the draft"),
    "expire": gettext_noop("ended the draft because nobody had changed it"),
    "return": gettext_noop("returned the request for changes"),
    "approve": gettext_noop("approved"),
    "reject": gettext_noop("rejected"),
    "commented": gettext_noop("wrote a comment"),
    "comment_edited": gettext_noop("edited a comment"),
    "comment_removed": gettext_noop("removed a comment"),
    "activity_planned": gettext_noop("planned an activity"),
    "activity_edited": gettext_noop("changed an activity"),
    "activity_done": gettext_noop("did an activity"),
    "activity_dropped": gettext_noop("dropped an activity"),
    "taken": gettext_noop("took the request to handle it"),
    "assigned": gettext_noop("gave the request to an officer"),
    "released": gettext_noop("put the request back into the queue"),
    "absence_entered": gettext_noop("entered an absence"),
    "absence_cancelled": gettext_noop("cancelled an absence"),
    "withdrawal_proposed": gettext_noop("proposed to withdraw what was approved"),
    "withdrawal_declined": gettext_noop("declined the withdrawal"),
    "withdraw": gettext_noop("withdrew what was approved"),
    "opened": gettext_noop("entered what was in force before"),
    "opening_undone": gettext_noop("undid an import of what was in force before"),
    "granted": gettext_noop("granted resources"),
    "overdue": gettext_noop("noted that the answer is overdue"),
    "took_effect": gettext_noop("noted what began or ended on this day"),
    "grants_withdrawn": gettext_noop("took resources back"),
    "restored": gettext_noop("restored the balances from the grants"),
    "trial_ended": gettext_noop("ended the trial"),
    "licence_issued": gettext_noop("issued the licence"),
    "signing_key_made": gettext_noop("made a key that signs licences"),
    "signing_key_retired": gettext_noop("removed the private half of a key that signs no more"),
    "signing_key_rewrapped": gettext_noop("kept the signing key under another secret"),
    "account_noted": gettext_noop("noted the administrator, to be told"),
    "account_failed": gettext_noop("could not deliver the administrator's account"),
    "account_sent_again": gettext_noop("asked to deliver the administrator's account again"),
    "invited": gettext_noop("invited the administrator"),
    "linked": gettext_noop("linked the administrator's account"),
    "link_closed": gettext_noop("closed the link of the administrator's account"),
    "link_reopened": gettext_noop("opened the link of the administrator's account again"),
    "link_ended": gettext_noop("ended what the administrator's account was for"),
    "option_set": gettext_noop("changed the setting"),
    "handed_over": gettext_noop("handed this over"),
    "message_set": gettext_noop("changed the text of the message"),
    "subject_request_ended": gettext_noop("noted the answer"),
    "template_restored": gettext_noop("went back to the default texts"),
    "preview_began": gettext_noop("began to see the screens as somebody else"),
    "preview_ended": gettext_noop("sees the screens as their own again"),
    "sessions_ended": gettext_noop("ended all sessions"),
    "unlocked": gettext_noop("unlocked the account after failed sign-ins"),
    "invited_user": gettext_noop("made a link for the first password"),
    "password_chosen": gettext_noop("chose a password"),
    "password_set": gettext_noop("set a new password"),
    "rotated": gettext_noop("made the successor of this token"),
    "revoked": gettext_noop("revoked the token"),
    "secret_rotated": gettext_noop("made a new secret"),
    "endpoint_paused": gettext_noop("paused the webhook"),
    "endpoint_resumed": gettext_noop("resumed the webhook"),
    "endpoint_disabled": gettext_noop("switched the webhook off after failures"),
    "redelivered": gettext_noop("asked to deliver an event again"),
    "range_redelivered": gettext_noop("asked to deliver the events of some days again"),
}
LABELS = {
    "request_no": gettext_noop("Request number"),
    "licence_no": gettext_noop("Licence number"),
    "grants": gettext_noop("Resources granted"),
    "differed": gettext_noop("Differences"),
    "from_day": gettext_noop("From day"),
    "first_day": gettext_noop("From"),
    "last_day": gettext_noop("To"),
    "substitute": gettext_noop("Substitute"),
    "version": gettext_noop("Version"),
    "due_on": gettext_noop("To be decided by"),
    "effective_on": gettext_noop("Effective on"),
    "order": gettext_noop("Order"),
    "customer": gettext_noop("Customer"),
    "list": gettext_noop("List"),
    "rows": gettext_noop("Rows"),
    "product": gettext_noop("Product"),
    "lines": gettext_noop("Items"),
    "contact": gettext_noop("Contact"),
    "contents": gettext_noop("Contents"),
    "taxes": gettext_noop("Tax rate"),
    "prices": gettext_noop("Coming prices"),
    "fields": gettext_noop("Additional fields"),
    "add_ons": gettext_noop("Packages that owners may add"),
    "trial": gettext_noop("Resources of a trial"),
    "kind": gettext_noop("Kind"),
    "name": gettext_noop("Name"),
    "code": gettext_noop("Code"),
    "package": gettext_noop("Package"),
    "position": gettext_noop("Place"),
    "renews": gettext_noop("Renews"),
    "value": gettext_noop("Value"),
    "extra_schema": gettext_noop("Additional fields"),
    "sha256": gettext_noop("SHA-256 digest"),
    "reject_reason": gettext_noop("Reason"),
    "comment": gettext_noop("Comment"),
    "files": gettext_noop("Files"),
    "subject": gettext_noop("What to do"),
    "assignee": gettext_noop("Assignee"),
    "outcome": gettext_noop("Outcome"),
    "reason": gettext_noop("Reason"),
    "team": gettext_noop("Team"),
    "created_by": gettext_noop("Raised by"),
    "closed_from": gettext_noop("Closed from"),
    "replaces": gettext_noop("Follows the token"),
    "accounts": gettext_noop("Administrator accounts"),
    "requests": gettext_noop("Requests"),
    "tokens": gettext_noop("API tokens"),
    "talk": gettext_noop("Comments and activities"),
    "event": gettext_noop("Event"),
    "since": gettext_noop("Since"),
    "until": gettext_noop("Until"),
    "count": gettext_noop("Number of events"),
    "force_reason": gettext_noop("Why nevertheless"),
    "decline_reason": gettext_noop("Why not"),
}
MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    at: datetime.datetime
    actor: str
    sentence: str
    changes: list[tuple[str, str, str]]
    """(label, before, after), each in the reader's language."""


def history_of(subject: Model) -> list[HistoryEntry]:
    """The newest entries of the record's audit trail, readable. One statement."""
    return [readable(subject, entry) for entry in entries_of(subject)[:MOST_ENTRIES]]


def readable(subject: Model, entry: AuditEntry) -> HistoryEntry:
    """One entry of the record's audit trail; a module may say more about verbs of its own."""
    names = dict.fromkeys([*entry.before, *entry.after])
    changes = [
        (
            _label(subject, name),
            _shown(subject, name, entry.before.get(name)),
            _shown(subject, name, entry.after.get(name)),
        )
        for name in names
    ]
    sentence = SENTENCES.get(entry.verb, entry.verb)
    return HistoryEntry(entry.at, entry.actor_name, _(sentence), changes)


def _field(subject: Model, name: str) -> Field[object, object] | None:
    try:
        field = subject._meta.get_field(name.removesuffix("_id"))
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, Field) else None


def _label(subject: Model, name: str) -> str:
    field = _field(subject, name)
    # What Django makes of the name of a field is no word of anybody's language.
    if field and str(field.verbose_name) != field.name.replace("_", " "):
        return str(field.verbose_name)
    return _(LABELS[name]) if name in LABELS else name


def _shown(subject: Model, name: str, value: object) -> str:
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {named(str(key), str(one))}" for key, one in value.items())
    if isinstance(value, str):
        value = named(name, value)
    field = _field(subject, name)
    if isinstance(field, DecimalField):
        return localize(Decimal(str(value)).normalize())
    if isinstance(field, BigIntegerField) and isinstance(value, int):
        return format_number(value)
    choices = {str(key): label for key, label in getattr(field, "choices", None) or []}
    return str(choices.get(str(value), _local_time(str(value))))


def _local_time(text: str) -> str:
    """A day or a moment as people here write it; any other text as it is."""
    try:
        return date_format(datetime.date.fromisoformat(text), "d/m/Y")
    except ValueError:
        pass
    try:
        return date_format(localtime(datetime.datetime.fromisoformat(text)), "d/m/Y H:i")
    except ValueError:
        return text
