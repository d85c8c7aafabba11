"""The sample data: people, the sample catalogue, the sample customers, some sales work.

Every customer, price and quantity in it is invented; `Installation.is_demo` says so on
every page.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Final, NamedTuple

from django.db import transaction

from capphep.catalog import imports
from capphep.crm.actions.opportunities import create_opportunity
from capphep.crm.actions.projects import create_project
from capphep.crm.models import Customer, SalesProject
from capphep.crm.sales_rules import OpportunityInput, ProjectInput
from capphep.platform import clock
from capphep.platform.models import Installation, User
from capphep.platform.origin import working_from
from capphep.platform.roles import SYSTEM, Role
from capphep.shell.actions import create_user
from capphep.shell.customer_import import import_customers
from capphep.shell.user_rules import UserInput

PASSWORD: Final = "capphep-demo"  # noqa: S105 - printed at every start of the sample data
CUSTOMERS_FILE: Final = Path(__file__).parent / "demo_data" / "customers.xlsx"
NORTH: Final = "HCSN miền Bắc"
SOUTH: Final = "HCSN miền Nam"


class Person(NamedTuple):
    username: str
    full_name: str
    role: Role
    team: str = ""


class Campaign(NamedTuple):
    code: str
    name: str
    note: str


class Chance(NamedTuple):
    """An opportunity; ``days`` from today on is when it is expected."""

    budget_code: str
    name: str
    project: str
    amount: int
    days: int


PEOPLE: Final = (
    Person("admin", "Đặng Hoài Phương", Role.ADMIN),
    Person("sales", "Nguyễn Thị Thu Hà", Role.SALES, NORTH),
    Person("sales2", "Trần Quốc Bảo", Role.SALES, SOUTH),
    Person("manager", "Hoàng Thị Mai", Role.MANAGER),
    Person("officer", "Phạm Minh Tuấn", Role.OFFICER, NORTH),
    Person("officer2", "Lê Thị Kim Ngân", Role.OFFICER, SOUTH),
    Person("auditor", "Vũ Đình Khoa", Role.AUDITOR),
)
CAMPAIGNS: Final = (
    Campaign(
        "MT-IGOV-2026",
        "Mua thêm tài nguyên iGOV 2026",
        "Khách hàng đang dùng iGOV mua thêm gói Kế toán, Văn phòng số (VPS).",
    ),
    Campaign(
        "CDS-XA-2026",
        "Chuyển đổi số cấp xã 2026",
        "Bán mới iGOV cho xã, phường sau sắp xếp đơn vị hành chính.",
    ),
    Campaign("THS-2026", "Trường học số 2026", "Bán mới iGOV cho khối giáo dục."),
)
CHANCES: Final = {
    "sales": (
        Chance("1410518", "Mua thêm VPS 100 người dùng", "MT-IGOV-2026", 19_200_000, 14),
        Chance("1626900", "Mua thêm Kế toán 3 bộ sổ", "MT-IGOV-2026", 9_720_000, 21),
        Chance("3284595", "Mua thêm VPS 50 người dùng", "MT-IGOV-2026", 10_800_000, 30),
        Chance("3269032", "Trang bị iGOV cho UBND Xã Đông Khê", "CDS-XA-2026", 18_000_000, 45),
    ),
    "sales2": (
        Chance("3614006", "Mua thêm VPS 200 người dùng", "MT-IGOV-2026", 33_600_000, 10),
        Chance("3808651", "Mua thêm Kế toán 1 bộ sổ", "MT-IGOV-2026", 3_600_000, 25),
        Chance("1735740", "Trang bị iGOV cho UBND Xã Tân Phước 1", "CDS-XA-2026", 30_000_000, 60),
        Chance("1302536", "iGOV cơ bản cho Trường Mầm non Song Phú", "THS-2026", 9_600_000, 40),
    ),
}
# The README's tour begins with the first of them, the opportunities are of the others.
NOTHING_HAPPENED: Final = {
    "1594686",
    *(chance.budget_code for chances in CHANCES.values() for chance in chances),
}


def demo_accounts() -> list[dict[str, object]]:
    """Who can sign in to the demo data, as the sign-in page lists them."""
    return [
        {"username": person.username, "password": PASSWORD, "role": person.role.label}
        for person in PEOPLE
    ]


@transaction.atomic
def load_demo() -> None:
    """Fill an empty database, all or nothing. Raises ValueError where people work already."""
    if User.objects.exists():
        raise ValueError("the sample data goes into an empty database only")
    with working_from("sample data"):
        Installation.objects.update_or_create(id=1, defaults={"is_demo": True})
        people = {person.username: _person(person) for person in PEOPLE}
        imports.load(actor=SYSTEM, content=imports.DEMO_FILE.read_bytes())
        import_customers(CUSTOMERS_FILE)
        projects = {each.code: _project(people["sales"], each) for each in CAMPAIGNS}
        for username, chances in CHANCES.items():
            for chance in chances:
                _opportunity(people[username], chance, projects)


def _person(person: Person) -> User:
    typed = UserInput(
        username=person.username,
        full_name=person.full_name,
        role=person.role.value,
        email=f"{person.username}@example.vn",
        team=person.team,
    )
    return create_user(actor=SYSTEM, typed=typed, password=PASSWORD)


def _project(actor: User, campaign: Campaign) -> SalesProject:
    typed = ProjectInput(
        code=campaign.code,
        name=campaign.name,
        first_day=datetime.date(2026, 1, 1),
        last_day=datetime.date(2026, 12, 31),
        note=campaign.note,
    )
    return create_project(actor=actor, typed=typed)


def _opportunity(actor: User, chance: Chance, projects: dict[str, SalesProject]) -> None:
    customer = Customer.objects.get(budget_code=chance.budget_code)
    create_opportunity(
        actor=actor,
        typed=OpportunityInput(
            name=chance.name,
            customer_id=customer.pk,
            project_id=projects[chance.project].pk,
            expected_amount=chance.amount,
            expected_on=clock.today() + datetime.timedelta(days=chance.days),
        ),
    )
