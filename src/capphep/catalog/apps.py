from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "capphep.catalog"
    label = "catalog"
