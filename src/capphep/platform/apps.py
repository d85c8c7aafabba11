from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "capphep.platform"
    label = "platform"
