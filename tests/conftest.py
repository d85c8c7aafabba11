"""The four fixed actors, their colleagues of another team, and a small catalogue."""

from __future__ import annotations

import pytest
from django.test import Client

from capphep.platform.models import Team, User
from capphep.platform.roles import Role
from tests import factories

pytest_plugins = ["tests.plumbing"]


@pytest.fixture
def north(db: None) -> Team:
    return Team.objects.create(name="HCSN miền Bắc")


@pytest.fixture
def south(db: None) -> Team:
    return Team.objects.create(name="HCSN miền Nam")


@pytest.fixture
def salesperson(north: Team) -> User:
    return factories.user("sales", Role.SALES, north)


@pytest.fixture
def colleague(north: Team) -> User:
    """A salesperson of the same team as ``salesperson``."""
    return factories.user("colleague", Role.SALES, north)


@pytest.fixture
def other_salesperson(south: Team) -> User:
    """A salesperson of another team."""
    return factories.user("sales2", Role.SALES, south)


@pytest.fixture
def manager(db: None) -> User:
    """Leads sales as a whole: of no team."""
    return factories.user("manager", Role.MANAGER)


@pytest.fixture
def team_manager(north: Team) -> User:
    return factories.user("leader", Role.MANAGER, north)


@pytest.fixture
def officer(north: Team) -> User:
    return factories.user("officer", Role.OFFICER, north)


@pytest.fixture
def other_officer(south: Team) -> User:
    return factories.user("officer2", Role.OFFICER, south)


@pytest.fixture
def auditor(db: None) -> User:
    return factories.user("auditor", Role.AUDITOR)


@pytest.fixture
def administrator(db: None) -> User:
    return factories.user("admin", Role.ADMIN)


def signed_in(user: User) -> Client:
    """A test client in which the user is signed in."""
    client = Client()
    client.force_login(user, backend="capphep.platform.backends.People")
    return client


@pytest.fixture
def sales_client(salesperson: User) -> Client:
    return signed_in(salesperson)


@pytest.fixture
def manager_client(manager: User) -> Client:
    return signed_in(manager)


@pytest.fixture
def officer_client(officer: User) -> Client:
    return signed_in(officer)


@pytest.fixture
def auditor_client(auditor: User) -> Client:
    return signed_in(auditor)


@pytest.fixture
def admin_client(administrator: User) -> Client:
    return signed_in(administrator)


@pytest.fixture
def catalogue(db: None) -> factories.SmallCatalogue:
    return factories.SmallCatalogue()
