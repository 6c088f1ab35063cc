"""Where the demo listens: this machine only, on a port that is free."""

import ipaddress
import socket
from dataclasses import dataclass


class CannotListen(Exception):
    """The address cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Address:
    """A loopback address and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self}/"


def checked(host: str, port: int) -> Address:
    """The address, after having tried it; raises CannotListen for one that others could reach, or that is taken."""
    address = Address("127.0.0.1" if host == "localhost" else host, port)
    if not _is_loopback(address.host):
        raise CannotListen(
            f"The demo serves this machine only, and {host} is more than that: its users have passwords that were "
            "printed on a screen. Leave --host out, or set up a real installation as the README says."
        )
    _try(address)
    return address


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _try(address: Address) -> None:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((address.host, address.port))
        except OSError as error:
            other = address.port + 10
            raise CannotListen(
                f"Port {address.port} cannot be used ({error.strerror}). Choose another one: make demo PORT={other}"
            ) from None
