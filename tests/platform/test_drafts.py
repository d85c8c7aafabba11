"""What is being typed is kept for its person, offered again, and goes when it is saved or old."""

from __future__ import annotations

import datetime
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from capphep.crm.models import SalesProject
from capphep.platform import drafts
from capphep.platform.models import FormDraft, User
from capphep.pure.errors import Conflict, Invalid
from capphep.shell import tick
from tests.conftest import signed_in
from tests.plumbing.races import losers, race, winners

pytestmark = pytest.mark.django_db

PATH = "/crm/projects/new"


def keep(owner: User, key: UUID, seen: int = 0, gone: tuple[str, ...] = (), **typed: str) -> int:
    changed = {name: [value] for name, value in typed.items()}
    return drafts.keep(owner=owner, key=key, path=PATH, seen=seen, changed=changed, gone=gone)


def fields(key: UUID) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(FormDraft.objects.get(key=key).fields)
    return found


def send(client: Client, key: UUID, **sent: Any) -> Any:
    body = {"form": PATH, "seen": 0, "changed": {"name": ["Đã gõ"]}, "gone": [], **sent}
    return client.post(
        reverse("draft", args=[key]), json.dumps(body), "application/json", HTTP_HX_REQUEST="true"
    )


def test_what_differs_is_merged_and_secrets_are_never_kept(salesperson: User) -> None:
    key = uuid4()
    assert keep(salesperson, key, name="Một", code="A", password1="bí mật") == 1
    assert keep(salesperson, key, seen=1, gone=("code",), name="Hai") == 2
    assert fields(key) == {"name": ["Hai"]}


def test_a_page_that_another_one_overtook_is_told(salesperson: User, colleague: User) -> None:
    key = uuid4()
    keep(salesperson, key, name="Một")
    for owner, seen in ((salesperson, 7), (salesperson, 0), (colleague, 1), (colleague, 0)):
        with pytest.raises(Conflict) as refused:
            keep(owner, key, seen=seen, name="Khác")
        assert refused.value.code == "draft_changed"
    assert fields(key) == {"name": ["Một"]}


def test_drafts_are_bounded_in_size_and_number(salesperson: User) -> None:
    with pytest.raises(Invalid):
        keep(salesperson, uuid4(), name="x" * (drafts.LONGEST + 1))
    keys = [uuid4() for _ in range(drafts.MOST_PER_PERSON + 2)]
    for key in keys:
        keep(salesperson, key, name="x")
    kept = set(FormDraft.objects.values_list("key", flat=True))
    assert kept == set(keys[2:])


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_keep_one_draft_at_once_one_goes_on_with_it(salesperson: User) -> None:
    key = uuid4()
    keep(salesperson, key, name="x")
    first, second = {"a": "1"}, {"b": "2"}
    outcomes = race(
        [lambda: keep(salesperson, key, 1, **first), lambda: keep(salesperson, key, 1, **second)]
    )
    assert len(winners(outcomes)) == len(losers(outcomes)) == 1
    assert isinstance(losers(outcomes)[0], Conflict)
    assert len(fields(key)) == 2


def test_the_form_offers_what_was_typed_to_its_person_alone(
    salesperson: User, colleague: User
) -> None:
    client, key = signed_in(salesperson), uuid4()
    assert client.get(reverse("drafts"), {"form": PATH}).status_code == 204
    assert send(client, key).json() == {"version": 1}
    offer = client.get(reverse("drafts"), {"form": PATH}).content.decode()
    assert "chưa được lưu" in offer
    assert f"{PATH}?draft={key}" in offer
    restored = client.get(f"{PATH}?draft={key}").content.decode()
    assert 'value="Đã gõ"' in restored
    stranger = signed_in(colleague)
    assert stranger.get(reverse("drafts"), {"form": PATH}).status_code == 204
    assert "Đã gõ" not in stranger.get(f"{PATH}?draft={key}").content.decode()
    assert stranger.delete(reverse("draft", args=[key])).status_code == 204
    assert "Đã gõ" not in client.get(f"/crm/opportunities/new?draft={key}").content.decode()
    assert FormDraft.objects.count() == 1
    client.delete(reverse("draft", args=[key]))
    assert FormDraft.objects.count() == 0


def test_what_is_saved_needs_no_draft_any_more(salesperson: User) -> None:
    client, key = signed_in(salesperson), uuid4()
    send(client, key)
    client.post(PATH, {"code": "DA-1", "draft": [str(key), "x"]})
    assert FormDraft.objects.count() == 1  # not saved: the name lacks
    client.post(PATH, {"code": "DA-1", "name": "Dự án", "draft": str(key)})
    assert SalesProject.objects.count() == 1
    assert FormDraft.objects.count() == 0


@pytest.mark.parametrize(
    "sent", [{"form": "/nowhere"}, {"seen": "x"}, {"changed": [1]}, {"gone": 3}, {"seen": -1}]
)
def test_nonsense_is_refused(salesperson: User, sent: dict[str, Any]) -> None:
    assert send(signed_in(salesperson), uuid4(), **sent).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        f'{{"form": "{PATH}", "seen": 1e999, "changed": {{}}, "gone": []}}',
        f'{{"form": "{PATH}", "seen": 0, "changed": {{"a": ["\\ud800"]}}, "gone": []}}',
        "[" * 100_000,
    ],
)
def test_what_no_page_sends_is_refused_too(salesperson: User, body: str) -> None:
    address = reverse("draft", args=[uuid4()])
    answer = signed_in(salesperson).post(address, body, content_type="application/json")
    assert answer.status_code == 400


def test_a_draft_that_nobody_came_back_to_goes(salesperson: User) -> None:
    old, new = uuid4(), uuid4()
    for key in (old, new):
        keep(salesperson, key, name="x")
    past = timezone.now() - drafts.LASTS - datetime.timedelta(hours=1)
    FormDraft.objects.filter(key=old).update(updated_at=past)
    assert tick.run()["form_drafts_forgotten"] == 1
    assert FormDraft.objects.get().key == new


def test_a_draft_becomes_what_a_form_reads(salesperson: User) -> None:
    key = uuid4()
    keep(salesperson, key, name="x", code="Y")
    request: Any = signed_in(salesperson).get(f"{PATH}?draft={key}").wsgi_request
    found = drafts.asked_for(request)
    assert isinstance(found, QueryDict)
    assert found.dict() == {"name": "x", "code": "Y"}
