"""The app of the site itself."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "segtag_site"

    def ready(self) -> None:
        from segtag_site.second_factor_log import listen  # noqa: PLC0415  # models are not there before

        listen()
