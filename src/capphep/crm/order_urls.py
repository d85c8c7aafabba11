"""Addresses of the orders; `crm.urls` joins them."""

from django.urls import URLPattern

order_urls: list[URLPattern] = []
