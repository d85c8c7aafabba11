"""Imports from sheets: what was uploaded, how its columns are read, what came of its rows."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.exchange.states import ImportState
from capphep.platform.models import BackgroundJob, User


class Import(models.Model):
    """One file on its way in.

    ``headings`` are the titles of its columns, ``columns`` the place of each field that is read.
    ``checked`` is what the check of all rows found, ``counts`` what became of them.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    file_name = models.CharField(_("File"), max_length=200)
    sha256 = models.CharField(max_length=64)
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    row_count = models.PositiveIntegerField(_("Rows"), default=0)
    # Records that are there already: left as they are, or brought up to what the file says.
    updates = models.BooleanField(default=False)
    state = models.CharField(
        _("Status"), max_length=10, choices=ImportState.choices, default=ImportState.OPEN
    )
    job = models.ForeignKey(BackgroundJob, on_delete=models.SET_NULL, null=True, related_name="+")
    checked = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    counts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(_("Uploaded at"), auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at", "-id"], name="import_newest")]

    def __str__(self) -> str:
        return self.file_name


class ReturnedRow(models.Model):
    """A row that does not enter, as the latest look at the file found it.

    ``reasons`` are refusals: field, English msgid, params.
    """

    of_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="returned")
    number = models.PositiveIntegerField()
    reasons = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of_import", "number"], name="returned_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.of_import_id}: {self.number}"


class ImportedRecord(models.Model):
    """A record that the import created: what an undo takes back."""

    of_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="created")
    record_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of_import", "record_id"], name="imported_record_once")
        ]

    def __str__(self) -> str:
        return f"{self.of_import_id}: {self.record_id}"


class ColumnMemory(models.Model):
    """How a person read a sheet with these headings the last time."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    signature = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "signature"], name="column_memory_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.signature[:8]}"


class Export(models.Model):
    """A list that somebody took out of the house: the subject of its audit entry."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    list_name = models.CharField(max_length=60)
    query = models.TextField(blank=True)
    row_count = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.list_name
