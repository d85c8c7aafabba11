"""Addresses of the identity module: verbs on nouns."""

from django.urls import path

from capphep.identity.views import accounts, sending

app_name = "identity"

urlpatterns = [
    path("", accounts.account_list, name="account_list"),
    path("<int:account_id>/", accounts.account, name="account"),
    path("links/<int:link_id>/send", sending.again, name="send_again"),
    path("at/<int:customer_id>/", accounts.customer_panel, name="customer_panel"),
    path("at/<int:customer_id>/<int:product_id>/", accounts.customer_panel, name="product_panel"),
]
