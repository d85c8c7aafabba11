"""The sample data: complete, quick to load, only into an empty database."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from capphep.crm.models import Customer
from capphep.platform.models import User
from capphep.platform.queries import is_demo
from capphep.shell.demo import load_demo

pytestmark = pytest.mark.django_db


def test_it_loads_in_bounded_statements_with_people_of_every_role(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(360):
        load_demo()
    assert is_demo()
    roles = dict(User.objects.values_list("username", "role"))
    assert roles == {
        "sales": "sales",
        "sales2": "sales",
        "manager": "manager",
        "officer": "officer",
        "officer2": "officer",
        "auditor": "auditor",
        "admin": "admin",
    }
    teams = dict(User.objects.values_list("username", "team__name"))
    assert teams["sales"] == teams["officer"] != teams["sales2"] == teams["officer2"]


def test_it_goes_into_an_empty_database_only(salesperson: User) -> None:
    with pytest.raises(ValueError, match="empty database"):
        load_demo()
    assert not is_demo() and not Customer.objects.exists()
