"""A list as a workbook: at once, or in the background where it is long."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from capphep.exchange import exporting
from capphep.exchange.exporting import Wanted
from capphep.platform.htmx import is_htmx, redirect, render_dialog
from capphep.platform.models import User
from capphep.platform.signed_in import actor_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
def export(request: HttpRequest, name: str) -> HttpResponseBase:
    """The rows that the list shows under this query string.

    A long one is asked for first, and then written in the background.
    """
    actor, query = actor_of(request), request.GET.urlencode()
    wanted = Wanted.of(name, actor, query)
    if request.method == "POST":
        exporting.export_later(actor=actor, name=name, query=query)
        message = _("It is being written; you will be told when it is done.")
        return redirect(request, "exchange:job_list", message=message, tone="info")
    count = wanted.count(exporting.AT_ONCE + 1)
    if count > exporting.AT_ONCE:
        return _asked(request, wanted)
    if is_htmx(request):
        # A download needs a request of the browser's own.
        return redirect(request, request.get_full_path())
    return _file(actor, name, query)


def _asked(request: HttpRequest, wanted: Wanted) -> HttpResponse:
    most = number_format(exporting.AT_ONCE, force_grouping=True)
    context = {
        "title": _("Export “%(list)s”?") % {"list": wanted.here.title},
        "text": _("There are more than %(most)s rows: they are written in the background.")
        % {"most": most},
        "action": request.get_full_path(),
        "back_url": wanted.source.url,
        "form": None,
    }
    return render_dialog(request, "platform/_confirm.html", context)


def _file(actor: User, name: str, query: str) -> FileResponse:
    """The file is gone from the disk as soon as it is open: nothing has to be tidied up."""
    handle, draft = tempfile.mkstemp(suffix=".xlsx")
    os.close(handle)
    path = Path(draft)
    try:
        called = exporting.export_now(actor=actor, name=name, query=query, path=path)
        file = path.open("rb")
    finally:
        path.unlink(missing_ok=True)
    response = FileResponse(file, as_attachment=True, filename=called, content_type=XLSX)
    response["Cache-Control"] = "no-store, private"
    return response
