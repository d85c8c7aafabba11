"""Addresses around lists: their columns, their saved views."""

from __future__ import annotations

from django.urls import path

from capphep.platform import list_views as views
from capphep.platform.bulk_views import bulk_action

app_name = "lists"

urlpatterns = [
    path("<str:name>/columns", views.columns, name="columns"),
    path("<str:name>/views/new", views.view_new, name="view_new"),
    path("<str:name>/do/<slug:action>", bulk_action, name="bulk"),
    path("views/<int:view_id>/edit", views.view_edit, name="view_edit"),
    path("views/<int:view_id>/replace", views.view_replace, name="view_replace"),
    path("views/<int:view_id>/default", views.view_default, name="view_default"),
    path("views/<int:view_id>/delete", views.view_delete, name="view_delete"),
]
