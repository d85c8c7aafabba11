"""Extraction, merging, checking and compiling of the translation catalogues."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from capphep.platform.catalogues import compile_catalogues
from tools import catalogues

pytestmark = pytest.mark.once

TEMPLATE = """\
{# An order's page: it's not code. #}
{% load i18n %}
   {% translate "Order" %}
 {% blocktranslate count n=n trimmed %}
   {{ n }} line
 {% plural %}
   {{ n }} lines
 {% endblocktranslate %}
<input placeholder="{% translate 'Search (' context "verb" %}" value='{{ day|date:"d/m" }}'>
"""
CODE = """\
from django.utils.translation import gettext as _
def title(order):
    return _("Order %(no)s") % {"no": order.no}
"""
SCRIPT = 'export const label = gettext("Remove");\n'


@pytest.fixture
def package(tmp_path: Path) -> Path:
    files = {
        "crm/__init__.py": "",
        "crm/views.py": CODE,
        "crm/templates/crm/page.html": TEMPLATE,
        "crm/static/crm/lines.js": SCRIPT,
        "crm/static/vendor/x/x.js": 'gettext("not ours")',
        "ims/__init__.py": "",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    assert catalogues.main(["--update"], tmp_path) == 0
    return tmp_path


def vi(package: Path, module: str = "crm", domain: str = "django") -> Path:
    return catalogues.Domain(module, domain).po(package, "vi")


def fill(po: Path, **texts: str) -> None:
    """Give every empty entry of a file its translation: `Order="Đơn hàng"`."""
    content = po.read_text()
    for msgid, text in texts.items():
        assert f'msgid "{msgid}"\nmsgstr ""\n' in content
        content = content.replace(
            f'msgid "{msgid}"\nmsgstr ""\n', f'msgid "{msgid}"\nmsgstr "{text}"\n'
        )
    po.write_text(content)


def complete(package: Path) -> None:
    po = vi(package)
    fill(po, Order="Đơn hàng", **{"Order %(no)s": "Đơn %(no)s", "Search (": "Tìm ("})
    po.write_text(po.read_text().replace('msgstr[0] ""', 'msgstr[0] "%(n)s dòng"'))
    fill(vi(package, domain="djangojs"), Remove="Xoá")


def problems(package: Path) -> str:
    return "\n".join(catalogues.check(package))


def test_update_finds_texts_of_code_templates_and_scripts(package: Path) -> None:
    content = vi(package).read_text()
    for msgid in ("Order", "Order %(no)s", "%(n)s line", "Search ("):
        assert f'msgid "{msgid}"' in content
    assert 'msgctxt "verb"' in content
    assert 'msgid "Remove"' in vi(package, domain="djangojs").read_text()
    assert "not ours" not in vi(package, domain="djangojs").read_text()
    assert not vi(package, "ims").exists()


def test_files_carry_no_dates_and_no_line_numbers(package: Path) -> None:
    content = vi(package).read_text()
    assert "Date:" not in content
    assert "#:" not in content
    assert "Plural-Forms: nplurals=1" in content


def test_a_second_update_changes_nothing_and_keeps_translations(package: Path) -> None:
    complete(package)
    before = vi(package).read_text()
    assert list(catalogues.update(package)) == []
    assert vi(package).read_text() == before


def test_complete_catalogues_pass(package: Path) -> None:
    complete(package)
    assert problems(package) == ""


def test_an_empty_translation_is_a_problem_in_vietnamese_and_filled_in_english(
    package: Path,
) -> None:
    assert "crm/locale/vi/LC_MESSAGES/django.po: not translated: 'Order'" in problems(package)
    assert "locale/en" not in problems(package)


def test_other_placeholders_are_a_problem(package: Path) -> None:
    complete(package)
    vi(package).write_text(vi(package).read_text().replace("Đơn %(no)s", "Đơn %(so)s"))
    assert "other placeholders than its msgid: 'Order %(no)s'" in problems(package)


def test_a_fuzzy_entry_is_a_problem(package: Path) -> None:
    complete(package)
    content = vi(package).read_text()
    vi(package).write_text(content.replace('msgid "Order"', '#, fuzzy\nmsgid "Order"'))
    assert "fuzzy: 'Order'" in problems(package)


def test_a_new_text_is_missing_and_a_dropped_one_is_named_until_the_update(package: Path) -> None:
    complete(package)
    (package / "crm" / "views.py").write_text(CODE.replace("Order %(no)s", "Order no. %(no)s"))
    assert "missing (tools/catalogues.py --update): 'Order no. %(no)s'" in problems(package)
    assert "no longer used (tools/catalogues.py --update)" in problems(package)
    list(catalogues.update(package))
    assert 'msgid "Order %(no)s"' not in vi(package).read_text()


def test_a_text_that_another_module_translates_is_taken_over(package: Path) -> None:
    complete(package)
    (package / "ims" / "views.py").write_text('x = gettext("Order")')
    list(catalogues.update(package, ["ims"]))
    assert 'msgstr "Đơn hàng"' in vi(package, "ims").read_text()
    assert problems(package) == ""


def test_two_translations_of_one_text_are_a_problem(package: Path) -> None:
    complete(package)
    (package / "ims" / "views.py").write_text('x = gettext("Order")')
    list(catalogues.update(package))
    content = vi(package, "ims").read_text()
    vi(package, "ims").write_text(content.replace("Đơn hàng", "Thứ tự"))
    assert "'Order' is translated differently in crm and ims" in problems(package)


def test_only_stale_catalogues_are_compiled(package: Path) -> None:
    complete(package)
    # Two domains of two languages.
    assert compile_catalogues(package) == 4
    assert compile_catalogues(package) == 0
    po = vi(package)
    po.write_text(po.read_text().replace("Đơn hàng", "Đơn đặt hàng"))
    later = po.with_suffix(".mo").stat().st_mtime_ns + 1
    os.utime(po, ns=(later, later))
    assert compile_catalogues(package) == 1
    with po.with_suffix(".mo").open("rb") as compiled:
        texts = gettext.GNUTranslations(compiled)
    assert texts.gettext("Order") == "Đơn đặt hàng"
    assert texts.ngettext("%(n)s line", "%(n)s lines", 2) == "%(n)s dòng"
    assert [path.name for path in po.parent.glob("*.mo.*")] == []
