"""`manage.py retention`: what is kept how long, what is due; `--apply` lets it go now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser, no_translations
from django.utils import timezone

from segmentation.privacy import retention


class Command(BaseCommand):
    help = "Shows how long each kind of data is kept and what is due (a dry run); --apply lets it go."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="let go what is due, now")
        parser.add_argument("--days", type=int, help="a dry run of this period for every kind, instead of those set")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        now, days = timezone.now(), retention.periods()
        if options["days"]:
            days = dict.fromkeys(retention.keepings(), options["days"])
        for key in retention.keepings():
            if key not in days:
                self.stdout.write(f"{key}: for ever")
                continue
            tried = retention.dry_run(key, days[key], now)
            self.stdout.write(f"{key}: {tried.days} days, {tried.due} rows due")
            for line in tried.sample:
                self.stdout.write(f"  {line}")
        if options["apply"] and not options["days"]:
            for key, rows in retention.retain(now, lambda: None).items():
                self.stdout.write(f"{key}: {rows} rows gone")
