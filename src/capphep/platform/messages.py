"""Texts of the e-mails that capphep sends, which administrators may change.

A module declares its own in its `messages.py`: the defaults are msgids, so that they are there in
each language. What an administrator wrote stands in `models.MessageText`; who sends asks
`MESSAGE.written(language, values)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.safestring import SafeString

from capphep.platform import message_rules
from capphep.platform.kit import Text
from capphep.platform.message_rules import Value
from capphep.platform.models import MessageText


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``sample`` is what the preview puts in; a required one has to stand in the text."""

    name: str
    label: Text
    sample: Callable[[], Value]
    is_required: bool = False

    @property
    def braced(self) -> str:
        return f"{{{self.name}}}"


@dataclass(frozen=True, slots=True)
class Written:
    """What is sent."""

    subject: str
    text: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Message:
    """``key`` is its name for ever; ``help`` says when it is sent, and to whom."""

    key: str
    label: Text
    help: Text
    subject: Text
    body: Text
    placeholders: Sequence[Placeholder]

    @property
    def known(self) -> list[str]:
        return [one.name for one in self.placeholders]

    @property
    def required(self) -> list[str]:
        return [one.name for one in self.placeholders if one.is_required]

    def default(self, language: str) -> tuple[str, str]:
        """Subject and body where nobody wrote others."""
        with translation.override(language):
            return str(self.subject), str(self.body)

    def texts(self, language: str) -> tuple[str, str]:
        """Subject and body that count now. One statement."""
        found = MessageText.objects.filter(key=self.key, language=language).exclude(body="")
        return found.values_list("subject", "body").first() or self.default(language)

    def written(self, language: str, values: Mapping[str, Value]) -> Written:
        """The letter, with each placeholder's value. One statement."""
        return composed(*self.texts(language), values)

    def samples(self, language: str) -> Mapping[str, Value]:
        with translation.override(language):
            return {one.name: one.sample() for one in self.placeholders}


def composed(subject: str, body: str, values: Mapping[str, Value]) -> Written:
    return Written(
        message_rules.subject_line(subject, values),
        message_rules.as_text(body, values),
        message_rules.as_html(body, values),
    )
