"""Addresses of the reporting module."""

from django.urls import URLPattern

app_name = "reporting"
urlpatterns: list[URLPattern] = []
