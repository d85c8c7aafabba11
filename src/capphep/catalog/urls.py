"""Addresses of the catalog module."""

from django.urls import path

from capphep.catalog import views

app_name = "catalog"
urlpatterns = [
    path("items/", views.item_list, name="item_list"),
    path("items/<int:item_id>/", views.item, name="item"),
    path("load", views.load, name="load"),
    path("sample", views.sample, name="sample"),
]
