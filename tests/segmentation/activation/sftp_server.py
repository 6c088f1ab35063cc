"""An SFTP server on loopback, of another make than our client, that serves one folder."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh

PASSWORD = "only-in-this-test-1"


@dataclass
class Server:
    """Where it listens, by which key it is known, and what it did."""

    folder: Path
    host: str = ""
    fingerprint: str = ""
    # By which the user can sign in too.
    key_of_the_user: str = ""
    renames: list[str] = field(default_factory=list)
    # Ends the connection as soon as so many bytes of a file have come.
    breaks_after: int | None = None


class _Login(asyncssh.SSHServer):
    def __init__(self, known: asyncssh.SSHKey) -> None:
        self.known = known

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("shop", PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == "shop" and key.public_data == self.known.public_data


def _files(server: Server) -> type[asyncssh.SFTPServer]:
    class Files(asyncssh.SFTPServer):
        def __init__(self, chan: asyncssh.SSHServerChannel) -> None:
            super().__init__(chan, chroot=str(server.folder))
            self.chan = chan

        def write(self, file_obj: object, offset: int, data: bytes) -> int:
            if server.breaks_after is not None and offset + len(data) > server.breaks_after:
                self.chan.get_connection().abort()
            return super().write(file_obj, offset, data)

        def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
            server.renames.append(newpath.decode())
            super().posix_rename(oldpath, newpath)

    return Files


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """The server in a thread of its own, until the body ends."""
    server, loop, ready = Server(folder), asyncio.new_event_loop(), threading.Event()
    key, users = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    server.key_of_the_user = users.export_private_key().decode()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.create_server(
            lambda: _Login(users), "127.0.0.1", 0, server_host_keys=[key], sftp_factory=_files(server), allow_scp=False
        )

    def work() -> None:
        asyncio.set_event_loop(loop)
        acceptor = loop.run_until_complete(listen())
        server.host, server.fingerprint = f"127.0.0.1:{acceptor.get_port()}", key.get_fingerprint()
        ready.set()
        loop.run_forever()
        acceptor.close()
        loop.run_until_complete(acceptor.wait_closed())
        loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
