"""Addresses of the shell module."""

from django.urls import URLPattern

app_name = "shell"
urlpatterns: list[URLPattern] = []
