"""Without an identity provider: accounts are in this directory, and an e-mail says so."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from capphep.identity.actions.outcomes import Delivered, Outcome, Undelivered
from capphep.identity.models import AccountLink, AdminAccount, DeliveryError
from capphep.identity.queries import links_of
from capphep.identity.rules import Work
from capphep.platform.models import User
from capphep.pure.folding import clean

# Vietnamese for the person, English below it for whoever helps them.
_LANGUAGES: Final = ("vi", "en")


def deliver(account: AdminAccount, work: Work) -> Outcome:
    """Invite whom nobody has told yet; who was told, or has no e-mail, is just linked.

    A person who is let in no more gets no e-mail: the unit knows why.
    """
    if not work.is_active or not account.email or account.invited_at:
        return Delivered()
    links = [link for link in links_of(account) if link.pk in work.opening]
    try:
        invitation(account, links).send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        return Undelivered(DeliveryError.ADDRESS, next(iter(codes), None))
    except smtplib.SMTPResponseException as error:
        return Undelivered(DeliveryError.MAIL, error.smtp_code)
    except (smtplib.SMTPException, OSError):
        return Undelivered(DeliveryError.MAIL)
    return Delivered(is_new=True, is_mailed=True)


def invitation(account: AdminAccount, links: Sequence[AccountLink]) -> EmailMultiAlternatives:
    """In both languages, as text and as HTML.

    Sent twice after a crash in between, it bears the same Message-ID: mail programs show one.
    """
    people = _people_to_ask(links)
    context: dict[str, Any] = {
        "account": account,
        "links": links,
        "people": people,
        "address": settings.PRODUCT_URL,
        "reply_to": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    }
    domain = context["reply_to"].rpartition("@")[2]
    texts = _in_each_language("identity/mail/invitation.txt", context)
    message = EmailMultiAlternatives(
        subject=_subject(links),
        body="\n\n---\n\n".join(text.strip() for text in texts) + "\n",
        to=[account.email or ""],
        reply_to=[person.email for person in people],
        headers={"Message-ID": f"<{account.uid}.{account.ended}@{domain}>"},
    )
    parts = _in_each_language("identity/mail/_invitation.html", context)
    page = render_to_string("identity/mail/page.html", {"subject": message.subject, "parts": parts})
    message.attach_alternative(page, "text/html")
    return message


def _people_to_ask(links: Sequence[AccountLink]) -> list[User]:
    """Who is in charge of the units, as far as they can be written to."""
    owners = {link.customer.owner_id: link.customer.owner for link in links}
    return [owner for owner in owners.values() if owner and owner.is_active and owner.email]


def _subject(links: Sequence[AccountLink]) -> str:
    products = ", ".join(dict.fromkeys(link.product.name for link in links))
    with translation.override("vi"):
        text = gettext("You administer %(product)s at %(unit)s")
    return clean(text % {"product": products, "unit": links[0].customer.name})


def _in_each_language(template: str, context: dict[str, Any]) -> list[str]:
    parts: list[str] = []
    for language in _LANGUAGES:
        with translation.override(language):
            parts.append(render_to_string(template, context))
    return parts
