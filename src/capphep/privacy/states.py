"""The states of a data subject's request, as a table."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.pure.errors import gettext_noop
from capphep.pure.states import StateTable


class SubjectRequestStatus(models.TextChoices):
    OPEN = "open", _("To be answered")
    ANSWERED = "answered", _("Answered")
    REFUSED = "refused", _("Refused")


SUBJECT_REQUEST: Final = StateTable(
    moves={
        ("answer", SubjectRequestStatus.OPEN): SubjectRequestStatus.ANSWERED,
        ("refuse", SubjectRequestStatus.OPEN): SubjectRequestStatus.REFUSED,
    },
    labels={
        SubjectRequestStatus.OPEN: gettext_noop("To be answered"),
        SubjectRequestStatus.ANSWERED: gettext_noop("Answered"),
        SubjectRequestStatus.REFUSED: gettext_noop("Refused"),
    },
)
