"""`manage.py demo`: load the demo's shop, compute everything once, and serve it on this machine. See `make demo`."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from segtag_site.demo import runner
from segtag_site.demo.address import Address, CannotListen, checked
from segtag_site.demo.preparation import prepare
from segtag_site.demo.users import keep_private
from segtag_site.demo.welcome import welcome


class Command(BaseCommand):
    help = "Loads the demo's shop, computes everything once, and serves it on this machine only."
    # `make check` does these; here they would only cost time.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="prepare only")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is no demo installation: set SEGTAG_DEMO=1, or use `make demo`, which does.")
        try:
            address = checked(options["host"], options["port"])
        except CannotListen as error:
            raise CommandError(str(error)) from None
        var = Path(settings.VAR_DIR).resolve()
        var.mkdir(parents=True, exist_ok=True)
        with runner.locked(var):
            text = welcome(address, self._prepared(var))
        if not options["no_serve"]:
            self._serve(var, address, text)

    def _prepared(self, var: Path) -> dict[str, str]:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            return prepare(self.stdout, var)
        except KeyboardInterrupt:
            raise CommandError("Interrupted. The next start goes on from here.") from None

    def _serve(self, var: Path, address: Address, text: str) -> None:
        """Becomes the runner, which gives the memory of all that was loaded back."""
        path = var / "secrets" / "demo_welcome.txt"
        keep_private(path, text)
        module = ["-m", "segtag_site.demo.runner", f"--host={address.host}", f"--port={address.port}"]
        self.stdout.flush()
        os.environ["SEGTAG_VAR"] = str(var)
        os.execv(sys.executable, [sys.executable, *module, f"--welcome={path}"])  # noqa: S606 (no shell wanted)
