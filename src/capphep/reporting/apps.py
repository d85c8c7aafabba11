from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "capphep.reporting"
    label = "reporting"
