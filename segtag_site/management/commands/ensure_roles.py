"""`manage.py ensure_roles`: make or mend the six groups of users."""

from typing import Any

from django.core.management.base import BaseCommand

from segtag_site.roles import ROLES, ensure_roles


class Command(BaseCommand):
    help = "Makes the six roles (groups with their permissions). Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_roles()
        self.stdout.write(", ".join(role.key for role in ROLES))
