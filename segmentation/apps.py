"""The app of conclusions."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from segmentation.tags.wording import use_currency


class SegmentationConfig(AppConfig):
    name = "segmentation"
    verbose_name = _("Segmentation")

    def ready(self) -> None:
        """Tells plain-Python files what the settings say."""
        use_currency(settings.CURRENCY)
