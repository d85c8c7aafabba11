"""Addresses of the provisioning module: verbs on nouns."""

from django.urls import path

from capphep.provisioning.views import (
    decision,
    editing,
    evidence,
    for_customer,
    lines,
    request_list,
    requests,
    sent,
)

app_name = "provisioning"

request_urls = [
    path("", request_list.request_list, name="request_list"),
    path("open/<int:order_id>/", requests.open_request, name="open_request"),
    path("of-order/<int:order_id>/", requests.order_panel, name="order_panel"),
    path("for-customer/<int:customer_id>/", for_customer.for_customer, name="for_customer"),
    path("trial/<int:customer_id>/<int:product_id>/", for_customer.open_trial, name="open_trial"),
    path(
        "info-change/<int:customer_id>/<int:product_id>/",
        for_customer.open_info_change,
        name="open_info_change",
    ),
    path("<int:request_id>/", requests.request_page, name="request"),
    path("<int:request_id>/edit", editing.request_edit, name="request_edit"),
    path("<int:request_id>/recall", requests.recall, name="request_recall"),
    path("<int:request_id>/discard", requests.discard, name="request_discard"),
]
round_urls = [
    path("<int:request_id>/rounds/<int:number>", sent.round_page, name="round"),
    path(
        "<int:request_id>/rounds/<int:number>/files/<slug:sha256>",
        sent.round_file,
        name="round_file",
    ),
]
line_urls = [
    path("<int:request_id>/lines", lines.lines, name="lines"),
    path("<int:request_id>/lines/refresh", lines.lines_refresh, name="lines_refresh"),
    path("<int:request_id>/lines/spread", lines.lines_spread, name="lines_spread"),
    path("<int:request_id>/lines/<int:line_id>/extra", lines.extra, name="extra"),
]
evidence_urls = [
    path("evidence/<int:evidence_id>/", evidence.evidence, name="evidence"),
    path("evidence/<int:evidence_id>/text", evidence.evidence_text, name="evidence_text"),
    path("<int:request_id>/evidence/<str:kind>", evidence.evidence_kind, name="evidence_kind"),
    path("<int:request_id>/evidence/<str:kind>/add", evidence.evidence_add, name="evidence_add"),
    path(
        "<int:request_id>/evidence/<int:evidence_id>/remove",
        evidence.evidence_remove,
        name="evidence_remove",
    ),
    path(
        "<int:request_id>/evidence/<int:evidence_id>/decision",
        decision.evidence_decision,
        name="evidence_decision",
    ),
]
urlpatterns = [*request_urls, *round_urls, *line_urls, *evidence_urls]
