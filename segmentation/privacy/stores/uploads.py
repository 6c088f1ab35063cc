"""Files that wait to be imported, or failed to be."""

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers import uploads
from customers.models import ImportBatch
from segmentation.privacy.stores.base import Store, Subject

READ_AT_ONCE = 1 << 20


class Uploads(Store):
    """A file that names the customer is deleted as a whole, unless an import reads it now: that deletes it at its end.

    What is imported later from another copy is passed over.
    """

    label = _("Uploaded files")
    order = 10
    covers = ("customers.ImportBatch",)

    def count(self, subject: Subject) -> int:
        return len(self._files(subject))

    def erase(self, subject: Subject) -> None:
        for path in self._files(subject):
            path.unlink(missing_ok=True)

    def _files(self, subject: Subject) -> list[Path]:
        active = (ImportBatch.State.QUEUED, ImportBatch.State.RUNNING)
        read_now = set(ImportBatch.objects.filter(state__in=active).exclude(path="").values_list("path", flat=True))
        folder = Path(settings.MEDIA_ROOT)
        found = (path for path in uploads.folder().glob("*") if str(path.relative_to(folder)) not in read_now)
        needles = [name.encode() for name in subject.names]
        return [path for path in found if _holds(path, needles)]


def _holds(path: Path, needles: list[bytes]) -> bool:
    """Whether one of the needles is anywhere in the file, whatever its letters' case."""
    overlap = max(map(len, needles), default=1)
    before = b""
    with path.open("rb") as file:
        while part := file.read(READ_AT_ONCE):
            text = (before + part).lower()
            if any(needle in text for needle in needles):
                return True
            before = part[-overlap:]
    return False
