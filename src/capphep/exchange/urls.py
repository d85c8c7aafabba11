"""Addresses of the exchange module."""

from django.urls import path

from capphep.exchange.views import jobs

app_name = "exchange"

job_urls = [
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/<int:job_id>/", jobs.job, name="job"),
    path("jobs/<int:job_id>/cancel", jobs.job_cancel, name="job_cancel"),
    path("jobs/<int:job_id>/file", jobs.job_file, name="job_file"),
]
urlpatterns = [*job_urls]
