"""Many papers in one file: at once where they are few, else in the background, chunk by chunk."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from capphep.paper.documents import Document
from capphep.paper.kinds import PaperKind
from capphep.paper.queries import Source, design_of, documents_of, source_named
from capphep.paper.sheets import paper_of
from capphep.platform import jobs
from capphep.platform.jobs import Kind, Outcome, Run
from capphep.platform.models import BackgroundJob, User
from capphep.platform.personal import viewing
from capphep.pure.errors import NotFound, gettext_noop

if TYPE_CHECKING:
    from pypdf import PdfWriter

AT_ONCE: Final = 20
"""More are printed in the background."""
PRINT: Final = "paper"
_CHUNK: Final = 10
_WORDS: Final = {
    PaperKind.ORDER: "don-hang",
    PaperKind.REQUEST: "yeu-cau",
    PaperKind.HANDOVER: "bien-ban-ban-giao",
}
LABELS: Final = {
    PaperKind.ORDER: gettext_lazy("Orders"),
    PaperKind.REQUEST: gettext_lazy("Licence/subscription requests"),
    PaperKind.HANDOVER: gettext_lazy("Handover records"),
}


def pdf_of(
    *, actor: User, source: Source, ids: Sequence[int], template_id: int | None
) -> tuple[bytes, str]:
    """The papers as one PDF, and what it is called. Raises NotFound."""
    documents = documents_of(actor, source, ids)
    paper = paper_of(documents, design_of(source.kind, template_id))
    return paper.pdf(), file_name(source.kind, documents)


def file_name(kind: PaperKind, documents: Sequence[Document]) -> str:
    """In ASCII, which every program keeps as it is."""
    if len(documents) == 1:
        number = documents[0].number.replace("/", "-")
        return f"{_WORDS[kind]}-{number}.pdf"
    return f"{_WORDS[kind]}-{timezone.localdate():%Y-%m-%d}.pdf"


@transaction.atomic
def print_later(
    *, actor: User, source: Source, ids: Sequence[int], template_id: int | None, link: str
) -> BackgroundJob:
    """Set them in the background; ``link`` is where the person finds the file. Raises NotFound."""
    design_of(source.kind, template_id)
    return jobs.submit(
        actor=actor,
        kind=PRINT,
        title=gettext_noop("Printing"),
        label=str(LABELS[source.kind]),
        link=link,
        params={"source": source.name, "ids": list(ids), "template": template_id},
        total=len(ids),
    )


def print_papers(run: Run) -> Outcome:
    """The job: by the rights that its owner has now. Begun again, it is set from the start."""
    from pypdf import PdfWriter

    asked = run.job.params
    source, ids = source_named(asked["source"]), asked["ids"]
    writer, printed = PdfWriter(), 0
    for start in range(0, len(ids), _CHUNK):
        # Phones and e-mails as the person sees them on screen.
        with viewing(run.actor):
            printed += _add(writer, run, source, ids[start : start + _CHUNK])
        run.job.note(done=min(start + _CHUNK, len(ids)))
        run.renew()
    if not printed:
        raise NotFound("paper_not_found", gettext_noop("There is nothing to print here."))
    writer.write(run.draft)
    message = gettext_noop("Printed %(label)s: %(count)s papers.")
    return Outcome(message, {"count": printed}, file_name(source.kind, []))


def _add(writer: PdfWriter, run: Run, source: Source, ids: Sequence[int]) -> int:
    """Those that can be seen no more are left out."""
    try:
        documents = documents_of(run.actor, source, ids)
    except NotFound:
        return 0
    design = design_of(source.kind, run.job.params["template"])
    writer.append(io.BytesIO(paper_of(documents, design).pdf()))
    return len(documents)


KINDS: Final[Sequence[Kind]] = (Kind(PRINT, print_papers),)
