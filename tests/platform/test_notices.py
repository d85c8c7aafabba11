"""Notices: each thing told once to each person."""

from __future__ import annotations

import pytest
from django.utils import translation

from capphep.platform import notices
from capphep.platform.models import Notice, User
from capphep.platform.notices import News
from tests.plumbing.races import losers, race

SEND = News("test", "thing/1", "Waiting for approval", "/")


def told(user: User, *keys: str) -> None:
    notices.tell((user.pk, News("test", key, "Waiting for approval", "/")) for key in keys)


@pytest.mark.django_db
def test_a_thing_is_told_to_each_person_once(salesperson: User, colleague: User) -> None:
    told(salesperson, "thing/1")
    told(salesperson, "thing/1", "thing/2")
    told(colleague, "thing/1")
    assert [each.key for each in notices.unread_of(salesperson)] == ["thing/2", "thing/1"]
    assert notices.unread_of(colleague).count() == 1


@pytest.mark.django_db
def test_what_was_read_is_not_told_again(salesperson: User) -> None:
    told(salesperson, "thing/1")
    notices.mark_read(actor=salesperson, notice_id=Notice.objects.get().pk)
    told(salesperson, "thing/1")
    assert not notices.unread_of(salesperson).exists()


@pytest.mark.django_db
def test_what_is_settled_is_read_for_everybody(salesperson: User, colleague: User) -> None:
    for user in (salesperson, colleague):
        told(user, "thing/1", "thing/2")
    notices.settle(["thing/1"])
    for user in (salesperson, colleague):
        assert [each.key for each in notices.unread_of(user)] == ["thing/2"]


@pytest.mark.django_db
def test_a_notice_is_read_in_the_language_of_its_reader(salesperson: User) -> None:
    news = News("test", "k", "Order %(number)s is saved.", "/", {"number": "DH-2026-000001"})
    notices.tell([(salesperson.pk, news)])
    notice = notices.unread_of(salesperson).get()
    with translation.override("en"):
        assert notices.text_of(notice) == "Order DH-2026-000001 is saved."
    with translation.override("vi"):
        assert notices.text_of(notice) == "Đã lưu đơn hàng DH-2026-000001."


@pytest.mark.django_db(transaction=True)
def test_of_two_that_tell_the_same_at_once_one_is_heard(salesperson: User) -> None:
    outcomes = race(lambda: notices.tell([(salesperson.pk, SEND)]), 4)
    assert not losers(outcomes)
    assert Notice.objects.count() == 1
