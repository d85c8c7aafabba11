"""Addresses of the catalog module."""

from django.urls import path

from capphep.catalog.views import goods, loading, products

app_name = "catalog"
urlpatterns = [
    path("items/", goods.item_list, name="item_list"),
    path("items/<int:item_id>/", goods.item, name="item"),
    path("products/", products.product_list, name="product_list"),
    path("products/picker", products.product_picker, name="product_picker"),
    path("products/<int:product_id>/", products.product, name="product"),
    path("load", loading.load, name="load"),
    path("sample", loading.sample, name="sample"),
]
