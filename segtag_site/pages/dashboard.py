"""The overview: what a marketer wants to know in the morning."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def dashboard(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/dashboard.html", {})
