"""A migration operation: the database itself refuses to change or remove a table's rows."""

from __future__ import annotations

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# Refused as a violated restriction, so that Django raises an IntegrityError on both databases.
# ALWAYS: also in a session that calls itself a replica, where ordinary triggers are silent.
_POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION "{table}_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END
    $$
    """,
    'DROP TRIGGER IF EXISTS append_only ON "{table}"',
    """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}"
    FOR EACH STATEMENT EXECUTE FUNCTION "{table}_append_only"()
    """,
    'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER append_only',
)
# As above, row by row: what is older than so many days may be removed.
_POSTGRESQL_KEPT = (
    """
    CREATE OR REPLACE FUNCTION "{table}_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF OLD.day < CURRENT_DATE - {days} THEN RETURN OLD; END IF;
        END IF;
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END
    $$
    """,
    'DROP TRIGGER IF EXISTS append_only ON "{table}"',
    """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}"
    FOR EACH ROW EXECUTE FUNCTION "{table}_append_only"()
    """,
    'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER append_only',
)
_POSTGRESQL_LIFT = (
    'DROP TRIGGER IF EXISTS append_only ON "{table}"',
    'DROP FUNCTION IF EXISTS "{table}_append_only"()',
)
# REPLACE INTO removes rows too: the settings switch recursive triggers on, without which
# SQLite would not ask this one.
_SQLITE = (
    """
    CREATE TRIGGER IF NOT EXISTS "{table}_append_only_update" BEFORE UPDATE ON "{table}"
    BEGIN SELECT RAISE(ABORT, '{table} is append-only: UPDATE refused'); END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS "{table}_append_only_delete" BEFORE DELETE ON "{table}"
    BEGIN SELECT RAISE(ABORT, '{table} is append-only: DELETE refused'); END
    """,
)
_SQLITE_KEPT = (
    _SQLITE[0],
    """
    CREATE TRIGGER IF NOT EXISTS "{table}_append_only_delete" BEFORE DELETE ON "{table}"
    WHEN OLD.day >= date('now', '-{days} days')
    BEGIN SELECT RAISE(ABORT, '{table} is append-only: DELETE refused'); END
    """,
)
_SQLITE_LIFT = (
    'DROP TRIGGER IF EXISTS "{table}_append_only_update"',
    'DROP TRIGGER IF EXISTS "{table}_append_only_delete"',
)


_GUARDS = {
    "postgresql": """
        SELECT count(*) FROM pg_trigger
        WHERE tgrelid = %s::regclass AND tgname = 'append_only' AND tgenabled = 'A'
    """,
    "sqlite": """
        SELECT count(*) / 2 FROM sqlite_master
        WHERE type = 'trigger' AND tbl_name = %s AND name LIKE '%%append_only%%'
    """,
}


class AppendOnly(Operation):
    """From here on, UPDATE, DELETE and (on PostgreSQL) TRUNCATE of the table are refused.

    It comes after every change of the table's columns and constraints. SQLite rebuilds a
    table to change it and loses its triggers: a later migration that changes the table ends
    with this operation once more.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models do not know of triggers."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self._run(schema_editor, postgresql=_POSTGRESQL, sqlite=_SQLITE)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self._run(schema_editor, postgresql=_POSTGRESQL_LIFT, sqlite=_SQLITE_LIFT)

    def describe(self) -> str:
        return f"Refuse changes and removals in {self.table}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.table}_append_only"

    def _run(self, schema_editor: BaseDatabaseSchemaEditor, **sql: tuple[str, ...]) -> None:
        for statement in sql[schema_editor.connection.vendor]:
            schema_editor.execute(statement.format(**self._values()), params=None)

    def _values(self) -> dict[str, object]:
        return {"table": self.table}


class AppendOnlyFor(AppendOnly):
    """As `AppendOnly`; what is so many days older than its column ``day`` may be removed."""

    def __init__(self, table: str, days: int) -> None:
        super().__init__(table)
        self.days = days

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self._run(schema_editor, postgresql=_POSTGRESQL_KEPT, sqlite=_SQLITE_KEPT)

    def _values(self) -> dict[str, object]:
        return {**super()._values(), "days": self.days}


def is_append_only(table: str) -> bool:
    """Whether the table's triggers are there and switched on."""
    with connection.cursor() as cursor:
        cursor.execute(_GUARDS[connection.vendor], [table])
        return bool(cursor.fetchone()[0])
