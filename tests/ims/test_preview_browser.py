"""Previews in a real browser: a PDF is shown beside the decision, and nothing in a file runs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import expect

from capphep.provisioning.actions.drafts import open_request
from capphep.provisioning.actions.evidence import attach_evidence
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import EvidenceKind
from tests import pdfs, stories
from tests.browser.people import EVIDENCE, sign_in
from tests.ims.test_race import Scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

RAN = "document.title = 'RAN'; top.document.title = 'RAN'"
SMUGGLED = f'<html><script>{RAN}</script><svg onload="{RAN}"></svg></html>'.encode()
# A viewer is a frame of the browser's own.
VIEWER = "chrome-extension://"


def waiting_with(scene: Scene, *files: tuple[str, bytes]) -> LicenceRequest:
    order = stories.ordered(scene.customer, scene.salesperson, [(scene.catalogue.users_50, 1)])
    draft = open_request(actor=scene.salesperson, order_id=order.pk)
    for kind, (name, content) in zip(EvidenceKind, files, strict=True):
        attach_evidence(
            actor=scene.salesperson, request_id=draft.pk, kind=kind, name=name, chunks=[content]
        )
    return stories.send(draft, scene.salesperson)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def test_a_pdf_is_shown_by_the_browsers_own_viewer(scene: Scene, page: Page) -> None:
    content = (EVIDENCE / "quyet-dinh-cap-nguon.pdf").read_bytes()
    request = waiting_with(scene, ("quyết định.pdf", content), ("ảnh.png", picture()))
    sign_in(page, "officer")
    page.goto(f"/ims/requests/{request.pk}/")
    expect(page.locator("iframe.evidence-frame")).to_be_visible()
    for _ in range(100):
        if any(frame.url.startswith(VIEWER) for frame in page.frames):
            break
        page.wait_for_timeout(200)
    assert any(frame.url.startswith(VIEWER) for frame in page.frames)
    page.get_by_text("ảnh.png").first.click()
    expect(page.get_by_role("img", name="ảnh.png")).to_be_visible()


def test_what_is_smuggled_into_a_file_does_not_run(scene: Scene, page: Page) -> None:
    pdf = b"%PDF-1.4\n" + SMUGGLED + b"\n" + pdfs.empty() + b"%%EOF\n"
    request = waiting_with(scene, ("quyết định.html", pdf), ("ảnh.svg", picture() + SMUGGLED))
    page.on("dialog", lambda dialog: pytest.fail(f"a file opened a dialog: {dialog.message}"))
    sign_in(page, "officer")
    page.goto(f"/ims/requests/{request.pk}/")
    page.wait_for_timeout(1000)
    assert page.title().startswith(request.request_no)
    for evidence in request.evidence.all():
        page.goto(f"/requests/evidence/{evidence.pk}/")
        page.wait_for_timeout(1000)
        assert "RAN" not in page.title()
        assert page.locator("script, svg").count() == 0
