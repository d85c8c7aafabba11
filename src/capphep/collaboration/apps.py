from django.apps import AppConfig


class CollaborationConfig(AppConfig):
    name = "capphep.collaboration"
    label = "collaboration"
