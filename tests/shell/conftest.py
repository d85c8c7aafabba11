"""Two records of one unit."""

from __future__ import annotations

import pytest

from capphep.platform.models import User
from tests.factories import SmallCatalogue
from tests.shell.twins import Twins


@pytest.fixture
def twins(salesperson: User, catalogue: SmallCatalogue) -> Twins:
    return Twins(salesperson, catalogue)
