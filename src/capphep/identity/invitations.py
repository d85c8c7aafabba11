"""Without an identity provider: accounts are in this directory, and an e-mail says so."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from capphep.identity import messages
from capphep.identity.actions.outcomes import Delivered, Outcome, Undelivered
from capphep.identity.messages import INVITATION
from capphep.identity.models import AccountLink, AdminAccount, DeliveryError
from capphep.identity.queries import links_of
from capphep.identity.rules import Work
from capphep.platform.message_rules import Value, bullets, link
from capphep.platform.models import User

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
    people, reply_to = _people_to_ask(links), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    values = _values(account, links, people, reply_to)
    letters = [(language, INVITATION.written(language, values)) for language in _LANGUAGES]
    domain = reply_to.rpartition("@")[2]
    message = EmailMultiAlternatives(
        subject=letters[0][1].subject,
        body="\n---\n\n".join(letter.text for _language, letter in letters),
        to=[account.email or ""],
        reply_to=[person.email for person in people],
        headers={"Message-ID": f"<{account.uid}.{account.ended}@{domain}>"},
    )
    parts = [(language, letter.html) for language, letter in letters]
    page = render_to_string("platform/letter.html", {"subject": message.subject, "parts": parts})
    message.attach_alternative(page, "text/html")
    return message


def _values(
    account: AdminAccount, links: Sequence[AccountLink], people: Sequence[User], reply_to: str
) -> Mapping[str, Value]:
    contacts = [messages.person(each.full_name, each.email) for each in people]
    return {
        "name": account.full_name,
        "units": bullets(f"{link.product.name} – {link.customer.name}" for link in links),
        "products": ", ".join(dict.fromkeys(link.product.name for link in links)),
        "unit": links[0].customer.name,
        "address": link(settings.PRODUCT_URL),
        "contacts": bullets(contacts or [messages.address(reply_to)]),
    }


def _people_to_ask(links: Sequence[AccountLink]) -> list[User]:
    """Who is in charge of the units, as far as they can be written to."""
    owners = {link.customer.owner_id: link.customer.owner for link in links}
    return [owner for owner in owners.values() if owner and owner.is_active and owner.email]
