"""The register of data subjects' requests (Law 91/2025, Decree 356/2025)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.crm.models import Customer
from capphep.platform.models import StoredFile, User
from capphep.privacy.states import SubjectRequestStatus


class SubjectRequestKind(models.TextChoices):
    """What a person may ask for."""

    VIEW = "view", _("See the data")
    CORRECT = "correct", _("Correct the data")
    DELETE = "delete", _("Delete the data")
    PROVIDE = "provide", _("Hand the data over")
    RESTRICT = "restrict", _("Restrict what is done with it")
    OBJECT = "object", _("Object to what is done with it")
    WITHDRAW = "withdraw", _("Withdraw the consent")


class SubjectRequest(models.Model):
    """What a person asked about their own data, until when it is answered, and how it was."""

    kind = models.CharField(_("Kind"), max_length=10, choices=SubjectRequestKind.choices)
    asked_by = models.CharField(_("Who asks"), max_length=150)
    reach = models.CharField(_("Phone or e-mail"), max_length=150, blank=True)
    customer = models.ForeignKey(
        Customer,
        verbose_name=_("Customer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    about = models.TextField(_("What about"), blank=True)
    received_on = models.DateField(_("Received on"))
    due_on = models.DateField(_("Answer until"))
    status = models.CharField(
        _("Status"),
        max_length=10,
        choices=SubjectRequestStatus.choices,
        default=SubjectRequestStatus.OPEN,
    )
    handler = models.ForeignKey(
        User,
        verbose_name=_("Handled by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    answer = models.TextField(_("Answer"), blank=True)
    ended_on = models.DateField(_("Answered on"), null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            # What is open, most urgent first; what is due tomorrow.
            models.Index(fields=["status", "due_on", "id"], name="subject_request_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.asked_by}"


class SubjectRequestFile(models.Model):
    """A file of a request: proof of who asks, the signed answer; its bytes are kept as R7 says."""

    request = models.ForeignKey(SubjectRequest, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("File"), max_length=255)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "file"], name="subject_request_file_once"),
        ]

    def __str__(self) -> str:
        return self.name
