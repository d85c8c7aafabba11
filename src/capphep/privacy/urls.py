"""Addresses of the privacy module."""

from django.urls import URLPattern

app_name = "privacy"
urlpatterns: list[URLPattern] = []
