"""A small site built from the kit alone, over the table of users: what test_kit*.py look at."""

from __future__ import annotations

from django import forms
from django.contrib.auth.views import LoginView, LogoutView
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path, reverse

from capphep.platform.htmx import (
    done,
    redirect,
    render_dialog,
    render_page_or_fragment,
)
from capphep.platform.kit import HeaderBand, MenuItem, Status, steps
from capphep.platform.models import Team, User
from capphep.platform.navigation import GROUPS
from capphep.platform.pages import Column, Filter, ListSpec, list_page
from capphep.platform.widgets import DayField, Picker
from capphep.pure.errors import Conflict


def menu(user: User) -> list[MenuItem]:
    return [
        MenuItem("Phê duyệt", reverse("kit_confirm", args=[user.pk]), "dialog", "rubber-stamp"),
        MenuItem("Xem chi tiết", reverse("kit_form", args=[user.pk]), icon="eye"),
        MenuItem("Ngừng theo dõi", reverse("kit_stop", args=[user.pk]), "post", "ban", danger=True),
        MenuItem("Nhân bản", icon="copy", disabled_reason="Đã gửi yêu cầu"),
    ]


def by_name(queryset: QuerySet[User], text: str) -> QuerySet[User]:
    return queryset.filter(full_name__icontains=text)


SPEC: ListSpec[User] = ListSpec(
    columns=(
        Column("username", "Mã", "code", sort="username"),
        Column("full_name", "Tên", sort="full_name"),
        Column("status", "Tình trạng", "status", value=lambda user: Status("Đang dùng", "good")),
        Column("version", "Số tiền", "money", sort="version"),
    ),
    default_sort="username",
    row_url=lambda user: reverse("kit_form", args=[user.pk]),
    row_menu=menu,
    filters=(
        Filter("role", "Vai trò", [("sales", "NVKD"), ("officer", "Cán bộ")], "role"),
        Filter("team", "Nhóm", lambda: list(Team.objects.values_list("pk", "name")), "team"),
    ),
    search=by_name,
    size=5,
)


def list_view(request: HttpRequest) -> HttpResponse:
    page = list_page(request, User.objects.all(), spec=SPEC)
    context = {"page": page, "title": "Danh mục", "add_url": reverse("kit_add")}
    return render_page_or_fragment(request, "platform/list.html", "platform/_list.html", context)


class RecordForm(forms.Form):
    person = forms.ModelChoiceField(
        User.objects.all(), label="Khách hàng", widget=Picker("kit_pick")
    )
    code = forms.RegexField(r"^\d{3}$", label="Mã ngân sách", help_text="3 chữ số")
    memo = forms.CharField(label="Diễn giải", required=False)
    day = DayField(label="Ngày", required=False)
    agreed = forms.BooleanField(label="Đồng ý nhận thư", required=False)


def form_view(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    form = RecordForm(request.POST or None, initial={"person": pk, "code": "001" if pk else ""})
    band = HeaderBand(
        "Đơn hàng mẫu",
        number="DH-1",
        status=Status("Chờ duyệt", "waiting"),
        steps=steps(["Nháp", "Chờ duyệt", "Đã duyệt"], 1),
        primary=MenuItem("Lưu", "record-form", "submit"),
        actions=menu(User.objects.all()[0]),
    )
    context = {
        "title": "Đơn hàng mẫu",
        "form": form,
        "band": band,
        "autofill_url": reverse("kit_fill"),
        "autofill_from": "person",
    }
    memo = request.POST.get("memo")
    if memo == "conflict":
        raise Conflict("stale", "Somebody else changed this record while you were editing it.")
    if memo == "session":
        return HttpResponse(status=401, headers={"X-Login-Url": reverse("login")})
    if request.method == "POST" and form.is_valid():
        return redirect(request, "kit_list", message="Đã lưu đơn hàng")
    status = 422 if form.is_bound else 200
    return render(request, "platform/form.html", context, status=status)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Lý do")


def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    context = {
        "title": "Phê duyệt yêu cầu?",
        "action": request.path,
        "back_url": reverse("kit_list"),
        "form": form if "reason" in request.GET else None,
    }
    if request.method != "POST":
        return render_dialog(request, "platform/_confirm.html", context)
    reason = request.POST.get("reason")
    if reason == "conflict":
        raise Conflict("stale", "Somebody else changed this record while you were editing it.")
    if reason == "session":
        return HttpResponse(status=401, headers={"X-Login-Url": reverse("login")})
    User.objects.filter(pk=pk).update(full_name="Đã đổi tên")
    return done(request, "Đã phê duyệt", back="kit_list")


def stop(request: HttpRequest, pk: int) -> HttpResponse:
    raise Conflict("stale", "Somebody else changed this record while you were editing it.")


def pick(request: HttpRequest) -> HttpResponse:
    found = by_name(User.objects.order_by("pk"), request.GET.get("q", ""))[:20]
    rows = [{"value": user.pk, "text": user.full_name, "code": user.username} for user in found]
    return JsonResponse({"results": rows})


def fill(request: HttpRequest) -> HttpResponse:
    pk = int(request.GET["person"])
    return JsonResponse({"code": f"{pk % 1000:03}", "memo": f"Bán cho {pk}"})


def navigation_stubs() -> list[URLResolver]:
    """An address for everything that the navigation names, without the modules above."""
    shell = [
        path("", list_view, name="home"),
        path("notices/", list_view, name="notice_list"),
        path("own-password", list_view, name="own_password"),
    ]
    urls: dict[str, list[URLPattern]] = {"shell": shell}
    for entry in (entry for group in GROUPS for entry in group.entries):
        module, name = entry.url_name.split(":")
        urls.setdefault(module, []).append(path(name, list_view, name=name))
    return [path(f"{module}/", include((paths, module))) for module, paths in urls.items()]


urlpatterns = [
    path("kit/list", list_view, name="kit_list"),
    path("kit/form", form_view, name="kit_add"),
    path("kit/form/<int:pk>", form_view, name="kit_form"),
    path("kit/confirm/<int:pk>", confirm, name="kit_confirm"),
    path("kit/stop/<int:pk>", stop, name="kit_stop"),
    path("kit/pick", pick, name="kit_pick"),
    path("kit/fill", fill, name="kit_fill"),
    # What the base page links to, without the modules above the platform.
    path("login", LoginView.as_view(template_name="platform/login.html"), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    *navigation_stubs(),
]
