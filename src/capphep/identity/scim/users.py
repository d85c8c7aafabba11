"""RULE R15 at the identity provider: find the account's user or make one, let it in or not."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing

from scim2_models import Email, Name, PhoneNumber, User

from capphep.identity.actions.outcomes import Delivered, Outcome, Undelivered
from capphep.identity.models import AdminAccount, DeliveryError
from capphep.identity.rules import international, name_parts, same_phone
from capphep.identity.scim.calls import AnyUser, Calls, ProviderError


def deliver(account: AdminAccount, *, is_active: bool, address: str, token: str) -> Outcome:
    """Let the account's user in, or out where ``is_active`` is false; safe to do again.

    Never raises for what the provider does.
    """
    try:
        with closing(Calls(address, token)) as calls:
            return (_let_in if is_active else _let_out)(calls, account, address)
    except ProviderError as error:
        return Undelivered(error.error, error.status, error.wait)


def _let_in(calls: Calls, account: AdminAccount, address: str) -> Delivered:
    user = _known(calls, account, address) or _found(calls, account)
    made = None if user else calls.create(_new_user(account))
    # Somebody like that is there after all, made in the meantime or hidden from a question.
    user = user or made or _found(calls, account)
    if user is None:
        raise ProviderError(DeliveryError.TAKEN)
    assert user.id
    if user.active is False:
        calls.set_active(user.id, True)
    # Its answer may have been lost: who bears our mark, and was not noted, was made by us.
    is_own = user.external_id == str(account.uid) and not account.provider_id
    return Delivered(is_new=made is not None or is_own, provider=address, provider_id=user.id)


def _let_out(calls: Calls, account: AdminAccount, address: str) -> Delivered:
    """Only whom we let in: somebody like that whom we never linked is left alone."""
    user_id = account.provider_id if account.provider == address else ""
    if not user_id:
        of_ours = _ours(calls, account)
        user_id = (of_ours and of_ours.id) or ""
    if user_id:
        calls.set_active(user_id, False)
    return Delivered(provider=address if user_id else "", provider_id=user_id)


def _known(calls: Calls, account: AdminAccount, address: str) -> AnyUser | None:
    """Whom the account was linked to before, whatever their address is by now."""
    is_known = account.provider_id and account.provider == address
    return calls.user(account.provider_id) if is_known else None


def _found(calls: Calls, account: AdminAccount) -> AnyUser | None:
    """RULE R15: who bears our mark, then who has the e-mail, then who has the phone."""
    return _ours(calls, account) or _by_email(calls, account) or _by_phone(calls, account)


def _ours(calls: Calls, account: AdminAccount) -> AnyUser | None:
    mark = str(account.uid)
    users = calls.users("externalId", mark)
    return _only(user for user in users if user.external_id == mark)


def _by_email(calls: Calls, account: AdminAccount) -> AnyUser | None:
    email = account.email
    if not email:
        return None
    named = [user for user in calls.users("userName", email) if _has_name(user, email)]
    users = named or [user for user in calls.users("emails.value", email) if _has(user, email)]
    return _only(users)


def _by_phone(calls: Calls, account: AdminAccount) -> AnyUser | None:
    phone = account.phone
    if not phone:
        return None
    named = [user for user in calls.users("userName", phone) if _has_name(user, phone)]
    ways = (phone, international(phone), f"tel:{international(phone)}")
    return _only(
        named or [user for user in calls.users("phoneNumbers.value", *ways) if _rings(user, phone)]
    )


def _only(users: Iterable[AnyUser]) -> AnyUser | None:
    """The one that there is. Raises ProviderError where several fit."""
    by_id = {user.id: user for user in users}
    if len(by_id) > 1:
        raise ProviderError(DeliveryError.AMBIGUOUS)
    return next(iter(by_id.values()), None)


def _has_name(user: AnyUser, name: str) -> bool:
    return bool(name) and (user.user_name or "").casefold() == name.casefold()


def _has(user: AnyUser, email: str) -> bool:
    values = [user.user_name, *(each.value for each in user.emails or [])]
    return bool(email) and any((value or "").casefold() == email.casefold() for value in values)


def _rings(user: AnyUser, phone: str) -> bool:
    numbers = (each.value for each in user.phone_numbers or [])
    return any(same_phone(phone, number or "") for number in numbers)


def _new_user(account: AdminAccount) -> AnyUser:
    """What a provider needs to invite the person, and nothing more."""
    parts = name_parts(account.full_name)
    name = Name(
        formatted=account.full_name,
        family_name=parts.family,
        middle_name=parts.middle or None,
        given_name=parts.given,
    )
    email = Email(value=account.email, type=Email.Type.work, primary=True)
    return User(
        user_name=account.email or account.phone,
        external_id=str(account.uid),
        display_name=account.full_name,
        name=name,
        active=True,
        locale="vi-VN",
        emails=[email] if account.email else None,
        phone_numbers=[PhoneNumber(value=international(account.phone), type=PhoneNumber.Type.work)]
        if account.phone
        else None,
    )
