"""Addresses of the integration module."""

from django.urls import path

from capphep.integration.views import deliveries, endpoints, tokens
from capphep.integration.views import endpoint_dialogs as dialogs

app_name = "integration"

token_urls = [
    path("tokens/", tokens.token_list, name="token_list"),
    path("tokens/new", tokens.token_new, name="token_new"),
    path("tokens/<int:token_id>/", tokens.token, name="token"),
    path("tokens/<int:token_id>/rotate", tokens.token_rotate, name="token_rotate"),
    path("tokens/<int:token_id>/revoke", tokens.token_revoke, name="token_revoke"),
]
endpoint_urls = [
    path("webhooks/", endpoints.endpoint_list, name="endpoint_list"),
    path("webhooks/new", endpoints.endpoint_new, name="endpoint_new"),
    path("webhooks/<int:endpoint_id>/", endpoints.endpoint, name="endpoint"),
    path("webhooks/<int:endpoint_id>/edit", endpoints.endpoint_edit, name="endpoint_edit"),
    path("webhooks/<int:endpoint_id>/secret", dialogs.endpoint_secret, name="endpoint_secret"),
    path("webhooks/<int:endpoint_id>/pause", dialogs.endpoint_pause, name="endpoint_pause"),
    path("webhooks/<int:endpoint_id>/resume", dialogs.endpoint_resume, name="endpoint_resume"),
    path("webhooks/<int:endpoint_id>/test", dialogs.endpoint_test, name="endpoint_test"),
    path("webhooks/<int:endpoint_id>/range", dialogs.endpoint_range, name="endpoint_range"),
]
delivery_urls = [
    path("deliveries/", deliveries.delivery_list, name="delivery_list"),
    path("deliveries/<int:delivery_id>/", deliveries.delivery, name="delivery"),
    path("deliveries/<int:delivery_id>/again", deliveries.delivery_again, name="delivery_again"),
]
urlpatterns = [*token_urls, *endpoint_urls, *delivery_urls]
