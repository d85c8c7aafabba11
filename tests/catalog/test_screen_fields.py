"""The additional fields of a module, changed on the screen; what was entered stays readable."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from capphep.catalog import exports, imports, schemas
from capphep.catalog.actions.extra_fields import save_fields
from capphep.catalog.forms.fields import posted_rows, rows_of
from capphep.catalog.models import Module
from capphep.catalog.schema_history import asked, evolved
from capphep.platform import versions
from capphep.platform.audit import entries_of
from capphep.platform.models import User
from capphep.platform.roles import SYSTEM
from capphep.provisioning.models import LicenceRequest, RequestLine
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.races import losers, race, winners

pytestmark = pytest.mark.django_db
REGIMES = "tt24 | Thông tư 24 | Circular 24\ntt107 | Thông tư 107 | Circular 107"


def row(key: str, name: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """What the browser sends of one row."""
    values = {"name": name, "kind": kind, "vi": f"Nhãn {name}", "en": f"Label {name}", **more}
    return {f"{key}-{field}": value for field, value in values.items()}


def sent(*rows: dict[str, Any], version: int = 1, **more: Any) -> dict[str, Any]:
    keys = [next(iter(each)).partition("-")[0] for each in rows]
    return {"version": version, "row": keys, **{k: v for r in rows for k, v in r.items()}, **more}


def address(module: Module) -> str:
    return f"/catalogue/modules/{module.pk}/fields"


def fresh(module: Module) -> Module:
    return Module.objects.get(pk=module.pk)


def test_fields_are_described_previewed_ordered_and_saved(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    module = catalogue.office
    rows = (
        row("f1", "unit", "budget_code", required="on"),
        row("f2", "regime", "choice", choices=REGIMES),
        row("f3", "rooms", "number", least="1", most="9"),
    )
    preview = admin_client.post(address(module), sent(*rows, intent="preview"))
    assert preview.status_code == 200
    shown = {each.label: each.field.required for each in preview.context["preview"]}
    assert shown == {"Nhãn unit": True, "Nhãn regime": False, "Nhãn rooms": False}
    moved = admin_client.post(address(module), sent(*rows, intent="up-f3"))
    assert [one["name"].value() for one in moved.context["rows"]] == ["unit", "rooms", "regime"]
    assert fresh(module).extra_schema == {}, "nothing is saved before Save"
    assert admin_client.post(address(module), sent(*rows)).status_code == 302
    schema = fresh(module).extra_schema
    assert [each.name for each in schemas.fields_of(schema, "vi")] == ["unit", "regime", "rooms"]
    assert schemas.clean_values(schema, {"unit": "1234567", "regime": "tt24", "rooms": "9"})
    assert [one["choices"].value() for one in rows_of(schema)][1] == REGIMES
    assert "Nhãn unit *" in str(entries_of(module)[0].after)


def test_what_is_wrong_is_said_at_its_row_and_nothing_typed_is_lost(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    rows = (
        row("f1", "Bad Name"),
        row("f2", "twice"),
        row("f3", "twice", en=""),
        row("f4", "empty", "choice"),
        row("f5", "bounds", "number", least="9", most="1"),
    )
    response = admin_client.post(address(catalogue.office), sent(*rows))
    assert response.status_code == 422
    wrong = {one.prefix for one in response.context["rows"] if one.non_field_errors()}
    assert wrong >= {"f1", "f3", "f4", "f5"}
    assert "Bad Name" in response.content.decode()


def test_what_was_entered_under_an_older_schema_stays_readable(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    module = catalogue.office
    rows = (row("f1", "regime", "choice", choices=REGIMES), row("f2", "since", "date"))
    admin_client.post(address(module), sent(*rows))
    fewer = row("f1", "regime", "choice", choices=REGIMES.splitlines()[1])
    assert admin_client.post(address(module), sent(fewer, version=2)).status_code == 302
    schema = fresh(module).extra_schema
    values = {"regime": "tt24", "since": "2026-01-31"}
    assert schemas.display_values(schema, values, "vi") == [
        ("Nhãn regime", "Thông tư 24"),
        ("Nhãn since", "31/01/2026"),
    ]
    assert [each.name for each in schemas.fields_of(schema, "vi")] == ["regime"]
    again = admin_client.post(address(module), sent(row("f1", "since", "number"), version=3))
    assert again.status_code == 422, "what was entered as a day cannot become a number"
    assert admin_client.post(address(module), sent(version=3)).status_code == 302
    schema = fresh(module).extra_schema
    assert schemas.fields_of(schema, "vi") == [] and asked(schema) == {}
    assert len(schemas.display_values(schema, values, "vi")) == 2


def test_a_draft_made_before_says_what_is_new(
    catalogue: SmallCatalogue, admin_client: Client, sales_client: Client, salesperson: User
) -> None:
    customer = factories.customer("7654321", owner=salesperson, team=salesperson.team)
    stories.opened(customer, catalogue)
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    request = stories.drafted(order, salesperson)
    admin_client.post(address(catalogue.office), sent(row("f1", "rooms", "number", required="on")))
    line = RequestLine.objects.get(request=request)
    page = sales_client.get(
        reverse("provisioning:extra", args=[request.pk, line.pk])
    ).content.decode()
    assert "Nhãn rooms" in page and "Mới có sau khi lập yêu cầu này" in page
    later = stories.drafted(
        stories.ordered(customer, salesperson, [(catalogue.users_50, 1)]), salesperson
    )
    line = RequestLine.objects.get(request=later)
    page = sales_client.get(
        reverse("provisioning:extra", args=[later.pk, line.pk])
    ).content.decode()
    assert "Nhãn rooms" in page and "Mới có sau khi" not in page


def _dialog(client: Client, request: LicenceRequest) -> str:
    line = RequestLine.objects.get(request=request)
    response = client.get(reverse("provisioning:extra", args=[request.pk, line.pk]))
    return response.content.decode()


def test_the_memory_of_a_schema_is_no_part_of_the_file(catalogue: SmallCatalogue) -> None:
    module = catalogue.office
    first = {"properties": {"a": {"type": "string", "title": "A", "x-vi": {"title": "A"}}}}
    module.extra_schema = evolved(evolved({}, {"type": "object", **first}, "2026-01-01"), {}, "x")
    module.save()
    file = exports.catalogue_file()
    assert b"x-retired" not in file
    imports.load(actor=SYSTEM, content=file)
    again = imports.load(actor=SYSTEM, content=file)
    assert again.updated == 0 and "x-retired" in fresh(module).extra_schema


@pytest.mark.parametrize("who", ["sales_client", "officer_client", "auditor_client"])
def test_others_do_not_come_here(
    who: str, request: pytest.FixtureRequest, catalogue: SmallCatalogue
) -> None:
    client = request.getfixturevalue(who)
    assert client.get(address(catalogue.office)).status_code == 403
    assert client.post(address(catalogue.office), sent(row("f1", "a"))).status_code == 403


def test_the_later_of_two_is_told_what_the_other_saved(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    module = catalogue.office
    admin_client.post(address(module), sent(row("f1", "theirs")))
    mine = sent(row("f1", "mine"))
    response = admin_client.post(address(module), mine)
    assert response.status_code == 409
    assert "Nhãn theirs" in response.content.decode() and response.context["version"] == 2
    assert admin_client.post(address(module), mine | {"version": 2}).status_code == 302


@given(st.dictionaries(st.sampled_from(["row", "intent", "f1-name", "f1-kind"]), st.text()))
def test_whatever_is_sent_is_read(posted: dict[str, str]) -> None:
    query = QueryDict(mutable=True)
    query.update(posted)
    query.appendlist("row", "f1")
    for each in posted_rows(query):
        each.described()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told(administrator: User) -> None:
    module = SmallCatalogue().office
    query = QueryDict(mutable=True)
    query.update(row("f1", "rooms"))
    query["row"] = "f1"
    fields = [each.described() for each in posted_rows(query)]
    outcomes = race(
        lambda: save_fields(
            actor=administrator, module_id=module.pk, seen_version=1, fields=fields
        ),
        2,
    )
    assert len(winners(outcomes)) == 1
    assert [type(each) for each in losers(outcomes)] == [versions.Stale]
