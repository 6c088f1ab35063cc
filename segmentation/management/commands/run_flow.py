"""`manage.py run_flow`: the whole flow in the foreground, through the same runs as in the night."""

import logging
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from segmentation import (
    flow,
    handlers,  # noqa: F401 (every kind of run can be executed where this is imported)
)
from segmentation.flow_bars import Bars
from segmentation.runs.models import Run
from segmentation.runs.services import request_run


class Command(BaseCommand):
    help = "Synchronises the lake, computes all features, then every live tag and segment in order."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=moment, help="base date, e.g. 2026-03-17T09:00; now by default")
        parser.add_argument("--if-needed", action="store_true", help="do nothing when all is computed from these data")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        # The lines of the bars say the same.
        logging.getLogger("segmentation.runs").setLevel(logging.WARNING)
        if options["if_needed"] and flow.is_up_to_date():
            self.stdout.write("Everything is computed from the present data.")
            return
        run = request_run(kind=flow.KIND, as_of=options["as_of"], params={"everything": True})
        with Bars(self.stdout) as bars:
            ended = flow.finished(run, listen=bars.listen)
        if ended.state != Run.State.SUCCEEDED:
            raise CommandError(f"The flow ended {ended.state}: {ended.error}")


def moment(text: str) -> datetime:
    """A date and time as typed; without zone it is meant in the site's."""
    found = parse_datetime(text) or parse_datetime(f"{text}T00:00")
    if found is None:
        raise CommandError(f"{text!r} is no date. Write it like 2026-03-17 or 2026-03-17T09:00.")
    return found if timezone.is_aware(found) else timezone.make_aware(found)
