"""A rule, answered on the command line."""

import json
import sys
from argparse import ArgumentTypeError
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import get_language

from customers.models import Customer
from segmentation.errors import SegmentationError
from segmentation.rules.problems import RuleError
from segmentation.sets.answers import answer
from segmentation.sets.explaining import explained

# Ids that one query names.
AT_ONCE = 500


class Command(BaseCommand):
    help = "Prints the numbers of the customers that a rule means, one a line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rule", metavar="RULE.json", help="the rule, or - for standard input")
        parser.add_argument("--as-of", type=_moment, help="the moment asked about (ISO 8601); now if not given")
        parser.add_argument("--explain", metavar="ID", help="say why this customer is in or not, as JSON")
        parser.add_argument("--count", action="store_true", help="print only how many they are")

    def handle(
        self, *args: Any, rule: str, as_of: datetime | None, explain: str | None, count: bool, **options: Any
    ) -> None:
        as_of = as_of or timezone.now()
        try:
            if explain is not None:
                self.stdout.write(_explanation(_document(rule), explain, as_of))
                return
            members = answer(_document(rule), as_of=as_of)
        except RuleError as error:
            raise CommandError("\n".join(f"{one.path}: {one.message}" for one in error.problems)) from error
        except SegmentationError as error:
            raise CommandError(error.message) from error
        if count:
            self.stdout.write(str(len(members)))
            return
        ids = list(members)
        for start in range(0, len(ids), AT_ONCE):
            found = Customer.objects.filter(pk__in=ids[start : start + AT_ONCE]).order_by("pk")
            self.stdout.writelines(f"{number}\n" for number in found.values_list("external_id", flat=True))


def _explanation(document: Any, external_id: str, as_of: datetime) -> str:
    customer = Customer.objects.filter(external_id=external_id).first()
    if customer is None:
        raise CommandError(f"There is no customer {external_id}.")
    told = explained(document, customer.pk, as_of=as_of, language=get_language() or "en")
    return json.dumps({"customer": external_id, **told}, ensure_ascii=False, indent=2, default=str)


def _document(name: str) -> Any:
    try:
        return json.loads(sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CommandError(f"{name} cannot be read as JSON: {error}") from error


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no time like 2026-03-17T09:00+08:00") from error
    return moment if moment.tzinfo else timezone.make_aware(moment)
