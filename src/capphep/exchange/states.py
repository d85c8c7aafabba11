"""Where an import stands."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.pure.errors import gettext_noop
from capphep.pure.states import StateTable


class ImportState(models.TextChoices):
    OPEN = "open", _("Being prepared")
    BEGUN = "begun", _("Entered")
    UNDONE = "undone", _("Undone")


IMPORT_STATE = StateTable(
    moves={
        ("begin", ImportState.OPEN): ImportState.BEGUN,
        ("undo", ImportState.BEGUN): ImportState.UNDONE,
    },
    labels={
        ImportState.OPEN: gettext_noop("Being prepared"),
        ImportState.BEGUN: gettext_noop("Entered"),
        ImportState.UNDONE: gettext_noop("Undone"),
    },
)
