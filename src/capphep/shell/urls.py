"""Addresses of the shell module."""

from django.urls import path

from capphep.shell.views import (
    helping,
    home,
    merging,
    messages,
    notices,
    options,
    passwords,
    recoding,
    roles,
    search,
    teams,
    user_deeds,
    users,
)

app_name = "shell"

user_urls = [
    path("users/", users.user_list, name="user_list"),
    path("users/new", users.user_new, name="user_new"),
    path("users/<int:user_id>/", users.user, name="user"),
    path("users/<int:user_id>/password", users.user_password, name="user_password"),
]
user_deed_urls = [
    path("users/<int:user_id>/deactivate", user_deeds.deactivate, name="user_deactivate"),
    path("users/<int:user_id>/sessions", user_deeds.end_sessions, name="user_sessions"),
    path("users/<int:user_id>/unlock", user_deeds.unlock, name="user_unlock"),
    path("users/<int:user_id>/invite", user_deeds.invite, name="user_invite"),
    path("users/<int:user_id>/preview", roles.preview_person, name="preview_person"),
]
password_urls = [
    path("me/password", passwords.own_password, name="own_password"),
    path("welcome/<int:user_id>/<str:token>", passwords.welcome, name="welcome"),
]
team_urls = [
    path("teams/", teams.team_list, name="team_list"),
    path("teams/new", teams.team_new, name="team_new"),
    path("teams/<int:team_id>/", teams.team, name="team"),
    path("teams/<int:team_id>/add", teams.team_add, name="team_add"),
    path("teams/<int:team_id>/people/<int:user_id>/leave", teams.team_leave, name="team_leave"),
]
role_urls = [
    path("roles/", roles.role_list, name="role_list"),
    path("roles/<slug:role>/preview", roles.preview_role, name="preview_role"),
    path("preview/end", roles.preview_end, name="preview_end"),
]
option_urls = [
    path("settings/", options.option_list, name="option_list"),
    path("settings/<slug:key>", options.option, name="option"),
    path("settings/<slug:key>/default", options.option_default, name="option_default"),
]
message_urls = [
    path("messages/", messages.message_list, name="message_list"),
    path("messages/<slug:key>/<slug:language>", messages.message, name="message"),
    path(
        "messages/<slug:key>/<slug:language>/preview",
        messages.message_preview,
        name="message_preview",
    ),
    path(
        "messages/<slug:key>/<slug:language>/default",
        messages.message_default,
        name="message_default",
    ),
]
notice_urls = [
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/panel", notices.notice_panel, name="notice_panel"),
    path("notices/read", notices.notices_read, name="notices_read"),
    path("notices/<int:notice_id>/read", notices.notice_read, name="notice_read"),
]
customer_urls = [
    path("customers/<int:pk>/merge", merging.customer_merge, name="customer_merge"),
    path("customers/<int:pk>/budget-code", recoding.customer_recode, name="customer_recode"),
]
help_urls = [
    path("help/", helping.help_index, name="help"),
    path("help/on/<str:view_name>", helping.help_screen, name="help_screen"),
    path("help/pictures/<path:name>", helping.help_picture, name="help_picture"),
    path("help/<slug:slug>", helping.help_page, name="help_page"),
]
search_urls = [
    path("search", search.search, name="search"),
    path("search/suggestions", search.suggestions, name="suggestions"),
    path("search/visited", search.visited, name="visited"),
]
urlpatterns = [
    path("", home.home, name="home"),
    *customer_urls,
    *user_urls,
    *user_deed_urls,
    *password_urls,
    *team_urls,
    *role_urls,
    *option_urls,
    *message_urls,
    *notice_urls,
    *search_urls,
    *help_urls,
]
