"""What people keep of lists: the columns that they look at, and views under a name."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_NAME: Final = 60
LONGEST_QUERY: Final = 2_000


class Audience(models.TextChoices):
    OWN = "own", _("Only me")
    TEAM = "team", _("My team")
    ALL = "all", _("Everybody")


class SavedView(models.Model):
    """A query string of a list under a name, for its owner or for others too.

    It holds what to look at and never whose: the rows are those that the reader may see.
    ``team`` is the one that it is shared with.
    """

    owner = models.ForeignKey("platform.User", on_delete=models.CASCADE, related_name="+")
    list = models.CharField(max_length=60)
    name = models.CharField(_("Name of the view"), max_length=LONGEST_NAME)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    audience = models.CharField(
        _("Who sees it"), max_length=4, choices=Audience.choices, default=Audience.OWN
    )
    team = models.ForeignKey("platform.Team", on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "owner", "name"], name="view_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class ListPreference(models.Model):
    """How one person looks at one list, on whatever machine.

    ``columns`` are keys in their order, comma-separated, "" for the usual ones;
    ``default_view`` is what the list opens with.
    """

    user = models.ForeignKey("platform.User", on_delete=models.CASCADE, related_name="+")
    list = models.CharField(max_length=60)
    columns = models.CharField(max_length=LONGEST_QUERY, blank=True)
    default_view = models.ForeignKey(
        SavedView, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "list"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.list}"
