"""Whether the user's guide is whole: pages in both languages, linked, and their pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from capphep.pure.markdown import targets, title_of

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "user-guide"
LANGUAGES = ("vi", "en")
INDEX = "index.md"


def problems() -> list[str]:
    """A sentence for each."""
    pages = {language: names_in(GUIDE / language, "*.md") for language in LANGUAGES}
    found = [
        f"{language}/{name} is there in one language only"
        for language in LANGUAGES
        for other in LANGUAGES
        for name in sorted(pages[language] - pages[other])
    ]
    for language in LANGUAGES:
        found += _of_language(language, pages[language])
    return found


def names_in(folder: Path, pattern: str) -> set[str]:
    return {path.name for path in folder.glob(pattern)}


def _of_language(language: str, pages: set[str]) -> Iterator[str]:
    folder, shown, linked = GUIDE / language, set(), set()
    for name in sorted(pages):
        text = (folder / name).read_text("utf-8")
        if not title_of(text):
            yield f"{language}/{name} has no title"
        for target in targets(text):
            path = target.partition("#")[0]
            if path.endswith(".webp"):
                shown.add(Path(path).name)
            elif path.endswith(".md") and name == INDEX:
                linked.add(path)
            is_elsewhere = path.startswith(("http", "/")) or not path
            if not is_elsewhere and not (folder / path).exists():
                yield f"{language}/{name} names {path}, which is not there"
    for name in sorted(pages - linked - {INDEX}):
        yield f"{language}/{name} is not linked from the index"
    for name in sorted(names_in(GUIDE / "pictures" / language, "*.webp") - shown):
        yield f"no page in {language} shows the picture {name}"
