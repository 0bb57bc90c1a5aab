"""Which network addresses may be connected to (promise P6)."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.addresses import NetworkOptions, refusal

NOWHERE = NetworkOptions()


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "2a00:1450:4001::1"])
def test_a_public_address_passes(address: str) -> None:
    """The news is there."""
    assert refusal(address, NOWHERE) is None


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
        *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.7"),
        *("203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *(
            "::",
            "::1",
            "fe80::1",
            "fe80::1%eth0",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "2001:db8::1",
            "100::1",
            "fec0::1",
        ),
    ],
)
def test_a_private_or_special_address_is_refused(address: str) -> None:
    """A feed must not make us ask the router, the cloud's metadata or the database next door."""
    assert "not a public address" in (refusal(address, NOWHERE) or "")


@pytest.mark.parametrize(
    "address",
    [
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
        *("64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::10.0.0.1"),
        *("2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::"),
        *("2001:0:4136:e378:8000:63bf:f5ff:fffe", "::127.0.0.1"),
    ],
)
def test_a_private_address_in_disguise_is_refused(address: str) -> None:
    """Mapped, NAT64, 6to4, Teredo and compatible forms lead to the IPv4 address that they carry."""
    assert refusal(address, NOWHERE) is not None


@pytest.mark.parametrize("address", ["::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_a_public_address_in_another_form_is_judged_by_what_it_carries(address: str) -> None:
    """Behind NAT64 every IPv4 publisher has such an address."""
    assert refusal(address, NOWHERE) is None


@pytest.mark.parametrize("address", ["", "localhost", "example.com", "127.1", "0x7f000001", "1.2.3.4.5", "[::1]"])
def test_what_is_no_address_is_refused(address: str) -> None:
    """What is not understood is not connected to."""
    assert "is no IP address" in (refusal(address, NOWHERE) or "")


def test_the_allow_list_opens_exactly_what_it_names() -> None:
    """Tests and intranets need it; the demo runs on 127.0.0.0/8."""
    options = NetworkOptions(allow=(ip_network("127.0.0.0/8"), ip_network("fd00::/8")))
    assert refusal("127.3.2.1", options) is None
    assert refusal("fd00::1", options) is None
    assert refusal("10.0.0.1", options) is not None
    assert refusal("::1", options) is not None


@settings(max_examples=200, deadline=None)
@given(st.ip_addresses())
def test_a_refusal_names_the_address_and_the_way_out(address: object) -> None:
    """It stands in a feed's last error, read by somebody who wonders why."""
    said = refusal(str(address), NOWHERE)
    assert said is None or (said.startswith(str(address)) and "network.allow" in said)


@settings(max_examples=100, deadline=None)
@given(st.ip_addresses(v=4))
def test_wrapping_an_address_never_makes_it_better(address: object) -> None:
    """What is refused bare is refused mapped and behind NAT64."""
    if refusal(str(address), NOWHERE) is not None:
        assert refusal(f"::ffff:{address}", NOWHERE) is not None
        assert refusal(f"64:ff9b::{address}", NOWHERE) is not None
