"""Addresses of the exchange module."""

from django.urls import path

from capphep.exchange.views import exports, imports, jobs

app_name = "exchange"

job_urls = [
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/<int:job_id>/", jobs.job, name="job"),
    path("jobs/<int:job_id>/cancel", jobs.job_cancel, name="job_cancel"),
    path("jobs/<int:job_id>/file", jobs.job_file, name="job_file"),
]
import_urls = [
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/<slug:kind>", imports.import_new, name="import_new"),
    path("imports/templates/<slug:kind>.xlsx", imports.import_template, name="import_template"),
    path("imports/<int:import_id>/", imports.import_page, name="import"),
    path("imports/<int:import_id>/columns", imports.import_columns, name="import_columns"),
    path("imports/<int:import_id>/check", imports.import_check, name="import_check"),
    path("imports/<int:import_id>/begin", imports.import_begin, name="import_begin"),
    path("imports/<int:import_id>/undo", imports.import_undo, name="import_undo"),
]
export_urls = [path("export/<str:name>", exports.export, name="export")]
urlpatterns = [*job_urls, *import_urls, *export_urls]
