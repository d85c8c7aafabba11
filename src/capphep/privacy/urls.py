"""Addresses of the privacy module."""

from django.urls import path

from capphep.privacy.views import access, register

app_name = "privacy"
urlpatterns = [
    path("requests/", register.request_list, name="request_list"),
    path("requests/new", register.request_new, name="request_new"),
    path("requests/<int:request_id>/", register.request, name="request"),
    path("requests/<int:request_id>/<slug:verb>", register.request_end, name="request_end"),
    path("access/", access.access_list, name="access_list"),
    path("reveal/<slug:subject_type>/<int:subject_id>/<slug:name>", access.reveal, name="reveal"),
]
