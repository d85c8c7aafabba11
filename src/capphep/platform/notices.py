"""What people are told on their first page: each thing once, read when they say so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from capphep.platform.models import Notice, User

_BATCH = 500
_WRITTEN = "text"


@dataclass(frozen=True, slots=True)
class News:
    """Something to be told; the fields are those of `Notice`.

    ``key`` names the thing. ``message`` and ``act_label`` are English msgids of the module that
    tells it (`gettext_noop`); ``params`` are numbers and texts, the same in every language.
    ``text`` among them is what somebody wrote: it is shown below the sentence, and never mailed.
    """

    kind: str
    key: str
    message: str
    link: str
    params: Mapping[str, object] = field(default_factory=dict)
    act_label: str = ""
    act_url: str = ""


def tell(told: Iterable[tuple[int, News]]) -> None:
    """Tell each person, by the id of the account, what they were not told yet.

    In the transaction that makes it true. Two that tell the same at once tell it once. One
    statement for 500 of them.
    """
    Notice.objects.bulk_create(
        (
            Notice(
                recipient_id=user_id,
                kind=news.kind,
                key=news.key,
                message=news.message,
                params=dict(news.params),
                link=news.link,
                act_label=news.act_label,
                act_url=news.act_url,
            )
            for user_id, news in told
        ),
        batch_size=_BATCH,
        ignore_conflicts=True,
    )


def notify(*, recipient_id: int, news: News) -> None:
    """Tell one person, in the transaction that makes it true. As `tell`."""
    tell([(recipient_id, news)])


def settle(keys: Collection[str]) -> None:
    """Nobody needs to read these any more: later news or a deed took their place."""
    if keys:
        _read(Notice.objects.filter(key__in=keys))


def take_back(keys: Collection[str]) -> None:
    """What somebody wrote is said no more: settled, and quoted nowhere, also where it was read."""
    settle(keys)
    found = list(Notice.objects.filter(key__in=keys))
    for notice in found:
        notice.params.pop(_WRITTEN, None)
    Notice.objects.bulk_update(found, ["params"], batch_size=_BATCH)


def mark_read(*, actor: User, notice_id: int) -> None:
    """Somebody else's, or none at all, changes nothing and says nothing."""
    _read(actor.notices.filter(pk=notice_id))


def mark_all_read(*, actor: User, up_to: int) -> None:
    """All up to the newest that the person saw: what came meanwhile stays unread."""
    _read(actor.notices.filter(pk__lte=up_to))


def unread_of(user: User) -> QuerySet[Notice]:
    return user.notices.filter(read_at__isnull=True).order_by("-id")


def text_of(notice: Notice) -> str:
    """The sentence in the active language."""
    text = gettext(notice.message)
    return text % notice.params if notice.params else text


def quote_of(notice: Notice) -> str:
    """What somebody wrote, where the notice is about that."""
    return str(notice.params.get(_WRITTEN, ""))


def _read(notices: QuerySet[Notice]) -> None:
    notices.filter(read_at__isnull=True).update(read_at=timezone.now())
