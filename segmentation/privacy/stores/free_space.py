"""What a database leaves lying in its file after rows were deleted."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from segmentation.privacy.stores.base import Store, Subject
from segmentation.privacy.stores.facts import ROWS


class FreeSpace(Store):
    """SQLite's file is written anew, and its log emptied; PostgreSQL's tables of facts are vacuumed.

    On PostgreSQL the bytes of a vacuumed row are overwritten by the next rows; `VACUUM FULL` in a quiet hour does it
    at once, see docs/security.md.
    """

    label = _("Free space in the database's file")
    order = 100
    covers = ()
    alone = True

    def count(self, subject: Subject) -> int:
        return 0

    def erase(self, subject: Subject) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return
            for model in ROWS:
                cursor.execute(f"VACUUM {connection.ops.quote_name(model._meta.db_table)}")
