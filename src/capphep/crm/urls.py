"""Addresses of the crm module: verbs on nouns, grouped by resource."""

from django.urls import URLPattern

from capphep.crm.order_urls import order_urls

app_name = "crm"

customer_urls: list[URLPattern] = []
opportunity_urls: list[URLPattern] = []
project_urls: list[URLPattern] = []

urlpatterns = [*customer_urls, *opportunity_urls, *project_urls, *order_urls]
