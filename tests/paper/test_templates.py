"""Templates of paper: checked when saved, seen before, restored; never a command."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from capphep.paper import actions, queries
from capphep.paper.actions import Wanted
from capphep.paper.designs import Design
from capphep.paper.forms import initial_of
from capphep.paper.kinds import PaperKind
from capphep.paper.layouts import LAYOUTS
from capphep.paper.models import Letterhead, PaperTemplate
from capphep.paper.samples import sample_of
from capphep.paper.sheets import paper_of
from capphep.platform.models import AuditEntry, User
from capphep.platform.versions import Stale
from capphep.pure.errors import Conflict, Forbidden
from tests.paper.test_printing import said, text_of

pytestmark = pytest.mark.django_db
PAGE = "/paper/templates/order/0/"
LETTERS = "ạảãâấầậẩẫăắằặẳẵđẹẻẽêếềệểễịỉĩọỏõôốồộổỗơớờợởỡụủũưứừựửữỳỵỷỹ"


def typed(kind: PaperKind = PaperKind.ORDER, **changes: Any) -> dict[str, Any]:
    """What the form posts of a template that nobody has changed."""
    data = initial_of(PaperTemplate(kind=kind, version=0))
    data["has_motto"] = "on"
    return {**data, **changes}


def wanted(**texts: str) -> Wanted:
    layout = LAYOUTS[PaperKind.ORDER]
    every = {each.name: each.default for each in layout.texts}
    return Wanted(
        texts={**every, **texts}, columns=layout.default_columns, copies=2, has_motto=True
    )


def printed(**texts: str) -> str:
    design = Design(PaperKind.ORDER, texts=texts)
    return said(paper_of([sample_of(PaperKind.ORDER)], design).pdf())


def test_a_changed_text_is_printed_and_the_change_is_in_the_trail(
    admin_client: Client, administrator: User
) -> None:
    answer = admin_client.post(
        PAGE, typed(terms="- Giao trong **{copies}** ngày.", columns=["unit_price"], copies="3")
    )
    assert answer.status_code == 302, answer.content.decode()
    record = PaperTemplate.objects.get()
    assert set(record.texts) == {"terms"} and record.version == 1
    text = text_of(admin_client.get(f"{PAGE}pdf"))
    assert "– Giao trong 03 ngày." in text and "Mã hàng" not in text and "Đơn giá" in text
    entry = AuditEntry.objects.get(subject_type="papertemplate")
    assert (entry.actor, entry.verb) == (administrator, "edited")
    assert entry.after["terms"] == "- Giao trong **{copies}** ngày."
    assert "Điều khoản" in admin_client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Của {customers}", "{customers}"),
        ("{customer.__class__}", "{customer.__class__}"),
        ("Một { thôi", "ngoặc"),
        ("x" * 8001, "ký tự"),
    ],
)
def test_what_cannot_be_filled_in_is_refused_at_its_text_and_nothing_typed_is_lost(
    admin_client: Client, text: str, sentence: str
) -> None:
    answer = admin_client.post(PAGE, typed(terms=text, closing="Còn đây"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page and "Còn đây" in page
    assert not PaperTemplate.objects.exists()


HOSTILE = [
    '#include "/etc/passwd"',
    '#read("/etc/passwd") #sys.inputs #panic("x") #eval("1")',
    "$x^2$ *đậm* _nghiêng_ `mã` @nhan <end> \\ \\u41 // /* ~ --- = H",
    '"); #image("../typst/sheet.typ") #("',
    "https://example.vn/ ... '\"“”' %s %(day)s",
]


@pytest.mark.once
@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_a_command_is_printed_as_it_is(text: str) -> None:
    every = {each.name: text for each in LAYOUTS[PaperKind.ORDER].texts}
    shown = printed(**every).replace(" ", "")
    assert shown.count(text.replace(" ", "")) >= len(every)


@pytest.mark.once
def test_what_a_record_holds_is_neither_bold_nor_a_placeholder() -> None:
    document = sample_of(PaperKind.ORDER)
    values = {**document.values, "customer": "**{vendor}** #sys"}
    from dataclasses import replace

    design = Design(PaperKind.ORDER, texts={"intro": "Gửi {customer}."})
    assert "Gửi **{vendor}** #sys." in said(
        paper_of([replace(document, values=values)], design).pdf()
    )


@pytest.mark.once
def test_every_vietnamese_letter_is_printed_in_each_style() -> None:
    every = f"{LETTERS}{LETTERS.upper()}"
    for text in (every, f"**{every}**"):
        assert printed(intro=text, basis=text).replace(" ", "").count(every) == 2


@pytest.mark.once
def test_long_texts_and_many_rows_go_over_pages_of_one_paper() -> None:
    text = printed(terms="\n".join(["Một điều khoản dài. " * 9] * 60))
    assert "Trang 1/4" in text and "Trang 4/4" in text


def test_an_empty_signature_or_text_leaves_no_gap() -> None:
    text = printed(sign_left="", basis="", subtitle="")
    assert "ĐẠI DIỆN BÊN A" not in text and "Căn cứ" not in text


def test_a_second_template_is_made_from_another_and_used_by_default(
    admin_client: Client, administrator: User
) -> None:
    page = admin_client.get("/paper/templates/handover/new?copy=0").content.decode()
    assert "BIÊN BẢN BÀN GIAO" in page
    data = typed(PaperKind.HANDOVER, name="Cho trường học", title="BIÊN BẢN CHO TRƯỜNG")
    answer = admin_client.post("/paper/templates/handover/new", data)
    made = PaperTemplate.objects.get(name="Cho trường học")
    assert answer["Location"] == f"/paper/templates/handover/{made.pk}/"
    assert admin_client.post("/paper/templates/handover/new", data).status_code == 422
    assert queries.default_template(PaperKind.HANDOVER).name == ""
    admin_client.post(f"/paper/templates/handover/{made.pk}/default")
    assert queries.default_template(PaperKind.HANDOVER) == made
    with pytest.raises(Conflict):
        actions.retire_template(actor=administrator, kind=PaperKind.HANDOVER, template_id=made.pk)
    admin_client.post("/paper/templates/handover/0/default")
    assert queries.default_template(PaperKind.HANDOVER).name == ""
    admin_client.post(f"/paper/templates/handover/{made.pk}/retire")
    assert [each.name for each in queries.templates_of(PaperKind.HANDOVER)] == [""]
    shown = admin_client.get("/paper/templates/").content.decode()
    assert "Mẫu chuẩn" in shown and "Cho trường học" not in shown


def test_the_default_texts_come_back(admin_client: Client, administrator: User) -> None:
    kind = PaperKind.ORDER
    changed = actions.edit_template(
        actor=administrator, kind=kind, template_id=0, seen_version=0, wanted=wanted(title="KHÁC")
    )
    assert "KHÁC" in text_of(admin_client.get(f"{PAGE}pdf"))
    asked = admin_client.get(f"{PAGE}restore").content.decode()
    assert f'name="version" value="{changed.version}"' in asked
    admin_client.post(f"{PAGE}restore", {"version": changed.version})
    assert "ĐƠN ĐẶT HÀNG" in text_of(admin_client.get(f"{PAGE}pdf"))
    entry = AuditEntry.objects.get(verb="template_restored")
    assert (entry.before["title"], entry.after["title"]) == ("KHÁC", "ĐƠN ĐẶT HÀNG")


def test_the_later_of_two_who_edit_is_told(admin_client: Client, administrator: User) -> None:
    edit = {"actor": administrator, "kind": PaperKind.ORDER, "template_id": 0}
    actions.edit_template(seen_version=0, wanted=wanted(title="A"), **edit)
    with pytest.raises(Stale):
        actions.edit_template(seen_version=0, wanted=wanted(title="B"), **edit)
    answer = admin_client.post(PAGE, typed(title="B"))
    assert answer.status_code == 409 and administrator.full_name in answer.content.decode()


def test_what_is_typed_is_seen_before_it_is_saved(admin_client: Client) -> None:
    address = "/paper/templates/order/preview"
    page = admin_client.post(address, typed(title="CHƯA LƯU")).content.decode()
    assert "data:image/png;base64," in page and "dữ liệu ví dụ" in page
    refused = admin_client.post(address, typed(title="{lạ}")).content.decode()
    assert "{lạ}" in refused and "data:image" not in refused
    assert "Không có số này" in admin_client.post(address, typed(example="DH-1")).content.decode()
    assert not PaperTemplate.objects.exists()


def test_administrators_write_templates_auditors_read_them_nobody_else(
    auditor_client: Client, sales_client: Client, officer_client: Client, salesperson: User
) -> None:
    for address in ("/paper/templates/", PAGE, f"{PAGE}pdf", "/paper/templates/letterhead"):
        assert auditor_client.get(address).status_code == 200
        assert sales_client.get(address).status_code == 403
        assert officer_client.get(address).status_code == 403
    assert auditor_client.post(PAGE, typed()).status_code == 403
    assert auditor_client.get("/paper/templates/order/new").status_code == 403
    assert auditor_client.post(f"{PAGE}default").status_code == 403
    assert sales_client.post("/paper/templates/order/preview", typed()).status_code == 403
    with pytest.raises(Forbidden):
        actions.edit_letterhead(actor=salesperson, seen_version=0, facts={})
    assert auditor_client.get("/paper/templates/nothing/0/").status_code == 404
    assert auditor_client.get("/paper/templates/order/99/").status_code == 404


def picture(format_: str = "PNG") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (1200, 300), "navy").save(out, format_)
    out.name = "logo.png"
    out.seek(0)
    return out


def test_the_letterhead_and_its_logo_stand_on_every_paper(admin_client: Client) -> None:
    page = "/paper/templates/letterhead"
    facts = {"version": 0, "name": "Công ty Sao Việt", "place": "Hà Nội", "position": "Giám đốc"}
    answer = admin_client.post(page, {**facts, "logo_file": picture("JPEG")})
    assert answer.status_code == 302, answer.content.decode()
    content = admin_client.get(f"{PAGE}pdf").content
    assert "Công ty Sao Việt" in said(content) and "Hà Nội, ngày" in said(content)
    assert len(PdfReader(io.BytesIO(content)).pages[0].images) == 1
    assert "data:image/png;base64," in admin_client.get(page).content.decode()
    admin_client.post(page, {**facts, "version": 1, "without_logo": "on"})
    assert Letterhead.objects.get().logo is None


def test_a_logo_that_is_no_picture_is_refused(admin_client: Client) -> None:
    hostile = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
    hostile.name = "logo.png"
    answer = admin_client.post("/paper/templates/letterhead", {"name": "Ai", "logo_file": hostile})
    assert answer.status_code == 422 and "PNG" in answer.content.decode()
    assert not Letterhead.objects.exists()
