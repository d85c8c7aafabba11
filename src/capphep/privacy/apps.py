from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "capphep.privacy"
    label = "privacy"
