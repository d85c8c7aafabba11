"""What of the entitlements is public: the keys that verify licences."""

from django.urls import path

from capphep.entitlements import views

app_name = "entitlements"
urlpatterns = [
    path("jwks.json", views.jwks, name="jwks"),
]
