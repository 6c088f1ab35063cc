"""The overview: what a marketer wants to know in the morning."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.selectors import facts_summary
from segmentation.errors import SegmentationError
from segtag_site.pages import overview
from segtag_site.pages.found_by_rule import customers_address
from segtag_site.pages.sales import Sales, SalesReport, bought_between, sales_report


def dashboard(request: HttpRequest) -> HttpResponse:
    """Everyone signed in may open it; each part asks for its own right in the template."""
    facts = facts_summary()
    if not facts.customers:
        return render(request, "pages/welcome.html")
    sales = _sales(facts.last_event_at)
    context = {
        "facts": facts,
        "sales": sales,
        "buyers_url": sales and _buyers(sales.now),
        "sales_chart": sales and _sales_chart(sales),
        "freshness": overview.freshness(facts),
        "movements": overview.movements(),
        "coverage": overview.coverage(),
        "lifecycle": overview.lifecycle_chart(),
        "rfm": overview.rfm_chart(),
        "runs": overview.recent_runs(),
        "unhappy": overview.unhappy_runs(),
        "jumps": overview.jumped(),
    }
    return render(request, "pages/dashboard.html", context)


def _sales(last_event_at: datetime | None) -> SalesReport | None:
    """Sales up to the newest event (a shop with old data sees its own last weeks); none while the lake is empty."""
    hour = timedelta(hours=1)
    end = min(last_event_at or timezone.now(), timezone.now()).replace(minute=0, second=0, microsecond=0) + hour
    try:
        return sales_report(end)
    except SegmentationError:
        return None


def _buyers(sold: Sales) -> str:
    """The list of those who bought then."""
    return customers_address([bought_between(sold.begins, sold.ends)], sold.ends)


def _sales_chart(sales: SalesReport) -> dict[str, Any]:
    return {
        "format": "money",
        "x": [date_format(timezone.localtime(week.ends), "MONTH_DAY_FORMAT") for week in sales.weeks],
        "series": [{"name": _("Revenue"), "data": [round(week.revenue, 2) for week in sales.weeks], "area": True}],
        "links": [_buyers(week) for week in sales.weeks],
    }
