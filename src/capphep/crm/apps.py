from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "capphep.crm"
    label = "crm"
