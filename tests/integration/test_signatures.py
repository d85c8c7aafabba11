"""Signatures as the specification and the official library of Standard Webhooks have them."""

from __future__ import annotations

import base64
import datetime

import pytest
from standardwebhooks.webhooks import Webhook

from capphep.integration.signatures import new_secret, sign, signed_headers

pytestmark = pytest.mark.once


def test_the_published_vector() -> None:
    found = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_long_and_never_the_same() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert 24 <= len(base64.b64decode(one.removeprefix("whsec_"))) <= 64


def test_the_official_library_verifies_it_by_either_secret() -> None:
    old, new = new_secret(), new_secret()
    now = int(datetime.datetime.now(datetime.UTC).timestamp())
    body = '{"số":"Đơn hàng"}'.encode()
    headers = signed_headers("evt_1", now, body, [new, old])
    assert headers["webhook-signature"].count("v1,") == 2
    for secret in (old, new):
        assert Webhook(secret).verify(body, headers) == {"số": "Đơn hàng"}
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(new_secret()).verify(body, headers)
