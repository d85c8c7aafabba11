"""Keep the translation catalogues of all modules in step with code and templates.

    .venv/bin/python tools/catalogues.py --update [MODULE …]   extract, merge, write the .po files
    .venv/bin/python tools/catalogues.py --check               what `./capphep test` runs

English is the msgid. `--update` writes `src/capphep/<module>/locale/{vi,en}/LC_MESSAGES/django.po`
(and `djangojs.po` for scripts): new entries are added, those no longer used are dropped, English
is filled in with the msgid, and a Vietnamese text that another module already gives to the same
msgid is taken over. Then fill in the empty `msgstr` of your module's vi file. Entries are sorted
and carry neither line numbers nor dates, so that merges stay calm. gettext is not needed.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "capphep"
LANGUAGES = ("vi", "en")
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (1,)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%(?:\([^)]*\))?[#0\-+]*\d*(?:\.\d+)?[a-zA-Z%]|\{[A-Za-z_]\w*\}")
# Dates and tool names in the header change with every run and say nothing.
HEADER_NOISE = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To|Project-Id-Version'
    r"|Last-Translator|Language-Team):.*\n",
    re.MULTILINE,
)

Key = tuple[str, str | None]
Texts = tuple[str, ...]


class Domain(NamedTuple):
    """One catalogue of one module: `django` or `djangojs`."""

    module: str
    name: str

    def po(self, package: Path, language: str) -> Path:
        folder = package / self.module / "locale" / language / "LC_MESSAGES"
        return folder / f"{self.name}.po"


def main(arguments: list[str] | None = None, package: Path = PACKAGE) -> int:
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--update", nargs="*", metavar="MODULE")
    mode.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    if options.check:
        problems = list(check(package))
        print("\n".join(problems) if problems else "both catalogues are complete")
        return 1 if problems else 0
    for line in update(package, options.update):
        print(line)
    return 0


# --- what the code and the templates say -------------------------------------------------------


def domains(package: Path) -> list[Domain]:
    modules = sorted(path.parent.name for path in package.glob("*/__init__.py"))
    return [Domain(module, name) for module in modules for name in ("django", "djangojs")]


def extracted(package: Path, domain: Domain) -> Catalog:
    catalog = Catalog()
    for path in sources(package / domain.module, domain.name):
        for message, context, comments in messages_in(path):
            catalog.add(message, context=context, auto_comments=comments)
    return catalog


def sources(folder: Path, domain: str) -> list[Path]:
    if domain == "djangojs":
        scripts = (folder / "static").rglob("*.js")
        return sorted(path for path in scripts if "vendor" not in path.parts)
    templates = (folder / "templates").rglob("*.*")
    return sorted([*folder.rglob("*.py"), *(path for path in templates if path.is_file())])


def messages_in(path: Path) -> Iterator[tuple[Any, str | None, list[str]]]:
    text, method = path.read_text(encoding="utf-8"), "python"
    if path.suffix == ".js":
        method = "javascript"
    elif path.suffix != ".py":
        # Django turns a template into pseudo-code; only its indentation disturbs the tokenizer.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    try:
        found = list(extract(method, io.BytesIO(text.encode()), KEYWORDS, ("Translators:",)))
    except (SyntaxError, ValueError) as error:
        raise SystemExit(f"{path}: cannot be read for its texts: {error}") from error
    for _line, message, comments, context in found:
        yield message, context, comments


# --- update ------------------------------------------------------------------------------------


def update(package: Path, modules: Iterable[str] = ()) -> Iterator[str]:
    """Write the catalogues of `modules` (all when empty); yields one line for each that changed."""
    chosen = set(modules)
    memory = known_translations(package, "vi")
    for domain in domains(package):
        if chosen and domain.module not in chosen:
            continue
        template = extracted(package, domain)
        for language in LANGUAGES:
            po = domain.po(package, language)
            empty = update_one(po, template, language, memory)
            if empty is not None:
                yield f"{po.relative_to(package)}: written, {empty} without a translation"


def update_one(po: Path, template: Catalog, language: str, memory: dict[Key, Texts]) -> int | None:
    """Returns the number of empty entries, or None when the file stays as it is."""
    merged = Catalog(locale=language, charset="utf-8", fuzzy=False)
    old = load(po, language)
    for entry in entries(template):
        known = old.get(entry.id, entry.context) if old else None
        texts = translation(known) if known else ()
        if not any(texts):
            texts = msgids(entry) if language == "en" else memory.get(key(entry), ())
        value = fitted(texts, entry, merged.num_plurals)
        comments = list(known.user_comments) if known else []
        merged.add(
            entry.id,
            value,
            (),
            set(known.flags) if known else set(),
            entry.auto_comments,
            comments,
            context=entry.context,
        )
    if not len(merged):
        po.unlink(missing_ok=True)
        return None
    return store(po, merged)


def fitted(texts: Texts, entry: Message, plurals: int) -> str | Texts:
    if isinstance(entry.id, str):
        return texts[0] if texts else ""
    return tuple(texts[i] if i < len(texts) else "" for i in range(plurals))


def store(po: Path, catalog: Catalog) -> int | None:
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, no_location=True, sort_output=True)
    content = HEADER_NOISE.sub("", without_top_comment(buffer.getvalue().decode()))
    if po.exists() and po.read_text(encoding="utf-8") == content:
        return None
    po.parent.mkdir(parents=True, exist_ok=True)
    own = po.with_suffix(".po.new")
    own.write_text(content, encoding="utf-8")
    own.replace(po)
    return sum(1 for entry in entries(catalog) if not all(translation(entry)))


def without_top_comment(content: str) -> str:
    return content[content.index('msgid ""') :]


def known_translations(package: Path, language: str) -> dict[Key, Texts]:
    found: dict[Key, Texts] = {}
    for domain in domains(package):
        for entry in entries(load(domain.po(package, language), language)):
            if all(translation(entry)):
                found.setdefault(key(entry), translation(entry))
    return found


# --- check -------------------------------------------------------------------------------------


def check(package: Path) -> Iterator[str]:
    """Yield a sentence for each entry that is missing, empty, fuzzy, unused or contradictory."""
    for domain in domains(package):
        template = extracted(package, domain)
        for language in LANGUAGES:
            po = domain.po(package, language)
            name = po.relative_to(package)
            yield from (f"{name}: {line}" for line in check_one(load(po, language), template))
    for language in LANGUAGES:
        yield from contradictions(package, language)


def check_one(catalog: Catalog | None, template: Catalog) -> Iterator[str]:
    used = {key(entry): entry for entry in entries(template)}
    there = {key(entry): entry for entry in entries(catalog)}
    for each in sorted(used.keys() - there.keys(), key=str):
        yield f"missing (tools/catalogues.py --update): {each[0]!r}"
    for each in sorted(there.keys() - used.keys(), key=str):
        yield f"no longer used (tools/catalogues.py --update): {each[0]!r}"
    for entry in catalog.obsolete.values() if catalog else ():
        yield f"obsolete: {msgids(entry)[0]!r}"
    for each in sorted(used.keys() & there.keys(), key=str):
        yield from check_entry(there[each])


def check_entry(entry: Message) -> Iterator[str]:
    label = f"{msgids(entry)[0]!r}"
    if not all(text.strip() for text in translation(entry)):
        yield f"not translated: {label}"
    elif entry.fuzzy:
        yield f"fuzzy: {label}"
    else:
        allowed = [placeholders(text) for text in msgids(entry)]
        for text in translation(entry):
            # A plural may leave out its number ("one day"), so either form's set will do.
            if placeholders(text) not in allowed:
                yield f"other placeholders than its msgid: {label}"


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def contradictions(package: Path, language: str) -> Iterator[str]:
    """Django merges all modules into one catalogue: one msgid can have one translation only."""
    first: dict[tuple[str, Key], tuple[str, Texts]] = {}
    for domain in domains(package):
        for entry in entries(load(domain.po(package, language), language)):
            mine = domain.module, translation(entry)
            other = first.setdefault((domain.name, key(entry)), mine)
            if other[1] != mine[1]:
                yield (
                    f"{language}: {key(entry)[0]!r} is translated differently in"
                    f" {other[0]} and {mine[0]}; use pgettext where two meanings are meant"
                )


# --- catalogue entries -------------------------------------------------------------------------


def load(po: Path, language: str) -> Catalog | None:
    if not po.exists():
        return None
    with po.open("rb") as source:
        return read_po(source, locale=language)


def entries(catalog: Catalog | None) -> list[Message]:
    return [entry for entry in catalog or () if entry.id]


def msgids(entry: Message) -> Texts:
    return (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)


def translation(entry: Message) -> Texts:
    text = entry.string
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def key(entry: Message) -> Key:
    return msgids(entry)[0], entry.context


if __name__ == "__main__":
    sys.exit(main())
