"""Sends one body to one address, and nowhere else: no private network, no redirect, no endless answer.

The name is resolved once, every address it has is looked at, and the connection goes to that very address.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Timer
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from segmentation.errors import SegmentationError

# Seconds that all of it may take, and bytes of the answer that are read.
PATIENCE = 15.0
ANSWER = 64 * 1024
LONGEST_ERROR = 200
NAT64 = IPv6Network("64:ff9b::/96")
SYSTEM_PORTS = 1024

Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Target:
    """An address, taken apart."""

    secure: bool
    host: str
    port: int
    path: str


@dataclass(frozen=True)
class Answer:
    """What came of a try: a status (0: none), or what went wrong; how long to wait if the receiver said so."""

    status: int
    error: str
    milliseconds: int
    retry_after: int = 0

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300


class NotAllowed(SegmentationError):
    """Nothing is sent to this address."""

    code = "address_not_allowed"


def target_of(url: str, networks: Sequence[str]) -> Target:
    """What the address says. Raises NotAllowed for what is refused without asking for its name.

    `networks` are private ones that may be sent to; only there plain HTTP is enough.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise NotAllowed(_("This is no web address.")) from None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise NotAllowed(_("This is no web address."))
    if parts.scheme == "http" and not networks:
        raise NotAllowed(_("The address begins with https://."))
    if parts.username is not None or parts.password is not None:
        raise NotAllowed(_("The address holds a user name or a password."))
    if port < SYSTEM_PORTS and port not in {80, 443}:
        raise NotAllowed(_("Nothing is sent to this port."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", parts.hostname, port, path)


def post(
    url: str, body: bytes, headers: Mapping[str, str], networks: Sequence[str], patience: float = PATIENCE
) -> Answer:
    """Send it and tell what came of it; never raises for what the other side does."""
    began = time.monotonic()

    def passed() -> int:
        return int((time.monotonic() - began) * 1000)

    try:
        status, retry_after = _post(target_of(url, networks), body, headers, networks, patience)
    except NotAllowed as error:
        return Answer(0, f"{error.code}: {error.message}"[:LONGEST_ERROR], passed())
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        cut = time.monotonic() - began >= patience
        return Answer(0, ("timeout" if cut else f"{type(error).__name__}: {error}")[:LONGEST_ERROR], passed())
    return Answer(status, "redirect" if 300 <= status < 400 else "", passed(), retry_after)


def _post(
    target: Target, body: bytes, headers: Mapping[str, str], networks: Sequence[str], patience: float
) -> tuple[int, int]:
    line = socket.create_connection(
        (resolved(target.host, target.port, networks, secure=target.secure), target.port), timeout=patience
    )
    # Also ends what drips: each read by itself would be within its time.
    end = Timer(patience, _cut, [line])
    end.daemon = True
    end.start()
    try:
        kind = http.client.HTTPSConnection if target.secure else http.client.HTTPConnection
        talk = kind(target.host, target.port)
        talk.auto_open = 0
        talk.sock = line
        if target.secure:
            safe = ssl.create_default_context().wrap_socket(
                line, server_hostname=target.host, do_handshake_on_connect=False
            )
            talk.sock, end.args = safe, [safe]
            safe.do_handshake()
        talk.request("POST", target.path, body, dict(headers))
        answer = talk.getresponse()
        answer.read(ANSWER)
        told = answer.headers.get("Retry-After", "")
        talk.close()
        return answer.status, int(told[:6]) if told.isascii() and told.isdigit() else 0
    finally:
        end.cancel()
        line.close()


def _cut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        line.close()


def resolved(host: str, port: int, networks: Sequence[str], *, secure: bool) -> str:
    """The address to connect to; every address of the name must be allowed. Raises NotAllowed and OSError.

    `secure` tells that the talk is encrypted and the other side proves who it is; else only `networks` are allowed.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(place[4][0]) for place in found]
    for text in addresses:
        if not _may_be_sent_to(ip_address(text.partition("%")[0]), networks, secure=secure):
            raise NotAllowed(_("This name leads into a private network."))
    if not addresses:
        raise NotAllowed(_("This name has no address."))
    return addresses[0]


def _may_be_sent_to(address: Address, networks: Sequence[str], *, secure: bool) -> bool:
    real = _within(address)
    if real is None:
        return False
    if any(real in ip_network(network) for network in networks):
        return True
    return secure and real.is_global and not real.is_multicast


def _within(address: Address) -> Address | None:
    """The address that packets end at; None for tunnels that lead anywhere."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.sixtofour or address.teredo or address.is_site_local:
        return None
    return address
