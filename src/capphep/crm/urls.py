"""Addresses of the crm module: verbs on nouns, grouped by resource."""

from django.urls import URLPattern, path

from capphep.crm.order_urls import order_urls
from capphep.crm.views import (
    alike,
    codes,
    contacts,
    customer_glance,
    customer_list,
    customer_page,
    customers,
    opportunities,
    opportunity_list,
    pickers,
    projects,
)

app_name = "crm"

customer_urls: list[URLPattern] = [
    path("customers/", customer_list.customer_list, name="customer_list"),
    path("customers/new", customers.customer_new, name="customer_new"),
    path("customers/picker", pickers.customer_picker, name="customer_picker"),
    path("customers/parent-picker", pickers.parent_picker, name="parent_picker"),
    path("customers/province-picker", pickers.province_picker, name="province_picker"),
    path("customers/sector-picker", pickers.sector_picker, name="sector_picker"),
    path("salespeople/picker", pickers.salesperson_picker, name="salesperson_picker"),
    path("customers/<int:pk>/", customer_page.customer, name="customer"),
    path("customers/<int:pk>/glance", customer_glance.customer_glance, name="customer_glance"),
    path("customers/<int:pk>/edit", customers.customer_edit, name="customer_edit"),
    path(
        "customers/<int:pk>/deactivate", customers.customer_deactivate, name="customer_deactivate"
    ),
    path(
        "customers/<int:pk>/reactivate", customers.customer_reactivate, name="customer_reactivate"
    ),
    path("customers/<int:pk>/contacts/new", contacts.contact_new, name="contact_new"),
    path(
        "customers/<int:pk>/contacts/<int:contact_pk>/edit",
        contacts.contact_edit,
        name="contact_edit",
    ),
]
code_urls: list[URLPattern] = [
    path("customers/<int:pk>/former-codes/new", codes.former_code_new, name="former_code_new"),
    path("customers/<int:pk>/successor", codes.customer_successor, name="customer_successor"),
]
duplicate_urls: list[URLPattern] = [
    path("customers/alike", alike.customer_alike, name="customer_alike"),
    path("customers/duplicates/", alike.duplicate_list, name="duplicate_list"),
    path(
        "customers/duplicates/<int:pk>/dismiss", alike.duplicate_dismiss, name="duplicate_dismiss"
    ),
]
opportunity_urls: list[URLPattern] = [
    path("opportunities/", opportunity_list.opportunity_list, name="opportunity_list"),
    path("opportunities/new", opportunities.opportunity_new, name="opportunity_new"),
    path("opportunities/picker", pickers.opportunity_picker, name="opportunity_picker"),
    path("opportunities/<int:pk>/", opportunities.opportunity, name="opportunity"),
    path("opportunities/<int:pk>/edit", opportunities.opportunity_edit, name="opportunity_edit"),
    path(
        "opportunities/<int:pk>/move/<slug:verb>",
        opportunities.opportunity_move,
        name="opportunity_move",
    ),
]
project_urls: list[URLPattern] = [
    path("projects/", projects.project_list, name="project_list"),
    path("projects/new", projects.project_new, name="project_new"),
    path("projects/picker", pickers.project_picker, name="project_picker"),
    path("projects/<int:pk>/", projects.project, name="project"),
    path("projects/<int:pk>/edit", projects.project_edit, name="project_edit"),
    path("projects/<int:pk>/deactivate", projects.project_deactivate, name="project_deactivate"),
    path("projects/<int:pk>/reactivate", projects.project_reactivate, name="project_reactivate"),
]

urlpatterns = [
    *customer_urls,
    *code_urls,
    *duplicate_urls,
    *opportunity_urls,
    *project_urls,
    *order_urls,
]
