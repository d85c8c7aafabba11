from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "capphep.exchange"
    label = "exchange"
