"""What is told by e-mail as well: how each person wants it, and the letters that come of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.platform.leases import Leased, due_index
from capphep.platform.models import Notice, User


class MailWhen(models.TextChoices):
    NOW = "now", _("At once")
    DAILY = "daily", _("Once a day")
    NEVER = "never", _("Never")


class MailProfile(models.Model):
    """In which language a person is written to, and when the letter of the day comes.

    A local hour, 0 to 23. Who has none is written to as `mail_kinds` says.
    """

    person = models.OneToOneField(
        User, on_delete=models.PROTECT, primary_key=True, related_name="mail_profile"
    )
    language = models.CharField(
        _("Language of the e-mails"), max_length=2, choices=settings.LANGUAGES, default="vi"
    )
    digest_hour = models.PositiveSmallIntegerField(_("Hour of the daily e-mail"), default=8)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(digest_hour__lte=23), name="digest_hour_of_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.language}"


class MailChoice(models.Model):
    """What a person chose for one kind of news; where there is none, its usual way counts."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mail_choices")
    kind = models.CharField(max_length=12)
    when = models.CharField(max_length=5, choices=MailWhen.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="mail_choice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind} {self.when}"


class Letter(Leased):
    """An e-mail to one person: at once about some notices, or the one of a local day.

    ``day`` is that of a daily one. ``uid`` makes its Message-ID, the same however often it is sent.
    ``sent_at`` is when it was sent, or found to have nothing to tell any more; ``problem`` why the
    last try failed.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(null=True)
    uid = models.CharField(max_length=32, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "day"],
                condition=models.Q(day__isnull=False),
                name="one_daily_letter",
            ),
        ]
        indexes = [due_index("letter_due")]

    def __str__(self) -> str:
        return self.uid


class Mailing(models.Model):
    """In which letter a notice is told of; in one at most, so that none is sent twice."""

    notice = models.OneToOneField(
        Notice, on_delete=models.PROTECT, primary_key=True, related_name="mailing"
    )
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="mailings")

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.letter_id}"
