"""The page that a letter's foot and the button of mail programs lead to."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from capphep.collaboration.actions import stopping
from capphep.collaboration.models import Letter
from capphep.collaboration.queries.people import language_of


# A mail program posts without a session and without a page before: what it proves is the token.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """context: title, letter (Letter), kinds [MailKind], is_done.

    Programs that look at every link of a letter change nothing: only a POST does.
    """
    letter = stopping.letter_of(token)
    is_done = request.method == "POST"
    kinds = stopping.stop(letter) if is_done else stopping.told_by(letter)
    with translation.override(_language(request, letter)):
        title = _("You get no more of these e-mails") if is_done else _("Stop these e-mails?")
        context = {"title": title, "letter": letter, "kinds": kinds, "is_done": is_done}
        return render(request, "collaboration/stop.html", context)


def _language(request: HttpRequest, letter: Letter) -> str:
    """That of the letter, unless the browser was told another."""
    if request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME):
        return translation.get_language() or settings.LANGUAGE_CODE
    return language_of(letter.person)
