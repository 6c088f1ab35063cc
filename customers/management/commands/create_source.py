"""Makes a source and prints its write key."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from customers.tracking.sources import create_source


class Command(BaseCommand):
    help = "Makes a source of events and prints its write key, which is shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--platform", default="", help="web, app, mini program…")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _source, key = create_source(name=options["name"], platform=options["platform"])
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        self.stdout.write(key)
