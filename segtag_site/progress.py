"""Live progress of a long job: one bar, one answer to its polling."""

from dataclasses import asdict, dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True)
class Progress:
    """What partials/progress.html shows. `url` answers with `progress_response`; `percent` None: end unknown."""

    url: str
    active: bool
    phase: str = ""
    done: int = 0
    total: int = 0
    percent: int | None = None
    rate: float | None = None
    failed: bool = False


def progress_response(request: HttpRequest, progress: Progress) -> HttpResponse:
    """The bar as it is now. When the job has ended, the page that shows it is loaded again."""
    response = render(request, "partials/progress.html", asdict(progress))
    if not progress.active:
        response["HX-Refresh"] = "true"
    return response
