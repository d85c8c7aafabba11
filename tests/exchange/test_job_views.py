"""The page of what goes on in the background for oneself."""

from __future__ import annotations

import pytest
from django.test import Client

from capphep.platform import jobs
from capphep.platform.jobs import Kind, Outcome, Run
from capphep.platform.models import BackgroundJob, User
from tests.conftest import signed_in
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db
LIST = "/exchange/jobs/"


def asked_by(user: User, **values: object) -> BackgroundJob:
    job = jobs.submit(
        actor=user, kind="test", title="Export", label="Khách hàng", link="/", params={}, total=200
    )
    BackgroundJob.objects.filter(pk=job.pk).update(**values)
    return job


def finish(run: Run) -> Outcome:
    run.draft.write_bytes(b"PK")
    return Outcome("Done: %(label)s", file_name="khách hàng.xlsx")


def test_a_job_that_runs_shows_its_bar_and_asks_again(
    sales_client: Client, salesperson: User, statements: Counter
) -> None:
    asked_by(salesperson, state="running", done=50)
    with statements("exchange.jobs", at_most=6):
        page = sales_client.get(LIST).content.decode()
    assert '<progress class="job-bar" value="25"' in page
    assert "every 1s" in page
    BackgroundJob.objects.update(state="done", next_at=None)
    assert "every 1s" not in sales_client.get(LIST).content.decode()


def test_results_are_only_their_owners(sales_client: Client, salesperson: User) -> None:
    job = asked_by(salesperson)
    address = f"{LIST}{job.pk}/file"
    assert sales_client.get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_result_with_a_very_long_name_keeps_its_ending(
    sales_client: Client, salesperson: User
) -> None:
    def finish_long(run: Run) -> Outcome:
        run.draft.write_bytes(b"PK")
        return Outcome("Done: %(label)s", file_name=f"{'d' * 195} - dòng lỗi.xlsx")

    job = asked_by(salesperson)
    jobs.work_next([Kind("test", finish_long)])
    answer = sales_client.get(f"{LIST}{job.pk}/file")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith('.xlsx"')


@pytest.mark.django_db(transaction=True)
def test_a_result_is_served_to_its_owner(
    sales_client: Client, salesperson: User, colleague: User
) -> None:
    job = asked_by(salesperson)
    jobs.work_next([Kind("test", finish)])
    answer = sales_client.get(f"{LIST}{job.pk}/file")
    assert b"".join(answer) == b"PK"  # type: ignore[arg-type]
    assert "no-store" in answer["Cache-Control"]
    for path in ("file", "", "cancel"):
        other = signed_in(colleague)
        call = other.post if path == "cancel" else other.get
        assert call(f"{LIST}{job.pk}/{path}").status_code == 404


def test_one_cancels_what_one_asked_for(sales_client: Client, salesperson: User) -> None:
    job = asked_by(salesperson)
    sales_client.get(f"{LIST}{job.pk}/cancel")
    assert BackgroundJob.objects.get().state == "waiting"
    sales_client.post(f"{LIST}{job.pk}/cancel", headers={"HX-Request": "true"})
    assert BackgroundJob.objects.get().state == "cancelled"
    assert sales_client.post(f"{LIST}{job.pk}/cancel").status_code == 409


def test_the_page_that_began_a_job_is_loaded_again_at_its_end(
    sales_client: Client, salesperson: User
) -> None:
    job = asked_by(salesperson)
    address = f"{LIST}{job.pk}/?reload=1"
    assert "HX-Refresh" not in sales_client.get(address)
    BackgroundJob.objects.update(state="done", next_at=None)
    assert sales_client.get(address)["HX-Refresh"] == "true"
