"""`manage.py install_taxonomy`: the ready taxonomy, tags and segments; only what is not there yet."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from segmentation.segments.install import install_segments
from segmentation.tags.install import install_tags


class Command(BaseCommand):
    """Safe to run again: what is there, edited or not, is left alone. Run it again when the shop sends new data."""

    help = "Makes the ready categories, tags and segments that are missing and that the shop's data allow."

    def handle(self, *args: Any, **options: Any) -> None:
        language = get_language() or "en"  # none where translations are off: then all is told as it is written
        tags = install_tags()
        self._tell(_("Tags"), len(tags.made), len(tags.kept))
        for key, problems in tags.skipped.items():
            self._tell_skipped(key, [problem.text(language) for problem in problems])
        segments = install_segments(language=language)
        self._tell(_("Segments"), len(segments.made), len(segments.kept))
        for key, reasons in segments.skipped.items():
            self._tell_skipped(key, reasons)

    def _tell(self, what: str, made: int, kept: int) -> None:
        self.stdout.write(
            _("%(what)s: %(made)d made, %(kept)d there already.") % {"what": what, "made": made, "kept": kept}
        )

    def _tell_skipped(self, key: str, reasons: list[str]) -> None:
        told = " ".join(dict.fromkeys(reasons))
        self.stdout.write(_("  %(key)s is left out: %(reasons)s") % {"key": key, "reasons": told})
