"""Addresses of the privacy module."""

from django.urls import path

from capphep.privacy.views import access, papers, register

app_name = "privacy"
urlpatterns = [
    path("requests/", register.request_list, name="request_list"),
    path("requests/new", register.request_new, name="request_new"),
    path("requests/<int:request_id>/", register.request, name="request"),
    path("requests/<int:request_id>/files", papers.request_files, name="request_files"),
    path("requests/<int:request_id>/files/new", papers.file_add, name="file_add"),
    path("requests/<int:request_id>/held", papers.request_held, name="request_held"),
    path("requests/<int:request_id>/copy", papers.request_copy, name="request_copy"),
    path("files/<int:file_id>", papers.file, name="file"),
    path("files/<int:file_id>/remove", papers.file_remove, name="file_remove"),
    path("requests/<int:request_id>/<slug:verb>", register.request_end, name="request_end"),
    path("access/", access.access_list, name="access_list"),
    path("reveal/<slug:subject_type>/<int:subject_id>/<slug:name>", access.reveal, name="reveal"),
]
