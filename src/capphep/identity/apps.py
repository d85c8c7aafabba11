from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "capphep.identity"
    label = "identity"
