"""Addresses of the paper module."""

from django.urls import path

from capphep.paper.views import letterhead, printing, template_previews, templates

app_name = "paper"
template_urls = [
    path("templates/", templates.template_list, name="template_list"),
    path("templates/letterhead", letterhead.letterhead, name="letterhead"),
    path("templates/<slug:kind>/new", templates.template_new, name="template_new"),
    path("templates/<slug:kind>/preview", template_previews.preview, name="template_preview"),
    path("templates/<slug:kind>/<int:pk>/", templates.template, name="template"),
    path("templates/<slug:kind>/<int:pk>/pdf", template_previews.template_pdf, name="template_pdf"),
    path("templates/<slug:kind>/<int:pk>/restore", templates.restore, name="template_restore"),
    path("templates/<slug:kind>/<int:pk>/default", templates.default, name="template_default"),
    path("templates/<slug:kind>/<int:pk>/retire", templates.retire, name="template_retire"),
]
print_urls = [
    path("orders/<int:order_id>/handover", printing.order_handover, name="order_handover"),
    path("print/<slug:source>/", printing.show_several, name="show_several"),
    path("print/<slug:source>/pdf", printing.pdf_several, name="pdf_several"),
    path("print/<slug:source>/several", printing.several, name="several"),
    path("print/<slug:source>/<int:pk>/", printing.show, name="show"),
    path("print/<slug:source>/<int:pk>/pdf", printing.pdf, name="pdf"),
]
urlpatterns = [*template_urls, *print_urls]
