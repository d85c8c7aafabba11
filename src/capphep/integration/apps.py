from django.apps import AppConfig


class IntegrationConfig(AppConfig):
    name = "capphep.integration"
    label = "integration"
