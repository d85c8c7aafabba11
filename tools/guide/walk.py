"""The walk through the app: each part brings one or more pages of the guide their pictures."""

from __future__ import annotations

import re

from django.utils.translation import gettext as said
from playwright.sync_api import FilePayload

from capphep.catalog.exports import catalogue_file
from capphep.crm.models import Customer, DuplicatePair
from capphep.entitlements.models import Licence, Subscription
from capphep.entitlements.queries import certified_lines
from capphep.ims.certificates import Certified, certificate
from capphep.ims.queries.certificates import order_of_licence
from capphep.platform.roles import SYSTEM
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from tools.guide.album import keep
from tools.guide.people import Guide, Person
from tools.guide.scene import EVIDENCE, FILES, requests_wait

# Phòng Văn hóa - Xã hội Xã Đông Khê, to which nothing happened since the sample data.
UNIT = "1594686"
ADMINISTRATOR = "Đỗ Thị Thu Hùng"
PASTED = "SKU\tSL\nIGOV-VPS-20\t2\nKT 5 sổ\t1\nIGOV-KT-1\t3\n"
PASTE = """(target, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    target.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true}));
}"""


def walk(guide: Guide) -> None:
    sales = guide.signed_in("sales")
    ordered(sales)
    pasted(sales)
    request_no = requested(sales)
    requests_wait()
    officer = guide.signed_in("officer")
    decided(officer, request_no)
    returned(officer, sales)
    withdrawn(officer, request_no)
    held(sales)
    certified(guide.language)
    looked_around(sales)
    figures(guide.signed_in("manager"))
    administered(guide.signed_in("admin"))


def looked_around(sales: Person) -> None:
    page = sales.page
    sales.see("/crm/orders/", "orders")
    sales.see("/", "home")
    page.locator(".user-button").click()
    sales.take("user-menu")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("đông khê")
    page.locator("dialog [role=option]").first.wait_for()
    sales.take("search")
    page.keyboard.press("Escape")


def ordered(sales: Person) -> None:
    page = sales.page
    page.goto("/crm/orders/new")
    sales.pick("Customer", UNIT)
    page.locator("#customer-glance summary").click()
    sales.pick("Sales project", "iGOV")
    sales.field("Contract number").fill("HĐ-2026/VHXH-01")
    sales.take("order-form")
    sales.press("Choose goods")
    for sku in ("IGOV-KT-1", "IGOV-VPS-50"):
        sales.dialog.get_by_role("checkbox", name=re.compile(f"^{sku} ")).check()
    sales.take("goods")
    sales.press("Agree")
    sales.dialog.wait_for(state="hidden")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile(r"/crm/orders/\d+/$"))
    sales.take("order")


def pasted(sales: Person) -> None:
    page = sales.page
    order_url = page.url
    page.goto("/crm/orders/new")
    sales.pick("Customer", UNIT)
    page.keyboard.press("Alt+n")
    page.locator(":focus").evaluate(PASTE, PASTED)
    page.locator("[data-pasted]").first.wait_for()
    page.locator("#goods-pasted").scroll_into_view_if_needed()
    sales.take("order-paste")
    page.goto(order_url)


def requested(sales: Person) -> str:
    page = sales.page
    sales.choose("Request a licence/subscription")
    page.wait_for_url(re.compile(r"/requests/\d+/edit"))
    for kind, name in FILES.items():
        sales.attach(str(kind.label), EVIDENCE / name)
    page.locator("[name=level]").select_option("4")
    sales.press("Update module information")
    for values in ({"using_unit": UNIT, "regime": "tt24"}, {"departments": "3"}):
        page.get_by_role("button", name=re.compile(r"\(\+\)")).nth(
            0 if "regime" in values else 1
        ).click()
        for name, value in values.items():
            field = sales.dialog.locator(f"[name$={name}]")
            is_choice = field.evaluate("field => field.tagName === 'SELECT'")
            field.select_option(value) if is_choice else field.fill(value)
        sales.dialog.get_by_role("button", name=said("Save")).click()
        sales.dialog.wait_for(state="hidden")
    page.locator("[name=admin_name]").fill(ADMINISTRATOR)
    page.locator("h2", has_text=said("Modules")).first.scroll_into_view_if_needed()
    sales.take("request")
    sales.press("Save")
    page.wait_for_url(re.compile(r"/requests/\d+/$"))
    sales.take("request-page")
    return LicenceRequest.objects.latest("pk").request_no


def decided(officer: Person, request_no: str) -> None:
    page = officer.page
    officer.see("/ims/requests/", "queue")
    page.get_by_role("link", name=request_no).first.click()
    officer.take("approve-page")
    page.keyboard.press("a")
    officer.dialog.wait_for()
    officer.take("approve")
    officer.dialog.get_by_role("button", name=said("Yes"), exact=True).click()
    officer.dialog.wait_for(state="hidden")


def returned(officer: Person, sales: Person) -> None:
    """One of the waiting requests of the salesperson goes back with comments."""
    waiting = LicenceRequest.objects.filter(
        status=RequestStatus.WAITING, created_by__username="sales"
    )
    request = waiting.earliest("pk")
    page = officer.page
    page.goto(f"/ims/requests/{request.pk}/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("t")
    page.wait_for_url("**/return**")
    boxes = page.locator("main textarea:visible")
    boxes.first.fill("Quyết định cấp nguồn thiếu trang có dấu.")
    boxes.nth(1).fill("Số tiền trên quyết định thấp hơn số tiền đơn hàng.")
    officer.take("return")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile(r"/ims/requests/(\d+/)?(\?.*)?$"))
    sales.see(f"/requests/{request.pk}/edit", "returned")


def withdrawn(officer: Person, request_no: str) -> None:
    request = LicenceRequest.objects.get(request_no=request_no)
    officer.page.goto(f"/ims/requests/{request.pk}/withdraw")
    officer.page.locator("textarea").first.fill("Đơn vị trả lại, chưa thanh toán.")
    officer.take("withdraw")


def held(sales: Person) -> None:
    subscription = Subscription.objects.get(customer__budget_code=UNIT)
    sales.see(f"/ims/subscriptions/{subscription.pk}/", "subscription")
    sales.see(f"/crm/customers/{subscription.customer_id}/", "customer")
    sales.page.locator("[data-bell]:visible").click()
    sales.page.locator("#bell-panel li").first.wait_for()
    sales.take("bell")


def certified(language: str) -> None:
    licence = Licence.objects.latest("pk")
    paper = Certified(
        licence=licence,
        lines=certified_lines(licence),
        order=order_of_licence(SYSTEM, licence),
        earlier=None,
        public_base="https://capphep.example.vn/gp/",
    )
    keep(language, "certificate", certificate(paper, language).png(ppi=96)[0])


def figures(manager: Person) -> None:
    manager.see("/reports/orders/", "reports")
    manager.see("/reports/ending/", "report-ending")
    manager.page.goto("/exchange/imports/new/customers")
    file: FilePayload = {"name": "kh.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}
    manager.page.locator("input[type=file]").set_input_files(file)
    manager.press("Upload")
    manager.page.locator("#preview").scroll_into_view_if_needed()
    manager.page.locator(".cell-bad").first.hover()
    manager.take("import")
    manager.press("Check all rows")
    manager.page.wait_for_timeout(4000)
    manager.see("/exchange/jobs/", "jobs")


ROWS = """\
Mã ngân sách,Tên khách hàng,Loại hình,Phân loại KH HCSN,Cấp,Chương,Tỉnh/Thành phố
1712345,UBND Xã Hòa An,Đơn vị HCSN cấp Xã/Phường,UBND Xã/Phường,Xã,805,Cao Bằng
12,UBND Xã Sai,Đơn vị HCSN cấp Xã/Phường,UBND Xã/Phường,Xã,805,Cao Bằng
1712353,Trường Mầm non Hòa An,Đơn vị HCSN cấp Xã/Phường,Đơn vị thuộc khối giáo dục,Xã,822,Cao Bằng
"""


def administered(admin: Person) -> None:
    pair = DuplicatePair.objects.earliest("pk")
    code = Customer.objects.get(pk=pair.first_id).budget_code
    admin.page.goto(f"/customers/{pair.second_id}/merge")
    admin.pick("Merge into", code)
    admin.press("Look at what would happen")
    admin.page.wait_for_load_state("networkidle")
    admin.take("merge")
    for path, name in (
        ("/users/", "users"),
        ("/roles/", "roles"),
        ("/settings/", "settings"),
        ("/paper/templates/", "printing"),
        ("/catalogue/items/", "catalogue"),
        ("/integration/webhooks/new", "webhook"),
    ):
        admin.see(path, name)
    asked_about_data(admin)
    looked_at_a_catalogue(admin)


def asked_about_data(admin: Person) -> None:
    """The administrator of the unit wants to know what is held about them."""
    page = admin.page
    page.goto("/privacy/requests/new")
    page.locator("[name=kind]").select_option("provide")
    page.locator("[name=asked_by]").fill(ADMINISTRATOR)
    admin.pick("Customer", UNIT)
    admin.press("Save")
    page.wait_for_url(re.compile(r"/privacy/requests/\d+/$"))
    page.get_by_role("link", name=said("Take a copy (Excel)")).scroll_into_view_if_needed()
    admin.take("personal-data")


def looked_at_a_catalogue(admin: Person) -> None:
    text = catalogue_file().decode().replace("sku: IGOV-CB-20\n", "sku: IGOV-CB-25\n")
    text = text.replace("price: 9720000\n", "price: 9900000\n")
    admin.page.goto("/catalogue/load")
    admin.page.locator("[name=text]").fill(text)
    admin.press("Look at the changes")
    admin.page.locator("#preview").wait_for()
    admin.take("catalogue-load")
