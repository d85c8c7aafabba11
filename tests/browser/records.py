"""Something of every kind, and what the names in addresses mean: no page is without its record."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from capphep.collaboration.actions.activities import ActivityInput, plan_activity
from capphep.collaboration.actions.comments import Upload, add_comment
from capphep.collaboration.actions.stopping import stop_token
from capphep.collaboration.models import CommentFile, Letter
from capphep.crm.models import Customer, Opportunity, Order, SalesProject
from capphep.crm.models.duplicates import Alike, DuplicatePair
from capphep.entitlements.models import Grant, Licence
from capphep.exchange import exporting
from capphep.identity.messages import INVITATION
from capphep.identity.models import AccountLink
from capphep.ims.actions.absences import enter_absence
from capphep.integration.actions.handing import hand_over
from capphep.integration.models import Attempt, Delivery
from capphep.paper import actions as paper
from capphep.paper.kinds import PaperKind
from capphep.paper.layouts import LAYOUTS
from capphep.platform import clock, jobs, message_actions, saved_views
from capphep.platform.models import Audience, Notice, Team, User
from capphep.privacy import actions as privacy
from capphep.privacy.actions.filing import attach_file
from capphep.privacy.rules import RequestInput
from capphep.shell.account_actions import invite
from capphep.shell.help_pages import PICTURES
from tests import factories, stories
from tests.exchange.sheets import entered, many, uploaded
from tests.factories import SmallCatalogue
from tests.integration import apis, hooks

Records = dict[str, list[Any] | str]
"""The arguments of the addresses whose names begin so, or the one address with its query."""


@dataclass(frozen=True)
class People:
    salesperson: User
    officer: User
    other_officer: User
    administrator: User
    auditor: User


def records_of_every_kind(people: People, catalogue: SmallCatalogue) -> Records:
    unit = factories.customer(owner=people.salesperson, team=people.salesperson.team)
    stories.opened(unit, catalogue)
    order = stories.ordered(unit, people.salesperson, [(catalogue.users_50, 1)])
    return {
        **_of_customers(people, unit),
        **_of_requests(people, unit, order, catalogue),
        **_of_the_catalogue(catalogue),
        **_of_talk(people, order),
        **_of_files(people),
        **_of_paper(people, order),
        **_of_programs(people),
        **_of_the_register(people),
        **_of_the_desk(people),
    }


def _of_customers(people: People, unit: Customer) -> Records:
    chance = {"salesperson": people.salesperson, "team": people.salesperson.team}
    opportunity = Opportunity.objects.create(
        name="Mua thêm", search_key="mua them", customer=unit, **chance
    )
    project = SalesProject.objects.create(code="A", name="A", search_key="a")
    twin = factories.customer("1234568", "UBND Xã Đông Hải", owner=people.salesperson)
    pair = DuplicatePair.objects.create(first=unit, second=twin, alike=Alike.NAME)
    contact = factories.contact(unit)
    return {
        "crm:": [unit.pk],
        "crm:contact_edit": [unit.pk, contact.pk],
        "crm:duplicate": [pair.pk],
        "crm:opportunity": [opportunity.pk],
        "crm:opportunity_move": [opportunity.pk, "won"],
        "crm:project": [project.pk],
        "privacy:reveal": ["contact", contact.pk, "phone"],
        "shell:customer": [unit.pk],
    }


def _of_requests(
    people: People, unit: Customer, order: Order, catalogue: SmallCatalogue
) -> Records:
    """An approved request, another whose withdrawal is proposed, a waiting one and a draft."""
    sales, officer = people.salesperson, people.officer
    approved = stories.sent(order, sales)
    stories.approved(approved, officer)
    more = stories.sent(stories.ordered(unit, sales, [(catalogue.users_50, 3)]), sales)
    stories.approved(more, officer)
    withdrawal = stories.proposed(more, people.other_officer)
    school = factories.customer("2345678", "Trường Mầm non Hoa Sen", owner=sales)
    stories.opened(school, catalogue, request_no="YC-2026-000246")
    waiting = stories.sent(stories.ordered(school, sales, [(catalogue.users_50, 2)]), sales)
    draft = stories.drafted(stories.ordered(unit, sales, [(catalogue.books_1, 1)]), sales)
    evidence = draft.evidence.earliest("pk")
    grant = Grant.objects.filter(request_no=approved.request_no).latest("pk")
    licence = Licence.objects.latest("pk")
    link = AccountLink.objects.latest("pk")
    return {
        "crm:order": [order.pk],
        "provisioning:": [approved.pk],
        "provisioning:evidence": [evidence.pk],
        "provisioning:evidence_": [draft.pk, evidence.pk],
        "provisioning:evidence_add": [draft.pk, evidence.kind],
        "provisioning:evidence_kind": [draft.pk, evidence.kind],
        "provisioning:evidence_text": [evidence.pk],
        "provisioning:extra": [draft.pk, draft.lines.earliest("pk").pk],
        "provisioning:for_customer": [unit.pk],
        "provisioning:lines": [draft.pk],
        "provisioning:open_info_change": [school.pk, catalogue.igov.pk],
        "provisioning:open_trial": [school.pk, catalogue.igov.pk],
        "provisioning:order_panel": [order.pk],
        "provisioning:request_discard": [draft.pk],
        "provisioning:request_edit": [draft.pk],
        "provisioning:request_recall": [waiting.pk],
        "provisioning:round": [approved.pk, 1],
        "provisioning:round_file": [approved.pk, 1, evidence.file.sha256],
        "ims:": [waiting.pk],
        "ims:certificate": [licence.licence_no],
        "ims:customer_": [unit.pk],
        "ims:grant_origin": [grant.subscription_id, grant.pk],
        "ims:held_panel": [unit.pk, catalogue.igov.pk],
        "ims:licence_file": [licence.licence_no],
        "ims:order_certificate": [order.pk],
        "ims:subscription": [grant.subscription_id],
        "ims:subscription_of_product": [unit.pk, catalogue.igov.pk],
        "ims:withdraw": [approved.pk],
        "ims:withdraw_confirm": [withdrawal.pk],
        "ims:withdraw_decline": [withdrawal.pk],
        "identity:account": [link.account_id],
        "identity:customer_panel": [unit.pk],
        "identity:product_panel": [unit.pk, catalogue.igov.pk],
        "identity:send_again": [link.pk],
        "public_licence": [licence.public_code],
    }


def _of_the_catalogue(catalogue: SmallCatalogue) -> Records:
    return {"catalog:": [catalogue.igov.pk], "catalog:item": [catalogue.users_50.pk]}


def _of_talk(people: People, order: Order) -> Records:
    about: dict[str, Any] = {
        "actor": people.salesperson,
        "record_type": "order",
        "record_id": order.pk,
    }
    comment = add_comment(
        **about,
        body="Đơn vị gọi lại",
        token=uuid.uuid4(),
        uploads=[Upload("biên bản.pdf", [stories.PDF])],
    )
    typed = ActivityInput("call", "Gọi kế toán trưởng", clock.today(), people.salesperson.pk)
    activity = plan_activity(**about, typed=typed, token=uuid.uuid4())
    letter = Letter.objects.create(person=people.salesperson, uid=uuid.uuid4().hex)
    return {
        "collaboration:": ["order", order.pk],
        "collaboration:activity_done": [activity.pk],
        "collaboration:activity_edit": [activity.pk],
        "collaboration:comment_": [comment.pk],
        "collaboration:file": [CommentFile.objects.get(comment=comment).pk],
        "collaboration:stop": [stop_token(letter)],
    }


def _of_files(people: People) -> Records:
    """A file that was imported, and one whose columns are still to be chosen."""
    done = entered(people.salesperson, many(2, first=3000001))
    begun = uploaded(people.salesperson, many(2, first=4000001))
    export = exporting.export_later(actor=people.salesperson, name="crm.orders", query="")
    jobs.work_next(exporting.KINDS)
    assert done.job is not None
    return {
        "exchange:export": ["crm.orders"],
        "exchange:import": [begun.pk],
        "exchange:import_new": ["customers"],
        "exchange:import_template": ["customers"],
        "exchange:import_undo": [done.pk],
        "exchange:job": [done.job.pk],
        "exchange:job_file": [export.pk],
    }


def _of_paper(people: People, order: Order) -> Records:
    layout = LAYOUTS[PaperKind.ORDER]
    wanted = paper.Wanted(
        name="Cho trường học",
        texts={each.name: each.default for each in layout.texts},
        columns=layout.default_columns,
        copies=2,
        has_motto=True,
    )
    template = paper.create_template(
        actor=people.administrator, kind=PaperKind.ORDER, wanted=wanted
    )
    several = [PaperKind.ORDER]
    ticked = f"?id={order.pk}"
    return {
        "paper:": [PaperKind.ORDER, template.pk],
        "paper:order_handover": [order.pk],
        "paper:pdf": [PaperKind.ORDER, order.pk],
        "paper:pdf_several": reverse("paper:pdf_several", args=several) + ticked,
        "paper:several": reverse("paper:several", args=several) + ticked,
        "paper:show": [PaperKind.ORDER, order.pk],
        "paper:show_several": reverse("paper:show_several", args=several) + ticked,
        "paper:template_new": several,
        "paper:template_preview": several,
    }


def _of_programs(people: People) -> Records:
    """A webhook with a delivery that failed once, and a token."""
    hook = hooks.endpoint("https://crm.example.vn/hooks")
    hooks.say("DH-2026-000001", customer="1234567")
    hand_over()
    delivery = Delivery.objects.filter(endpoint=hook).latest("pk")
    Attempt.objects.create(
        delivery=delivery, number=1, at=timezone.now(), url=hook.url, took_ms=12, status=500
    )
    return {
        "integration:delivery": [delivery.pk],
        "integration:endpoint": [hook.pk],
        "integration:token": [apis.token(people.salesperson)[0].pk],
    }


def _of_the_register(people: People) -> Records:
    typed = RequestInput(kind="view", asked_by="Trần Văn Nam", received_on=clock.today())
    asked = privacy.enter_request(actor=people.administrator, typed=typed)
    file = attach_file(
        actor=people.administrator, request_id=asked.pk, name="CCCD.pdf", chunks=[stories.PDF]
    )
    return {
        "privacy:": [asked.pk],
        "privacy:file": [file.pk],
        "privacy:file_add": [asked.pk],
        "privacy:request_end": [asked.pk, "answer"],
    }


def _of_the_desk(people: People) -> Records:
    away = {"first_day": clock.today(), "last_day": clock.today()}
    absence = enter_absence(
        actor=people.officer,
        officer_id=people.officer.pk,
        substitute_id=people.other_officer.pk,
        **away,
    )
    picture = next(PICTURES.rglob("*.webp"))
    view = saved_views.save_view(
        actor=people.salesperson,
        list_name="crm.orders",
        name="Của tôi",
        query="q=a",
        audience=Audience.OWN,
    )
    # Whoever signs in has a password: the link is worth nothing any more.
    _, token = invite(actor=people.administrator, user_id=people.other_officer.pk)
    team = Team.objects.earliest("pk")
    message_actions.edit_message(
        actor=people.administrator,
        message=INVITATION,
        language="vi",
        seen_version=0,
        subject="Mời dùng capphep",
        body=INVITATION.default("vi")[1],
    )
    return {
        "draft": [uuid.uuid4()],
        "ims:absence_cancel": [absence.pk],
        "lists:": ["crm.orders"],
        "lists:bulk": ["crm.customers", "stop-following"],
        "lists:view_": [view.pk],
        "lists:view_new": ["crm.orders"],
        "reporting:report": ["orders"],
        "shell:": [people.salesperson.pk],
        "shell:help_page": ["order"],
        "shell:help_picture": [picture.relative_to(PICTURES).as_posix()],
        "shell:help_screen": ["crm:order"],
        "shell:message": ["invitation", "vi"],
        "shell:notice_read": [Notice.objects.latest("pk").pk],
        "shell:option": ["two_people"],
        "shell:preview_role": ["sales"],
        "shell:team": [team.pk],
        "shell:team_leave": [team.pk, people.salesperson.pk],
        "shell:welcome": [people.other_officer.pk, token],
    }
