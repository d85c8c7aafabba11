"""Addresses of the collaboration module."""

from django.urls import URLPattern, path

from capphep.collaboration.views import activities, own_comments, preferences, pulse, stopping, talk

app_name = "collaboration"
urlpatterns: list[URLPattern] = [
    path("pulse", pulse.pulse, name="pulse"),
    path("preferences", preferences.preferences, name="preferences"),
    # Open to whoever holds the letter: `platform.middleware` asks nobody to sign in here.
    path("stop/<str:token>", stopping.stop, name="stop"),
    path("todo", activities.todo, name="todo"),
    path("activities/<int:activity_id>/edit", activities.activity_edit, name="activity_edit"),
    path("activities/<int:activity_id>/done", activities.activity_done, name="activity_done"),
    path("comments/<int:comment_id>/edit", own_comments.comment_edit, name="comment_edit"),
    path("comments/<int:comment_id>/remove", own_comments.comment_remove, name="comment_remove"),
    path(
        "comments/<int:comment_id>/versions",
        own_comments.comment_versions,
        name="comment_versions",
    ),
    path("files/<int:file_id>", talk.comment_file, name="file"),
    path("<str:record_type>/<int:record_id>/", talk.panel, name="panel"),
    path(
        "<str:record_type>/<int:record_id>/activities",
        activities.activity_panel,
        name="activities",
    ),
    path(
        "<str:record_type>/<int:record_id>/activities/new",
        activities.activity_new,
        name="activity_new",
    ),
    path("<str:record_type>/<int:record_id>/comments", talk.comment_list, name="comments"),
    path("<str:record_type>/<int:record_id>/follow", talk.follow, name="follow"),
    path("<str:record_type>/<int:record_id>/colleagues", talk.colleague_picker, name="colleagues"),
]
