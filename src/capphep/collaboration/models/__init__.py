"""Tables of what people say to each other, what they mean to do, and what they are told by mail."""

from capphep.collaboration.models.activity import Activity, ActivityKind
from capphep.collaboration.models.mail import Letter, MailChoice, Mailing, MailProfile, MailWhen
from capphep.collaboration.models.reading import Reading
from capphep.collaboration.models.talk import (
    Comment,
    CommentFile,
    CommentVersion,
    Following,
    Mention,
)

__all__ = [
    "Activity",
    "ActivityKind",
    "Comment",
    "CommentFile",
    "CommentVersion",
    "Following",
    "Letter",
    "MailChoice",
    "MailProfile",
    "MailWhen",
    "Mailing",
    "Mention",
    "Reading",
]
