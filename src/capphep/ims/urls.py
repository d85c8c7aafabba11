"""Addresses of the ims module."""

from django.urls import URLPattern

app_name = "ims"
urlpatterns: list[URLPattern] = []
