"""What an administrator decides about paper: the letterhead, and the texts of each kind."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.paper.kinds import PaperKind
from capphep.platform.models import StoredFile, User


class Letterhead(models.Model):
    """The vendor as every paper names it: one row, or none before somebody wrote it."""

    ONLY = 1

    name = models.CharField(_("Vendor"), max_length=200, blank=True)
    address = models.CharField(_("Address"), max_length=250, blank=True)
    tax_code = models.CharField(_("Tax code"), max_length=14, blank=True)
    phone = models.CharField(_("Phone"), max_length=30, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    bank_account = models.CharField(_("Bank account"), max_length=200, blank=True)
    representative = models.CharField(_("Representative"), max_length=150, blank=True)
    position = models.CharField(_("Position of the representative"), max_length=100, blank=True)
    place = models.CharField(_("Place of signing"), max_length=60, blank=True)
    logo = models.ForeignKey(
        StoredFile, verbose_name=_("Logo"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_letterhead")]

    def __str__(self) -> str:
        return self.name or "–"


class PaperTemplate(models.Model):
    """One template of a kind. The standard one has no name; without a row it is that of the code.

    ``texts`` holds what differs from the code's texts (`layouts`), ``columns`` the chosen ones,
    null for those of the code.
    """

    kind = models.CharField(_("Kind of paper"), max_length=10, choices=PaperKind.choices)
    name = models.CharField(_("Name of the template"), max_length=100, blank=True)
    texts = models.JSONField(default=dict)
    columns = models.JSONField(_("Columns"), null=True)
    copies = models.PositiveSmallIntegerField(_("Copies to be signed"), default=2)
    has_motto = models.BooleanField(_("National motto"), default=True)
    is_default = models.BooleanField(_("Used by default"), default=False)
    is_active = models.BooleanField(_("Active"), default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="paper_template_name"),
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(is_default=True),
                name="one_default_paper_template",
            ),
            models.CheckConstraint(
                condition=models.Q(is_active=True)
                | models.Q(is_default=False) & ~models.Q(name=""),
                name="paper_template_in_use",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.get_kind_display())

    @property
    def key(self) -> int:
        """How addresses name it: 0 is the standard one, which may have no row."""
        return self.pk if self.name else 0
