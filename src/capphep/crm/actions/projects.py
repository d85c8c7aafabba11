"""Writing sales projects (R13)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from capphep.crm.actions.once import created_once
from capphep.crm.actions.records import record_created, write_changes
from capphep.crm.models import SalesProject
from capphep.crm.queries.sales import project_for_update
from capphep.crm.sales_rules import ProjectInput, project_values
from capphep.platform import versions
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Invalid, Invalids, gettext_noop
from capphep.pure.problems import Problems


def create_project(*, actor: Actor, typed: ProjectInput, token: UUID | None = None) -> SalesProject:
    """Enter a sales project; the form's ``token`` makes it once.

    Raises Forbidden; Invalids (project_code_taken among them).
    """
    require(actor, Permission.SALE_WRITE)
    return created_once(actor, token, SalesProject, lambda: _entered(actor, typed))


def _entered(actor: Actor, typed: ProjectInput) -> SalesProject:
    values = _checked(typed, None)
    project = SalesProject(updated_by_id=actor.pk, **values)
    try:
        with transaction.atomic():
            project.save(force_insert=True)
    except IntegrityError:
        _raise_taken(project.code, None)
        raise
    record_created(actor, project, values)
    return project


def edit_project(
    *, actor: Actor, project_id: int, seen_version: int, typed: ProjectInput
) -> SalesProject:
    """Change a sales project. Raises NotFound, Forbidden; Stale; Invalids."""
    require(actor, Permission.SALE_WRITE)
    with transaction.atomic():
        project = project_for_update(actor, project_id)
        if project.version != seen_version:
            raise versions.Stale
        values = _checked(typed, project)
        try:
            with transaction.atomic():
                write_changes(actor, project, seen_version, values)
        except IntegrityError:
            _raise_taken(str(values["code"]), project)
            raise
    return project


def deactivate_project(*, actor: Actor, project_id: int) -> SalesProject:
    """RULE R13: *Ngừng theo dõi* instead of deleting. Raises NotFound, Forbidden."""
    return _set_active(actor, project_id, is_active=False)


def reactivate_project(*, actor: Actor, project_id: int) -> SalesProject:
    """RULE R13: follow the project again. Raises NotFound, Forbidden."""
    return _set_active(actor, project_id, is_active=True)


def _set_active(actor: Actor, project_id: int, *, is_active: bool) -> SalesProject:
    require(actor, Permission.SALE_WRITE)
    with transaction.atomic():
        project = project_for_update(actor, project_id)
        verb = "reactivated" if is_active else "deactivated"
        write_changes(actor, project, project.version, {"is_active": is_active}, verb)
    return project


def _checked(typed: ProjectInput, before: SalesProject | None) -> dict[str, Any]:
    """The columns of a valid project; ``before`` is what stands there already."""
    problems = Problems()
    values: dict[str, Any] = project_values(typed, problems)
    with problems.noted():
        _raise_taken(values["code"], before)
    problems.raise_any()
    return values


def _raise_taken(code: str, before: SalesProject | None) -> None:
    """Raises Invalids project_code_taken when another project has the code."""
    others = SalesProject.objects.filter(code=code)
    taken = others.exclude(pk=before.pk).first() if before else others.first()
    if code and taken is not None:
        message = gettext_noop("The code %(code)s belongs to the sales project “%(name)s”.")
        params = {"code": code, "name": taken.name}
        raise Invalids([Invalid("project_code_taken", message, field="code", params=params)])
