from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "capphep.shell"
    label = "shell"
