"""Addresses of the integration module."""

from django.urls import path

from capphep.integration.views import tokens

app_name = "integration"

token_urls = [
    path("tokens/", tokens.token_list, name="token_list"),
    path("tokens/new", tokens.token_new, name="token_new"),
    path("tokens/<int:token_id>/", tokens.token, name="token"),
    path("tokens/<int:token_id>/rotate", tokens.token_rotate, name="token_rotate"),
    path("tokens/<int:token_id>/revoke", tokens.token_revoke, name="token_revoke"),
]
urlpatterns = [*token_urls]
