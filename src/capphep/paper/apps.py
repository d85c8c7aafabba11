from django.apps import AppConfig


class PaperConfig(AppConfig):
    name = "capphep.paper"
    label = "paper"
