"""A round of a request by itself: everything as it was sent, whatever was changed since."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.platform.kit import HeaderBand
from capphep.platform.signed_in import actor_of
from capphep.provisioning import round_queries as queries
from capphep.provisioning.models import Round
from capphep.provisioning.round_rules import Row
from capphep.provisioning.views.contents import as_seen, rows_of, schemas_of
from capphep.provisioning.views.evidence import file_response
from capphep.provisioning.views.rounds import shown_round


def round_page(request: HttpRequest, request_id: int, number: int) -> HttpResponse:
    """context: title, round, shown (rounds.ShownRound), band, fields and lines [Row], files as
    [(Row, sha256)]."""
    found = queries.visible_round(actor_of(request), request_id, number)
    rows = rows_of(found.content, schemas_of(found.request, found.content))
    files = [one["sha256"] for one in found.content["evidence"]]
    context = {
        "title": f"{found.request} · {_title(found)}",
        "round": found,
        "shown": shown_round(found),
        "band": _band(found),
        "fields": [as_seen(row) for row in rows if not _is_part(row)],
        "lines": [row for row in rows if row.topic.startswith("line:")],
        "files": zip([row for row in rows if _is_file(row)], files, strict=True),
    }
    return render(request, "provisioning/round.html", context)


def round_file(request: HttpRequest, request_id: int, number: int, sha256: str) -> FileResponse:
    """RULE R7: a file as it was sent, for those who may see the request."""
    found = queries.visible_round(actor_of(request), request_id, number)
    sent = queries.sent_file(found, sha256)
    return file_response(sent["sha256"], sent["content_type"], sent["name"])


def _is_file(row: Row) -> bool:
    return row.topic.startswith("evidence-")


def _is_part(row: Row) -> bool:
    return _is_file(row) or row.topic.startswith("line:")


def _title(found: Round) -> str:
    return _("Round %(number)s") % {"number": found.number}


def _band(found: Round) -> HeaderBand:
    return HeaderBand(
        title=_title(found),
        number=found.request.request_no,
        subtitle=found.request.customer.name,
        status=shown_round(found).outcome,
        back_url=reverse("provisioning:request", args=[found.request_id]),
        back_label=found.request.request_no,
    )
