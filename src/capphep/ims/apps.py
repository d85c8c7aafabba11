from django.apps import AppConfig


class ImsConfig(AppConfig):
    name = "capphep.ims"
    label = "ims"
