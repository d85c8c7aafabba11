"""The kit's pages without a browser: what is rendered, for whom, and with which answer."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.http import HttpResponse
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from capphep.platform import htmx
from capphep.platform.kit import steps
from capphep.platform.models import Team, User
from capphep.platform.navigation import GROUPS
from capphep.platform.widgets import DayField, Picker
from tests import factories
from tests.conftest import signed_in

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "capphep"
HTMX = {"HX-Request": "true"}

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.platform.kit_site")]


def rendered(source: str, **context: Any) -> str:
    return Template("{% load i18n kit %}" + source).render(Context(context))


# --- values --------------------------------------------------------------------------------


def test_values_are_written_the_vietnamese_way() -> None:
    moment = datetime.datetime(2026, 11, 24, 18, 5, tzinfo=datetime.UTC)
    assert rendered("{{ v|dong }}", v=1234567) == "1.234.567 đ"
    assert rendered("{{ v|dong }}", v=0) == "0 đ"
    assert rendered("{{ v|number }}", v=-1000) == "-1.000"
    assert rendered("{{ v|day }}", v=datetime.date(2026, 3, 5)) == "05/03/2026"
    assert rendered("{{ v|moment }}", v=moment) == "25/11/2026 01:05"
    assert rendered("{{ v|day }}", v=moment) == "25/11/2026"
    assert rendered("[{{ v|dong }}{{ v|number }}{{ v|day }}{{ v|moment }}]", v=None) == "[]"


def test_a_mark_shows_the_given_name() -> None:
    assert rendered("{{ v|initial }}", v="Nguyễn Thị ánh") == "Á"
    assert rendered("{{ v|initial }}", v=" ") == ""


def test_a_stepper_knows_what_is_done_and_what_was_refused() -> None:
    assert [step.state for step in steps("abc", 1)] == ["done", "current", "todo"]
    assert [step.state for step in steps("abc", 1, refused=True)] == ["done", "refused", "todo"]


# --- forms ---------------------------------------------------------------------------------


class SmallForm(forms.Form):
    code = forms.CharField(label="Mã ngân sách", help_text="7 chữ số")
    agreed = forms.BooleanField(label="Đồng ý", required=False)
    day = DayField(label="Ngày", required=False)


def test_a_field_ties_label_help_and_error_to_its_input() -> None:
    with translation.override("vi"):
        html = rendered("{% field form.code '6' autocomplete='off' %}", form=SmallForm({}))
    assert '<label class="field-label" for="id_code">Mã ngân sách</label>' in html
    assert 'aria-describedby="id_code_help id_code_error"' in html
    assert 'aria-invalid="true"' in html and 'autocomplete="off"' in html
    assert 'id="id_code_error"' in html and 'id="id_code_help"' in html
    assert "bắt buộc" in html and "field-6" in html


def test_a_sound_field_says_nothing_of_errors() -> None:
    html = rendered("{% field form.code %}", form=SmallForm())
    assert "aria-invalid" not in html and 'aria-describedby="id_code_help"' in html


@pytest.mark.parametrize(
    "written", ["1/2/2026", "01/02/2026", "01022026", "1-2-2026", "2026-02-01"]
)
def test_a_day_is_read_as_people_write_it(written: str) -> None:
    form = SmallForm({"code": "1", "day": written})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == datetime.date(2026, 2, 1)


def test_the_summary_of_errors_leads_to_the_fields() -> None:
    form = SmallForm({})
    form.add_error(None, "Đơn hàng không có dòng nào")
    html = render_to_string("platform/_errors.html", {"form": form})
    assert 'href="#id_code"' in html and "Đơn hàng không có dòng nào" in html
    assert render_to_string("platform/_errors.html", {"form": SmallForm()}).strip() == ""


class PickerForm(forms.Form):
    team = forms.ModelChoiceField(Team.objects.all(), widget=Picker("kit_pick"))


def test_a_picker_renders_only_what_is_chosen() -> None:
    teams = Team.objects.bulk_create(Team(name=f"Nhóm {index}") for index in range(30))
    assert str(PickerForm()["team"]).count("<option") == 1
    html = str(PickerForm(initial={"team": teams[3].pk})["team"])
    assert html.count("<option") == 2 and "Nhóm 3" in html and 'data-picker-url="/kit/pick"' in html
    assert PickerForm({"team": teams[29].pk}).is_valid()
    assert not PickerForm({"team": "999999"}).is_valid()


# --- answers -------------------------------------------------------------------------------


def test_one_view_serves_the_page_and_the_fragment(sales_client: Client) -> None:
    page = sales_client.get("/kit/list")
    fragment = sales_client.get("/kit/list", headers=HTMX)
    restored = sales_client.get("/kit/list", headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert b"<html" in page.content and b'id="list"' in page.content
    assert b"<html" not in fragment.content and b'id="list"' in fragment.content
    assert b"<html" in restored.content
    assert "HX-Request" in fragment["Vary"]


def test_redirects_suit_the_one_who_asked(sales_client: Client) -> None:
    user = User.objects.get()
    data = {"person": user.pk, "code": "123"}
    plain = sales_client.post("/kit/form", data)
    assert (plain.status_code, plain["Location"]) == (302, "/kit/list")
    by_htmx = sales_client.post("/kit/form", data, headers=HTMX)
    assert (by_htmx.status_code, by_htmx["HX-Redirect"]) == (200, "/kit/list")
    assert "Đã lưu đơn hàng" in sales_client.get("/kit/list").content.decode()


def test_what_was_typed_comes_back_with_422(sales_client: Client) -> None:
    answer = sales_client.post("/kit/form", {"code": "12", "memo": "giữ lại"}, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="12"' in html and 'value="giữ lại"' in html and "data-errors" in html


def test_a_dialog_is_a_page_of_its_own_without_scripts(sales_client: Client) -> None:
    fragment = sales_client.get("/kit/confirm/1", headers=HTMX).content.decode()
    page = sales_client.get("/kit/confirm/1").content.decode()
    assert "<html" not in fragment and "data-close>Không</button>" in fragment
    assert "<html" in page and re.search(r"<dialog[^>]* open>", page)
    assert '<a class="btn" href="/kit/list">Không</a>' in page
    assert ">Có</button>" in fragment and ">Có</button>" in page


def test_done_closes_says_so_and_reloads(sales_client: Client) -> None:
    answer = sales_client.post("/kit/confirm/1", headers=HTMX)
    events = json.loads(answer["HX-Trigger"])
    assert answer.status_code == 204
    assert events.keys() == {"toast", "dialog-close", "record-changed"}
    assert events["toast"] == {"text": "Đã phê duyệt", "tone": "success"}
    assert sales_client.post("/kit/confirm/1")["Location"] == "/kit/list"


def test_a_toast_is_an_event_of_the_answer() -> None:
    answer = htmx.toast(HttpResponse(), "Đã lưu", "warning")
    assert json.loads(answer["HX-Trigger"]) == {"toast": {"text": "Đã lưu", "tone": "warning"}}


def test_a_refusal_is_a_dialog_for_htmx_and_a_page_otherwise(sales_client: Client) -> None:
    fragment = sales_client.post("/kit/stop/1", headers=HTMX)
    page = sales_client.post("/kit/stop/1")
    assert fragment.status_code == page.status_code == 409
    assert b"data-refused" in fragment.content and b"<html" not in fragment.content
    assert b"<html" in page.content and "Bản ghi vừa thay đổi" in page.content.decode()


# --- pages ---------------------------------------------------------------------------------


def test_the_sign_in_page_keeps_where_to_go_and_says_what_was_wrong(client: Client) -> None:
    factories.user("thu", "sales")
    page = client.get("/login?next=/kit/list").content.decode()
    assert 'name="next" value="/kit/list"' in page and "Đăng nhập" in page
    wrong = client.post("/login", {"username": "thu", "password": "x"}).content.decode()
    assert 'role="alert"' in wrong and "data-errors" in wrong
    right = {"username": "thu", "password": factories.PASSWORD, "next": "/kit/list"}
    assert client.post("/login", right)["Location"] == "/kit/list"


def test_error_pages_are_in_vietnamese_and_need_nothing(sales_client: Client) -> None:
    missing = sales_client.get("/kit/nowhere")
    assert missing.status_code == 404
    assert "Không tìm thấy trang" in missing.content.decode()
    with translation.override("vi"):
        for name in ("400.html", "500.html"):
            assert "data-error-text" in render_to_string(name)


def test_only_administrators_are_offered_the_users(
    sales_client: Client, admin_client: Client
) -> None:
    assert "Người dùng" not in sales_client.get("/kit/list").content.decode()
    assert "Người dùng" in admin_client.get("/kit/list").content.decode()


@pytest.mark.urls("capphep.config.urls")
def test_the_navigation_leads_somewhere() -> None:
    for group in GROUPS:
        for entry in group.entries:
            assert reverse(entry.url_name)


def test_theme_and_row_height_come_from_cookies(sales_client: Client) -> None:
    sales_client.cookies["theme"] = "dark"
    sales_client.cookies["density"] = "<b>"
    html = sales_client.get("/kit/list").content.decode()
    assert 'data-bs-theme="dark"' in html and 'data-density="normal"' in html


def test_people_switch_the_language(salesperson: User) -> None:
    client = signed_in(salesperson)
    client.post(reverse("set_language"), {"language": "en", "next": "/kit/list"})
    assert "Clear filters" in client.get("/kit/list?q=zzz").content.decode()
    client.post(reverse("set_language"), {"language": "vi", "next": "/kit/list"})
    assert "Xóa lọc" in client.get("/kit/list?q=zzz").content.decode()


def test_pages_ask_for_nothing_that_the_policy_forbids(sales_client: Client) -> None:
    """No inline script or style, no outside host, in any template of any module."""
    forbidden = re.compile(
        r"<script(?![^>]*\bsrc=)|\sstyle=|<style|\son[a-z]+=|javascript:|hx-on|(?:src|href)=.https?:"
    )
    for template in PACKAGE.glob("*/templates/**/*.html"):
        found = forbidden.search(template.read_text(encoding="utf-8"))
        assert not found, f"{template.relative_to(PACKAGE)}: {found.group() if found else ''}"
    policy = sales_client.get("/kit/list")["Content-Security-Policy"]
    assert "unsafe" not in policy and "script-src 'self'" in policy


def test_every_template_names_its_context_first() -> None:
    for template in PACKAGE.glob("*/templates/**/*.html"):
        first = template.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("{# context:"), template.relative_to(PACKAGE)


def test_the_scripts_are_named_by_their_content(tmp_path: Path) -> None:
    """`import "./x.js"` in a collected module names the collected x.js."""
    from capphep.platform.storage import StaticFiles

    storage = StaticFiles(location=tmp_path, base_url="/static/")
    folder = PACKAGE / "platform" / "static"
    paths = {}
    for source in (folder / "js").glob("*.js"):
        (tmp_path / "js").mkdir(exist_ok=True)
        (tmp_path / "js" / source.name).write_bytes(source.read_bytes())
        paths[f"js/{source.name}"] = (storage, f"js/{source.name}")
    list(storage.post_process(paths))
    app = storage.stored_name("js/app.js")
    imports = re.findall(r'import\s*"\./([^"]+)"', (tmp_path / app).read_text())
    assert len(imports) > 8
    assert all((tmp_path / "js" / name).exists() for name in imports)
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", name) for name in imports)


def test_a_request_without_a_person_has_no_navigation() -> None:
    from capphep.platform.context import page_context

    assert list(page_context(RequestFactory().get("/"))["navigation"]) == []
