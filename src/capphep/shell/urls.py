"""Addresses of the shell module."""

from django.urls import path

from capphep.shell.views import home, users

app_name = "shell"

user_urls = [
    path("users/", users.user_list, name="user_list"),
    path("users/new", users.user_new, name="user_new"),
    path("users/<int:user_id>/", users.user, name="user"),
    path("users/<int:user_id>/password", users.user_password, name="user_password"),
]
urlpatterns = [path("", home.home, name="home"), *user_urls]
