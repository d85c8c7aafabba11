"""`./capphep licence`: signed files, and the keys that sign them."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from capphep.entitlements.actions import current_licence, ensure_signing_key
from capphep.entitlements.models import Licence, SigningKey
from capphep.platform.roles import SYSTEM
from capphep.shell import startup, tick
from tests.entitlements.conftest import Ledger


def said(*arguments: Any) -> list[str]:
    out = StringIO()
    call_command("licence", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_keys_are_listed_newest_first(db: None) -> None:
    assert said("keys") == ["no key yet: the next start makes one"]
    first = ensure_signing_key()
    [made] = said("rotate-key")
    second = SigningKey.objects.get(number=2)
    assert made.startswith(f"{second.kid}  published now, signs from ")
    assert [line.split()[:2] for line in said("keys")] == [
        [second.kid, "coming"],
        [first.kid, "active"],
    ]
    assert (second.signs_from - second.created_at).days in (29, 30)


def test_a_key_can_begin_at_once(db: None) -> None:
    ensure_signing_key()
    said("rotate-key", "--days", "0")
    assert [line.split()[1] for line in said("keys")] == ["active", "retired"]


def test_a_second_rotation_waits_for_the_first(db: None) -> None:
    said("rotate-key")
    with pytest.raises(CommandError, match="has not begun to sign"):
        said("rotate-key")
    with pytest.raises(CommandError, match="0 or more"):
        said("rotate-key", "--days=-1")


def test_keys_are_encrypted_anew_after_the_secret_changed(
    db: None, settings: LazySettings, tmp_path: Path
) -> None:
    ensure_signing_key()
    old = tmp_path / "old-secret"
    old.write_text(f"{settings.LICENCE_SECRET}\n")
    settings.LICENCE_SECRET = "a new one"  # type: ignore[misc]
    assert said("rewrap", "--old-secret-file", old) == ["1 keys encrypted anew"]
    with pytest.raises(CommandError, match="CAPPHEP_LICENCE_SECRET"):
        said("rewrap", "--old-secret-file", old)
    with pytest.raises(CommandError, match="No such file"):
        said("rewrap", "--old-secret-file", tmp_path / "missing")


def test_a_start_makes_the_first_key_and_notices_a_wrong_secret(
    db: None, settings: LazySettings
) -> None:
    startup.prepare_signing_key()
    assert [line.split()[1] for line in said("keys")] == ["active"]
    settings.LICENCE_SECRET = "another"  # type: ignore[misc]
    with pytest.raises(startup.CannotStart, match="CAPPHEP_LICENCE_SECRET"):
        startup.prepare_signing_key()
    # What is left when the old secret is lost.
    said("rotate-key", "--days", "0")
    startup.prepare_signing_key()


def test_the_calendar_removes_private_keys_that_sign_no_more(db: None) -> None:
    ensure_signing_key()
    assert tick.run()["keys_retired"] == 0


def test_every_stored_file_is_read_again(ledger: Ledger) -> None:
    assert said("verify") == ["0 licences, 0 from before files were signed; 0 differences"]
    ledger.grant("YC-2026-000001", 50)
    current_licence(actor=SYSTEM, subscription=ledger.subscription)
    ledger.grant("YC-2026-000002", 20)
    current_licence(actor=SYSTEM, subscription=ledger.subscription)
    said("rotate-key", "--days", "0")
    assert said("verify") == ["2 licences, 0 from before files were signed; 0 differences"]
    Licence.objects.filter(version=Licence.objects.earliest("version").version).update(file="")
    assert said("verify") == ["2 licences, 1 from before files were signed; 0 differences"]


def test_a_file_or_a_licence_that_was_changed_is_named(ledger: Ledger) -> None:
    licence = current_licence(actor=SYSTEM, subscription=ledger.subscription)
    content = {**licence.content, "grants": []}
    for changed, why in (
        ({"content": content}, r"its file says something else \(ent, lic, mod\)"),
        ({"file": licence.file[:-2] + "AA"}, "the signature of its file is not good"),
        ({"file": "no file at all"}, "the signature of its file is not good"),
    ):
        Licence.objects.update(**{"content": licence.content, "file": licence.file, **changed})
        out = StringIO()
        with pytest.raises(CommandError, match="1 files are not"):
            call_command("licence", "verify", stdout=out)
        assert re.match(f"LICENCE {licence.licence_no}: {why}\n", out.getvalue())
