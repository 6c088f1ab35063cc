"""The rule language, for editors and other programs."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from segmentation.rules.schema import json_schema


class Command(BaseCommand):
    help = "Prints the JSON Schema of rules."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=2))
