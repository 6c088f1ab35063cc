"""What the shop sells."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Product(models.Model):
    """A product. `category_path` is a list from the broadest category to the finest."""

    sku = models.CharField(_("SKU"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=300, blank=True)
    category_path = models.JSONField(_("category path"), default=list, blank=True)
    brand = models.CharField(_("brand"), max_length=100, blank=True)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2, null=True, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")

    def __str__(self) -> str:
        return self.name or self.sku
