from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "capphep.entitlements"
    label = "entitlements"
