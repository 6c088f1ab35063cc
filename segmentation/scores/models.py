"""Score tables, cut into chunks of neighbouring ids."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScoreChunk(models.Model):
    """The rows of 4,096 neighbouring ids as Arrow; all chunks of one owner are of its newest run."""

    # Whose they are: "tag:suggested-age", "recommendation", …
    owner = models.CharField(_("owner"), max_length=100)
    # The smallest id that could be in it.
    first = models.PositiveIntegerField(_("first"))
    run = models.ForeignKey("segmentation.Run", on_delete=models.CASCADE, null=True, related_name="+")
    data = models.BinaryField()
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("score table")
        verbose_name_plural = _("score tables")
        constraints = [models.UniqueConstraint(fields=["owner", "first"], name="score_chunk_once")]

    def __str__(self) -> str:
        return f"{self.owner} {self.first}"
