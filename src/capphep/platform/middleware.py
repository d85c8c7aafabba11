"""Middleware: everyone signs in first, and refusals become pages in one place."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from capphep.platform import kept_forms, options, origin
from capphep.platform.htmx import redirect
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Invalids, Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]
_OPEN_PREFIXES = (
    "/static/",
    "/healthz",
    "/login",
    "/logout",
    "/i18n/",
    "/favicon",
    "/api/",
    "/.well-known/",
    "/gp/",
    "/welcome/",
    "/help/",
    "/talk/stop/",
)
# Programs have no cookie: here the header chooses.
_FOR_PROGRAMS = ("/api/",)


class OptionsOnce:
    """Within one request the options (`platform.options`) are read at most once."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with options.unit():
            return self.get_response(request)


class ClientAddress:
    """Behind trusted proxies, REMOTE_ADDR becomes the address that the outermost one saw.

    The lock against guessing and the audit trail both read it. Without trusted proxies
    the header is a claim of the client and is not looked at.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        proxies: int = settings.TRUSTED_PROXIES
        passed_on = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if proxies and len(passed_on) >= proxies and passed_on[-proxies].strip():
            request.META["REMOTE_ADDR"] = passed_on[-proxies].strip()
        return self.get_response(request)


class ChosenLanguage:
    """Vietnamese, unless the person chose otherwise: the browser's own language says nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = _language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _language_of(request: HttpRequest) -> str:
    if request.path.startswith(_FOR_PROGRAMS):
        return translation.get_language_from_request(request)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class SignInRequired:
    """Every address but the open ones needs a session; typed forms survive its end."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated and not request.path.startswith(_OPEN_PREFIXES):
            return _ask_to_sign_in(request)
        if _has_to_choose_password(request):
            return redirect(request, "shell:own_password")
        with origin.working_from(request.META.get("REMOTE_ADDR") or ""):
            response = self.get_response(request)
        if request.user.is_authenticated:
            kept_forms.remember_person(response, request.user)
        return response


def _has_to_choose_password(request: HttpRequest) -> bool:
    """Whether somebody else chose the password, and the person is not about to change that."""
    must = getattr(request.user, "must_change_password", False)
    is_elsewhere = not request.path.startswith((*_OPEN_PREFIXES, reverse("shell:own_password")))
    return must and is_elsewhere


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    is_form = request.method == "POST"
    address = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request") or request.headers.get("Accept") == "application/json":
        # The page stays as it is; its script asks the person to sign in in another tab.
        return HttpResponse(status=401, headers={"X-Login-Url": reverse(settings.LOGIN_URL)})
    if is_form:
        kept_forms.keep(request)
    return HttpResponseRedirect(address)


class RenderRefusals:
    """Turns the domain's refusals into an answer with their status; only here."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        if isinstance(exception, Refusal):
            return refused_answer(request, [exception], exception.status)
        if isinstance(exception, Invalids):
            return refused_answer(request, exception.refusals, exception.status)
        return None


def refused_answer(request: HttpRequest, refusals: list[Refusal], status: int) -> HttpResponse:
    """context: status, refusals as [{code, rule, text}]."""
    rows = [
        {"code": refusal.code, "rule": refusal.rule, "text": refusal_text(refusal)}
        for refusal in refusals
    ]
    template = "platform/_refused.html" if request.headers.get("HX-Request") else "refused.html"
    return render(request, template, {"status": status, "refusals": rows}, status=status)
