"""Addresses that a server may be sent to, and those that would lead into its own house."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.addresses import is_public

PUBLIC = ["8.8.8.8", "103.28.36.1", "203.119.8.106", "2606:4700:4700::1111", "2404:6800:4005::1"]
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "3fff::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_anybodys(text: str) -> None:
    assert is_public(text)


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_what_is_somebodys_own(text: str) -> None:
    assert not is_public(text)


@given(st.ip_addresses(v=4))
def test_no_form_of_an_address_in_ipv6_is_a_way_around(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for network in ("::", "::ffff:0:0", "64:ff9b::"):
        assert not is_public(
            str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(network)) + number))
        )


@pytest.mark.parametrize("text", ["", "localhost", "1.2.3", "0x7f.1", "8.8.8.8:80"])
def test_what_is_no_address_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        is_public(text)
