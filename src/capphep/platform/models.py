"""Tables that every module stands on: people, audit trail, outbox, files, number series."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.platform.job_models import BackgroundJob as BackgroundJob
from capphep.platform.list_models import ListPreference as ListPreference
from capphep.platform.list_models import SavedView as SavedView
from capphep.platform.message_models import MessageText as MessageText
from capphep.platform.roles import Role
from capphep.pure.collation import vietnamese_key


class Team(models.Model):
    name = models.CharField(_("Team"), max_length=100, unique=True)
    # Its place in the Vietnamese order (`pure.collation`).
    sort_key = models.CharField(max_length=800, default="", db_default="")
    is_active = models.BooleanField(_("Active"), default=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["sort_key", "id"], name="team_by_name")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        fields["sort_key"] = vietnamese_key(fields.get("full_name", ""))
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. One role, at most one team."""

    username = models.CharField(_("User name"), max_length=150, unique=True)
    full_name = models.CharField(_("Full name"), max_length=150)
    # Its place in the Vietnamese order (`pure.collation`).
    sort_key = models.CharField(max_length=800, default="", db_default="")
    email = models.EmailField(_("E-mail"), blank=True)
    role = models.CharField(
        _("Role"), max_length=10, choices=[c for c in Role.choices if c[0] != Role.SYSTEM]
    )
    team = models.ForeignKey(
        Team, verbose_name=_("Team"), on_delete=models.PROTECT, null=True, blank=True
    )
    is_active = models.BooleanField(_("Active"), default=True)
    # Somebody else chose the password: the first thing to do is to choose another one.
    must_change_password = models.BooleanField(default=False)
    # Counts how often all sessions were ended; part of what makes one valid.
    session_round = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name", "role"]

    class Meta:
        indexes = [models.Index(fields=["sort_key", "id"], name="user_by_name")]

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        return self.full_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        own = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        return f"{own}.{self.session_round}" if self.session_round else str(own)


class Installation(models.Model):
    """Facts about this installation; one row, made by the first migration."""

    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_installation_row")
        ]

    def __str__(self) -> str:
        return "demo" if self.is_demo else "production"


class Tick(models.Model):
    """The last local day whose beginnings and ends were noted; one row (see `platform.ticks`)."""

    last_day = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_tick_row")]

    def __str__(self) -> str:
        return str(self.last_day)


class NumberSeries(models.Model):
    """The last number given in a series such as DH-2026 (R14)."""

    series = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"


class AuditChain(models.Model):
    """Where one chain of audit entries ends: how many it has, and the hash of its last."""

    length = models.PositiveIntegerField()
    head = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.pk}: {self.length}"


class AuditEntry(models.Model):
    """Who did what to which record, when and from where (R13).

    Appended, never changed: the database refuses it, and the hash of each entry covers the
    one before it in its chain.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=150)
    origin = models.CharField(max_length=64, blank=True)
    verb = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_no = models.CharField(max_length=150, blank=True)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    # The constraint's index begins with the chain.
    chain = models.ForeignKey(
        AuditChain, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    seq = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # A chain that two transactions prolong at once would fork here.
            models.UniqueConstraint(fields=["chain", "seq"], name="audit_entry_place")
        ]
        indexes = [
            # A record's own page lists its entries, newest first.
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb} {self.subject_no}"


class OutboxEvent(models.Model):
    """An event for the outside, written in the transaction that made it true (R5).

    ``position`` counts in the order of commits and is given after the commit (`platform.feed`).
    ``customer`` is the budget code and ``product`` the code of those whom it concerns, if any.
    """

    public_id = models.CharField(max_length=36, unique=True)
    position = models.PositiveBigIntegerField(null=True, unique=True)
    at = models.DateTimeField(auto_now_add=True)
    type = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    customer = models.CharField(max_length=7, blank=True)
    product = models.CharField(max_length=40, blank=True)
    payload = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        indexes = [
            # Those that have just been committed, looked for every second.
            models.Index(
                fields=["id"], name="event_unplaced", condition=models.Q(position__isnull=True)
            ),
            # Read on from a position by who asks for some types, or is bound to one customer.
            models.Index(fields=["type", "position"], name="event_by_type"),
            models.Index(fields=["customer", "position"], name="event_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class StoredFile(models.Model):
    """A file's bytes, kept once under their SHA-256 and never changed (R7)."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="stored_file_not_empty")
        ]

    def __str__(self) -> str:
        return self.sha256


class TextState(models.TextChoices):
    HAS_TEXT = "has_text", _("Text found")
    NO_TEXT = "no_text", _("No text layer")
    UNREADABLE = "unreadable", _("Text cannot be read")


class FileText(models.Model):
    """What can be read in a stored file, found out once for each content.

    ``text`` is cut off at a fixed length, form feeds part its pages; ``pages`` were read
    out of ``page_count`` (both 0 where the kind of file has no pages).
    """

    file = models.OneToOneField(
        StoredFile, on_delete=models.CASCADE, primary_key=True, related_name="text"
    )
    state = models.CharField(max_length=10, choices=TextState.choices)
    text = models.TextField(blank=True)
    pages = models.PositiveIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0)
    is_cut = models.BooleanField(default=False)
    read_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.file_id}: {self.state}"


class OptionValue(models.Model):
    """What an administrator chose for one option (`platform.options`); null: its default again."""

    key = models.CharField(max_length=60, unique=True)
    value = models.JSONField(_("Value"), null=True, encoder=DjangoJSONEncoder)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.key


class AccessKind(models.TextChoices):
    VIEW = "view", _("Seen on a screen")
    REVEAL = "reveal", _("Shown in full by a click")
    EXPORT = "export", _("Exported")
    API = "api", _("Read over the API")


class PersonalAccess(models.Model):
    """Who saw the phone or e-mail of a record on a local day; once, however often they looked.

    Appended, never changed; the database lets only old entries go.
    """

    person = models.ForeignKey(
        User, verbose_name=_("Who"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField()
    at = models.DateTimeField(_("When"), auto_now_add=True)
    kind = models.CharField(_("How"), max_length=10, choices=AccessKind.choices)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_no = models.CharField(_("Whose"), max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "day", "kind", "subject_type", "subject_id"],
                condition=~models.Q(kind="export"),
                name="personal_access_once",
            ),
        ]
        indexes = [
            # The screen, newest first: all, one person's, one kind.
            models.Index(fields=["-at", "-id"], name="personal_access_newest"),
            models.Index(fields=["person", "-at", "-id"], name="personal_access_person"),
            # What is old goes.
            models.Index(fields=["day"], name="personal_access_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.person_id} {self.kind} {self.subject_no}"


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


class IdempotentAnswer(models.Model):
    """What was answered to a POST with this key, so that its repetition does nothing again.

    ``status`` is 0 until the answer is known, which no other transaction sees.
    """

    token_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_id", "key"], name="idempotency_key_once")
        ]
        # Those older than a day are removed.
        indexes = [models.Index(fields=["at"], name="idempotent_answer_at")]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"


class FormDraft(models.Model):
    """What a person has typed into a form and not saved yet (see `platform.drafts`)."""

    key = models.UUIDField(unique=True)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=200)
    # The fields as JSON, each name with its values; read and written as a whole.
    fields = models.TextField()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Offered when the form is opened again; the oldest of a person's make room.
            models.Index(fields=["owner", "path", "-updated_at"], name="form_draft_offered"),
            # Those that nobody came back to are removed.
            models.Index(fields=["updated_at"], name="form_draft_at"),
        ]

    def __str__(self) -> str:
        return self.path
