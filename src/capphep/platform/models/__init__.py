"""The tables that every module stands on, one file a subject."""

from capphep.platform.models.answers import IdempotentAnswer
from capphep.platform.models.audit import AuditChain, AuditEntry
from capphep.platform.models.drafts import FormDraft
from capphep.platform.models.files import FileText, StoredFile, TextState
from capphep.platform.models.installation import Installation, NumberSeries, OptionValue, Tick
from capphep.platform.models.jobs import BackgroundJob
from capphep.platform.models.lists import Audience, ListPreference, SavedView
from capphep.platform.models.messages import MessageText
from capphep.platform.models.notices import Notice
from capphep.platform.models.outbox import OutboxEvent
from capphep.platform.models.people import Team, User
from capphep.platform.models.personal import AccessKind, PersonalAccess

__all__ = [
    "AccessKind",
    "Audience",
    "AuditChain",
    "AuditEntry",
    "BackgroundJob",
    "FileText",
    "FormDraft",
    "IdempotentAnswer",
    "Installation",
    "ListPreference",
    "MessageText",
    "Notice",
    "NumberSeries",
    "OptionValue",
    "OutboxEvent",
    "PersonalAccess",
    "SavedView",
    "StoredFile",
    "Team",
    "TextState",
    "Tick",
    "User",
]
