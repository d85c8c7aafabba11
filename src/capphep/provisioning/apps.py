from django.apps import AppConfig


class ProvisioningConfig(AppConfig):
    name = "capphep.provisioning"
    label = "provisioning"
