"""Who signs in, and the teams."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

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
