"""Addresses of the provisioning module."""

from django.urls import URLPattern

app_name = "provisioning"
urlpatterns: list[URLPattern] = []
