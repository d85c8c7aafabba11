"""Saved views and chosen columns: whose they are, who sees them, what a list opens with."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from capphep.platform import saved_views
from capphep.platform.models import User
from capphep.platform.models.lists import Audience, SavedView
from capphep.pure.errors import Forbidden, Invalid, NotFound
from tests import factories
from tests.conftest import signed_in
from tests.plumbing.races import race

LIST = "crm.customers"


def saved(owner: User, name: str = "Cấp xã", **fields: Any) -> SavedView:
    values: dict[str, Any] = {"query": "level=4", "audience": Audience.OWN} | fields
    return saved_views.save_view(actor=owner, list_name=LIST, name=name, **values)


def url(name: str, *args: Any) -> str:
    return reverse(f"lists:{name}", args=args)


CUSTOMERS = "/crm/customers/"


# --- what an action does -------------------------------------------------------------------------


def test_a_view_is_its_owners_until_it_is_shared(
    salesperson: User, colleague: User, other_salesperson: User
) -> None:
    view = saved(salesperson)
    assert [each.name for each in saved_views.kept_of(salesperson, LIST).views] == ["Cấp xã"]
    assert not saved_views.kept_of(colleague, LIST).views
    assert not saved_views.kept_of(salesperson, "crm.orders").views
    change = {"name": "Xã", "audience": Audience.TEAM, "is_default": False}
    saved_views.change_view(actor=salesperson, view_id=view.pk, **change)
    assert [each.name for each in saved_views.kept_of(colleague, LIST).views] == ["Xã"]
    assert not saved_views.kept_of(other_salesperson, LIST).views


def test_who_leads_the_house_shares_with_everybody_and_others_with_their_team(
    salesperson: User, manager: User, team_manager: User, administrator: User, auditor: User
) -> None:
    offered = {
        salesperson: {"own", "team"},
        team_manager: {"own", "team"},
        manager: {"own", "all"},
        administrator: {"own", "all"},
        auditor: {"own"},
    }
    for actor, expected in offered.items():
        assert {each.value for each in saved_views.audiences_for(actor)} == expected
    with pytest.raises(Invalid) as refused:
        saved(salesperson, audience=Audience.ALL)
    assert refused.value.field == "audience"
    saved(manager, audience=Audience.ALL)
    assert saved_views.kept_of(auditor, LIST).views


def test_only_the_owner_changes_a_view_and_an_administrator_tidies_up(
    manager: User, salesperson: User, administrator: User
) -> None:
    view = saved(manager, audience=Audience.ALL)
    with pytest.raises(Forbidden):
        saved_views.remove_view(actor=salesperson, view_id=view.pk)
    own = saved(salesperson, "Riêng")
    with pytest.raises(NotFound):
        saved_views.remove_view(actor=manager, view_id=own.pk)
    saved_views.remove_view(actor=administrator, view_id=view.pk)
    assert not SavedView.objects.filter(pk=view.pk).exists()


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 61])
def test_a_view_needs_a_name_that_fits(salesperson: User, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        saved(salesperson, name)
    assert refused.value.field == "name"


def test_a_name_is_taken_once_by_owner_and_list(salesperson: User, colleague: User) -> None:
    saved(salesperson)
    with pytest.raises(Invalid, match="this name already"):
        saved(salesperson)
    saved(colleague)
    other = saved(salesperson, "Khác")
    with pytest.raises(Invalid, match="this name already"):
        saved_views.change_view(
            actor=salesperson, view_id=other.pk, name="Cấp xã", audience="own", is_default=False
        )


def test_what_is_too_much_for_a_view_is_refused(
    salesperson: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Invalid, match="too much"):
        saved(salesperson, query="q=" + "x" * 2_000)
    monkeypatch.setattr(saved_views, "MOST", 1)
    saved(salesperson)
    with pytest.raises(Invalid, match="delete one"):
        saved(salesperson, "Hai")


def test_what_a_person_keeps_of_a_list_takes_one_statement(salesperson: User) -> None:
    saved(salesperson, "Một", is_default=True)
    saved_views.choose_columns(actor=salesperson, list_name=LIST, keys=["name", "owner"])
    seen: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        kept = saved_views.kept_of(salesperson, LIST)
    assert len(seen) == 1
    assert kept.columns == ("name", "owner")
    assert kept.default
    assert kept.default.name == "Một"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_one_name_at_once_one_is_told(salesperson: User) -> None:
    outcomes = race(lambda: saved(salesperson), 2)
    assert sum(isinstance(each, Invalid) for each in outcomes) == 1
    assert SavedView.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_columns_that_are_chosen_twice_at_once_are_kept_once(salesperson: User) -> None:
    def choose(key: str) -> None:
        saved_views.choose_columns(actor=salesperson, list_name=LIST, keys=[key])

    outcomes = race([lambda: choose("name"), lambda: choose("owner")])
    assert not [each for each in outcomes if isinstance(each, Exception)]
    assert saved_views.kept_of(salesperson, LIST).columns in (("name",), ("owner",))


# --- on the screen -------------------------------------------------------------------------------


def test_a_view_is_saved_from_what_the_list_shows_and_opens_as_a_tab(
    sales_client: Client, salesperson: User
) -> None:
    shown = sales_client.get(f"{CUSTOMERS}?level=4&view=0&count=exact").context["tools"]
    answer = sales_client.post(shown.save_url, {"name": "Cấp xã", "audience": "own"})
    assert answer.status_code == 302
    page = sales_client.get(answer.url)
    (_everything, tab) = page.context["tools"].tabs
    assert (tab.label, tab.is_current) == ("Cấp xã", True)
    query = parse_qs(urlsplit(answer.url).query)
    assert query["level"] == ["4"]
    assert "count" not in query
    assert not page.context["tools"].save_url


def test_a_changed_view_can_be_replaced_or_saved_under_another_name(
    sales_client: Client, salesperson: User
) -> None:
    view = saved(salesperson)
    tools = sales_client.get(f"{CUSTOMERS}?level=1&view={view.pk}").context["tools"]
    assert tools.save_url
    replace = tools.menu[0]
    assert sales_client.post(replace.url).status_code == 302
    view.refresh_from_db()
    assert parse_qs(view.query)["level"] == ["1"]


def test_a_default_view_opens_the_list_and_the_list_without_it_stays_in_reach(
    sales_client: Client, salesperson: User
) -> None:
    view = saved(salesperson, is_default=True)
    opened = sales_client.get(CUSTOMERS)
    assert opened.url == f"{CUSTOMERS}?level=4&view={view.pk}"
    page = sales_client.get(opened.url)
    assert page.context["tools"].tabs[0].href == f"{CUSTOMERS}?view=0"
    assert page.context["page"].clear_href == f"{CUSTOMERS}?view=0"
    assert sales_client.get(f"{CUSTOMERS}?view=0").status_code == 200
    saved_views.remove_view(actor=salesperson, view_id=view.pk)
    assert sales_client.get(CUSTOMERS).status_code == 200


def test_a_shared_view_shows_each_person_their_own_rows(
    manager: User, salesperson: User, other_salesperson: User
) -> None:
    mine = factories.customer(name="UBND Xã Của Tôi", owner=salesperson, team=salesperson.team)
    view = saved(manager, audience=Audience.ALL, query="")
    address = f"{CUSTOMERS}?view={view.pk}"
    assert mine.name in signed_in(salesperson).get(address).content.decode()
    assert mine.name not in signed_in(other_salesperson).get(address).content.decode()


def test_a_wrong_name_comes_back_at_its_field(sales_client: Client, salesperson: User) -> None:
    saved(salesperson)
    form = url("view_new", LIST) + "?level=1"
    answer = sales_client.post(form, {"name": "Cấp xã", "audience": "own"})
    assert answer.status_code == 422
    assert "Đã có chế độ xem tên này." in answer.content.decode()


def test_a_view_of_a_list_that_is_not_for_the_person_is_not_saved(sales_client: Client) -> None:
    assert sales_client.get(url("view_new", "shell.users")).status_code == 403
    assert sales_client.get(url("columns", "shell.users")).status_code == 403
    assert sales_client.get(url("columns", "no.list")).status_code == 404


def test_views_of_others_answer_as_if_they_were_not_there(
    sales_client: Client, other_salesperson: User
) -> None:
    view = saved(other_salesperson)
    for name in ("view_edit", "view_replace", "view_default", "view_delete"):
        assert sales_client.post(url(name, view.pk)).status_code == 404


def test_columns_are_moved_chosen_remembered_and_given_back(
    sales_client: Client, salesperson: User
) -> None:
    dialog = sales_client.get(CUSTOMERS).context["tools"].columns_url
    order = [column.key for column, _shown in sales_client.get(dialog).context["rows"]]
    assert order[:2] == ["name", "level"]
    moved = sales_client.post(dialog, {"order": order, "col": ["name", "level"], "up": "level"})
    assert [column.key for column, _shown in moved.context["rows"]][:2] == ["level", "name"]
    chosen = {"order": ["level", "name", "phone"], "col": ["name", "level", "phone"]}
    answer = sales_client.post(dialog, chosen)
    assert parse_qs(urlsplit(answer.url).query)["cols"] == ["budget_code,level,name,phone"]
    # On another machine, without anything in the address.
    page = signed_in(salesperson).get(CUSTOMERS).context["page"]
    assert [column.key for column in page.columns] == ["budget_code", "level", "name", "phone"]
    sales_client.post(dialog, {"usual": "1"})
    page = sales_client.get(CUSTOMERS).context["page"]
    assert "phone" not in [column.key for column in page.columns]
