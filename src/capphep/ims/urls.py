"""Addresses of the ims module: verbs on nouns, grouped by resource."""

from django.urls import path

from capphep.ims.views import (
    absences,
    assignment,
    bulk,
    certificates,
    decisions,
    glance,
    occasions,
    origin,
    queue,
    renewals,
    requests,
    returns,
    subscription_list,
    subscriptions,
    withdrawals,
)

app_name = "ims"

request_urls = [
    path("requests/", queue.queue, name="queue"),
    path("requests/approve", bulk.approve_ticked, name="approve_ticked"),
    path("requests/<int:request_id>/", requests.request_page, name="request"),
    path("requests/<int:request_id>/approve", decisions.approve, name="approve"),
    path("requests/<int:request_id>/take", assignment.take, name="take"),
    path("requests/<int:request_id>/assign", assignment.assign, name="assign"),
    path("requests/<int:request_id>/release", assignment.release, name="release"),
    path("requests/<int:request_id>/return", returns.give_back, name="return"),
    path("requests/<int:request_id>/reject", decisions.reject, name="reject"),
]
withdrawal_urls = [
    path("requests/<int:request_id>/withdraw", withdrawals.propose, name="withdraw"),
    path(
        "requests/<int:request_id>/withdraw/preview",
        withdrawals.preview,
        name="withdraw_preview",
    ),
    path("withdrawals/<int:withdrawal_id>/confirm", withdrawals.confirm, name="withdraw_confirm"),
    path("withdrawals/<int:withdrawal_id>/decline", withdrawals.decline, name="withdraw_decline"),
]
absence_urls = [
    path("absences/", absences.absence_list, name="absence_list"),
    path("absences/new", absences.absence_new, name="absence_new"),
    path("absences/<int:absence_id>/cancel", absences.absence_cancel, name="absence_cancel"),
]
occasion_urls = [
    path(
        "occasions/<int:occasion_id>/opportunity",
        occasions.occasion_opportunity,
        name="occasion_opportunity",
    ),
]
subscription_urls = [
    path("subscriptions/", subscription_list.subscription_list, name="subscription_list"),
    path("subscriptions/glance/<int:customer_id>/", glance.customer_glance, name="customer_glance"),
    path("subscriptions/<int:subscription_id>/", subscriptions.subscription, name="subscription"),
    path(
        "subscriptions/of/<int:customer_id>/<int:product_id>/",
        subscriptions.subscription_of_product,
        name="subscription_of_product",
    ),
    path(
        "subscriptions/held/<int:customer_id>/<int:product_id>/",
        renewals.held_panel,
        name="held_panel",
    ),
    path(
        "subscriptions/<int:subscription_id>/grants/<int:grant_id>/",
        origin.grant_origin,
        name="grant_origin",
    ),
]
certificate_urls = [
    path("licences/<slug:licence_no>.pdf", certificates.licence_certificate, name="certificate"),
    path("licences/<slug:licence_no>.jws", certificates.signed_licence, name="licence_file"),
    path(
        "licences/of-order/<int:order_id>.pdf",
        certificates.order_certificate,
        name="order_certificate",
    ),
    path(
        "licences/of-customer/<int:customer_id>/",
        certificates.customer_licences,
        name="customer_licences",
    ),
]
urlpatterns = [
    *request_urls,
    *withdrawal_urls,
    *absence_urls,
    *subscription_urls,
    *certificate_urls,
    *occasion_urls,
]
