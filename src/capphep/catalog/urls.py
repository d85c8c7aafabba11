"""Addresses of the catalog module."""

from django.urls import path

from capphep.catalog.views import (
    eligibility,
    fields,
    goods,
    item_forms,
    loading,
    packages,
    parts,
    product_forms,
    products,
)

app_name = "catalog"
urlpatterns = [
    path("items/", goods.item_list, name="item_list"),
    path("items/<int:item_id>/", goods.item, name="item"),
    path("items/new", item_forms.item_new, name="item_new"),
    path("items/<int:item_id>/edit", item_forms.item_edit, name="item_edit"),
    path("items/<int:item_id>/deactivate", item_forms.item_deactivate, name="item_deactivate"),
    path("items/<int:item_id>/reactivate", item_forms.item_reactivate, name="item_reactivate"),
    path("packages/", packages.package_list, name="package_list"),
    path("packages/new", packages.package_new, name="package_new"),
    path("packages/<int:package_id>/edit", packages.package_edit, name="package_edit"),
    path(
        "packages/<int:package_id>/deactivate",
        packages.package_deactivate,
        name="package_deactivate",
    ),
    path(
        "packages/<int:package_id>/reactivate",
        packages.package_reactivate,
        name="package_reactivate",
    ),
    path("products/", products.product_list, name="product_list"),
    path("products/picker", products.product_picker, name="product_picker"),
    path("products/<int:product_id>/", products.product, name="product"),
    path("products/new", product_forms.product_new, name="product_new"),
    path("products/<int:product_id>/edit", product_forms.product_edit, name="product_edit"),
    path(
        "products/<int:product_id>/deactivate",
        product_forms.product_deactivate,
        name="product_deactivate",
    ),
    path(
        "products/<int:product_id>/reactivate",
        product_forms.product_reactivate,
        name="product_reactivate",
    ),
    path("products/<int:product_id>/modules/new", parts.module_new, name="module_new"),
    path("modules/<int:module_id>/edit", parts.module_edit, name="module_edit"),
    path("modules/<int:module_id>/fields", fields.module_fields, name="module_fields"),
    path("modules/<int:module_id>/up", parts.module_up, name="module_up"),
    path("modules/<int:module_id>/down", parts.module_down, name="module_down"),
    path("resources/", parts.resource_list, name="resource_list"),
    path("resources/new", parts.resource_new, name="resource_new"),
    path("resources/<int:resource_id>/edit", parts.resource_edit, name="resource_edit"),
    path("eligibility", eligibility.eligibility, name="eligibility"),
    path("load", loading.load, name="load"),
    path("download", loading.download, name="download"),
    path("sample", loading.sample, name="sample"),
]
