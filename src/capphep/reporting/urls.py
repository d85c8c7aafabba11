"""Addresses of the reporting module."""

from django.urls import path

from capphep.reporting.views import pages

app_name = "reporting"
urlpatterns = [
    path("", pages.index, name="index"),
    path("<slug:name>/", pages.report, name="report"),
]
