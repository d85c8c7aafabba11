"""Addresses of the shell module."""

from django.urls import path

from capphep.shell.views import home, notices, options, users

app_name = "shell"

user_urls = [
    path("users/", users.user_list, name="user_list"),
    path("users/new", users.user_new, name="user_new"),
    path("users/<int:user_id>/", users.user, name="user"),
    path("users/<int:user_id>/password", users.user_password, name="user_password"),
]
option_urls = [
    path("settings/", options.option_list, name="option_list"),
    path("settings/<slug:key>", options.option, name="option"),
    path("settings/<slug:key>/default", options.option_default, name="option_default"),
]
notice_urls = [
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/panel", notices.notice_panel, name="notice_panel"),
    path("notices/read", notices.notices_read, name="notices_read"),
    path("notices/<int:notice_id>/read", notices.notice_read, name="notice_read"),
]
urlpatterns = [path("", home.home, name="home"), *user_urls, *option_urls, *notice_urls]
