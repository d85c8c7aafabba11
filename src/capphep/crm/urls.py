"""Addresses of the crm module."""

from django.urls import URLPattern

app_name = "crm"
urlpatterns: list[URLPattern] = []
