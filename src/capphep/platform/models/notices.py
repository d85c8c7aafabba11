"""What people are told."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.platform.models.people import User


class Notice(models.Model):
    """Something that one person should know of, told once.

    ``message`` is an English msgid, ``params`` fill its placeholders: whoever reads it does so in
    the language of the moment. ``link`` leads to what it is about; ``act_url`` is an address
    that a POST does something at, ``act_label`` the msgid of that button; both may be empty.
    """

    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=40)
    # Names the thing: one person is told of it once, however often it is found out.
    key = models.CharField(max_length=150)
    message = models.CharField(max_length=300)
    params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    link = models.CharField(max_length=300)
    act_label = models.CharField(max_length=100, blank=True)
    act_url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(_("Told at"), auto_now_add=True)
    read_at = models.DateTimeField(_("Read at"), null=True)
    # Nobody has looked yet whether the person wants to be written to as well.
    is_new = models.BooleanField(default=True)

    class Meta:
        constraints = [
            # The key first: what is settled is found by it, whoever was told.
            models.UniqueConstraint(fields=["key", "recipient"], name="notice_once"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_newest"),
            # Home shows those alone, and there are few of them.
            models.Index(
                fields=["recipient", "-id"],
                condition=models.Q(read_at__isnull=True),
                name="notice_unread",
            ),
            # Looked for every few seconds; mostly there are none.
            models.Index(fields=["id"], condition=models.Q(is_new=True), name="notice_new"),
        ]

    def __str__(self) -> str:
        return self.key
