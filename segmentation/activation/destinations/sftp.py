"""A folder on an SFTP server: safe CSV, under its name only when it is whole."""

import io
import re
import socket
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import paramiko

from segmentation import safe_csv
from segmentation.activation.destinations.base import NotTaken, Receipt, Setting, Shipment, Whole
from segmentation.activation.local_files import Fingerprint
from segmentation.webhooks.posting import NotAllowed, resolved

PORT = 22
SYSTEM_PORTS = 1024
# Seconds that one step of the talk may take.
PATIENCE = 20.0
BUFFER = 256 * 1024
HOST = re.compile(r"([\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?", re.ASCII)
KEYS = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


class Sftp(Whole):
    """Streams the rows into a file with another name and renames it when the server has all of it.

    Nothing is sent, not even the user's name, to a server whose key is not the one that was pinned. A delivery that is
    repeated writes the same names again: nobody ever sees half a file, or two.
    """

    name_zh, name_en = "SFTP 服务器", "SFTP server"
    settings = (
        Setting("host", "服务器", "Server", "主机名，或主机名:端口", "a host name, or with a port: host:2222"),
        Setting("host_key", "主机公钥指纹", "Key's fingerprint", "SHA256:…，由对方提供", "SHA256:…, from its owner"),
        Setting("place", "目录", "Folder", "例如 /incoming", "for example /incoming"),
        Setting("user", "用户名", "User"),
        Setting(
            "secret", "密码或私钥", "Password or private key", "私钥以 -----BEGIN 开头，不能带口令",
            "a private key begins with -----BEGIN and has no passphrase", is_long=True, is_secret=True,
        ),
    )  # fmt: skip

    def deliver(self, shipment: Shipment) -> Receipt:
        with _session(shipment.settings) as session:
            part, path = _paths(shipment)
            try:
                rows, sink = _written(session, part, shipment)
                _rename(session, part, path)
            except BaseException:
                with suppress(OSError, EOFError, paramiko.SSHException):
                    session.remove(part)
                raise
        return Receipt(rows=rows, sha256=sink.digest.hexdigest())

    def take_back(self, shipment: Shipment, receipt: Receipt) -> None:
        with _session(shipment.settings) as session, suppress(FileNotFoundError):
            session.remove(_paths(shipment)[1])


def _paths(shipment: Shipment) -> tuple[str, str]:
    """Where the file is written, and where it appears."""
    folder, name = shipment.settings["place"].rstrip("/"), f"{shipment.title}-{shipment.key}.csv"
    return f"{folder}/.{name}.part", f"{folder}/{name}"


def _written(session: paramiko.SFTPClient, part: str, shipment: Shipment) -> tuple[int, Fingerprint]:
    """The file under its other name, as long as it must be."""
    with session.open(part, "wb", BUFFER) as file:
        file.set_pipelined(True)  # the next block is sent before the last one is acknowledged
        sink = Fingerprint(file)
        bom = bool(shipment.options.get("bom"))
        rows = safe_csv.write(sink, shipment.header, shipment.rows, bom=bom)
    size = session.stat(part).st_size
    if size != sink.size:
        raise NotTaken(f"{size} bytes of {sink.size} arrived", again=True)
    return rows, sink


def _rename(session: paramiko.SFTPClient, part: str, path: str) -> None:
    """In one step where the server can; else the file of an earlier attempt goes first."""
    try:
        session.posix_rename(part, path)
    except OSError:
        with suppress(FileNotFoundError):
            session.remove(path)
        session.rename(part, path)


@contextmanager
def _session(told: Mapping[str, Any]) -> Iterator[paramiko.SFTPClient]:
    """A talk with the server, whose troubles are told as NotTaken."""
    try:
        with _connected(told) as transport:
            _prove(transport, told)
            session = paramiko.SFTPClient.from_transport(transport)
            if session is None:
                raise NotTaken("no SFTP", again=False)
            session.get_channel().settimeout(PATIENCE)
            if not stat.S_ISDIR(session.stat(told["place"]).st_mode or 0):
                raise NotTaken(told["place"], again=False)
            yield session
    except NotAllowed as error:
        raise NotTaken(f"{error.code}: {error.message}", again=False) from None
    except (paramiko.AuthenticationException, FileNotFoundError, PermissionError) as error:
        raise NotTaken(f"{type(error).__name__}: {error}", again=False) from None
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise NotTaken(f"{type(error).__name__}: {error}", again=True) from None


@contextmanager
def _connected(told: Mapping[str, Any]) -> Iterator[paramiko.Transport]:
    """An encrypted line to the server whose key was pinned, and to no private network that is not allowed."""
    found = HOST.fullmatch(told["host"])
    if not found:
        raise NotTaken("host:port", again=False)
    host, port = found[1].strip("[]"), int(found[2] or PORT)
    if port != PORT and not SYSTEM_PORTS <= port < 2**16:
        raise NotTaken(f"address_not_allowed: {port}", again=False)
    address = resolved(host, port, told.get("networks", ()), secure=True)
    transport = paramiko.Transport(socket.create_connection((address, port), timeout=PATIENCE))
    try:
        transport.start_client(timeout=PATIENCE)
        key = transport.get_remote_server_key().fingerprint
        if key != told["host_key"].rstrip("="):
            raise NotTaken(f"host_key: {key}", again=False)
        yield transport
    finally:
        transport.close()


def _prove(transport: paramiko.Transport, told: Mapping[str, Any]) -> None:
    """Says who we are, by key or password."""
    secret = told["secret"]
    if not secret.startswith("-----BEGIN"):
        transport.auth_password(told["user"], secret)
        return
    for kind in KEYS:
        try:
            key = kind.from_private_key(io.StringIO(secret.strip() + "\n"))
        except (paramiko.SSHException, ValueError):
            continue
        transport.auth_publickey(told["user"], key)
        return
    raise NotTaken("-----BEGIN …?", again=False)
