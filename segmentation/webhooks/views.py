"""Pages of the webhooks: make one, test it, see what was sent, send it again."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from segmentation.errors import SegmentationError
from segmentation.tasks import ring_webhooks
from segmentation.webhooks import selectors, services
from segmentation.webhooks.forms import WebhookForm
from segmentation.webhooks.models import WebhookEndpoint, WebhookMessage

MESSAGES_PER_PAGE = 50


@permission_required("segmentation.view_webhookendpoint", raise_exception=True)
def webhook_list(request: HttpRequest) -> HttpResponse:
    return render(request, "segmentation/webhooks/list.html", {"rows": selectors.endpoints()})


@permission_required("segmentation.add_webhookendpoint", raise_exception=True)
def webhook_new(request: HttpRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None, initial={"kinds": ["customers.entered", "customers.left"]})
    if form.is_valid():
        try:
            endpoint, secret = services.create_endpoint(by=request.user, **form.wish())
        except (SegmentationError, ValidationError) as error:
            _blame(form, error)
        else:
            return _shown_once(request, endpoint, secret)
    return render(request, "segmentation/webhooks/edit.html", {"form": form})


@permission_required("segmentation.change_webhookendpoint", raise_exception=True)
def webhook_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
    known = {"name": endpoint.name, "url": endpoint.url, "kinds": endpoint.kinds}
    form = WebhookForm(request.POST or None, initial={**known, "subjects": "\n".join(endpoint.subjects)})
    if form.is_valid():
        try:
            services.update_endpoint(endpoint=endpoint, by=request.user, **form.wish())
        except (SegmentationError, ValidationError) as error:
            _blame(form, error)
        else:
            return redirect("segmentation:webhook_detail", endpoint.pk)
    return render(request, "segmentation/webhooks/edit.html", {"form": form, "endpoint": endpoint})


@permission_required("segmentation.view_webhookendpoint", raise_exception=True)
def webhook_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
    state = request.GET.get("state", "")
    shown = Paginator(selectors.messages_of(endpoint, state), MESSAGES_PER_PAGE)
    context = {
        "row": selectors.endpoint_row(endpoint),
        "endpoint": endpoint,
        "page": shown.get_page(request.GET.get("page")),
        "states": WebhookMessage.State.choices,
        "chosen": {"state": state},
    }
    return render(request, "segmentation/webhooks/detail.html", context)


@require_POST
@permission_required("segmentation.change_webhookendpoint", raise_exception=True)
def webhook_act(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Test it, switch it on or off, give it another secret, or delete it."""
    endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        return act(request, endpoint)
    except SegmentationError as error:
        messages.error(request, error.message)
        return redirect("segmentation:webhook_detail", endpoint.pk)


@require_POST
@permission_required("segmentation.change_webhookendpoint", raise_exception=True)
def message_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send one message again, or all that were given up."""
    endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
    chosen = WebhookMessage.objects.filter(endpoint=endpoint)
    if number := request.POST.get("message", ""):
        chosen = chosen.filter(pk=int(number)) if number.isascii() and number.isdigit() else chosen.none()
    else:
        chosen = chosen.filter(state=WebhookMessage.State.GIVEN_UP)
    for message in chosen:
        services.send_again(message=message, by=request.user)
    ring_webhooks()
    messages.success(request, _("It is being sent again."))
    return redirect("segmentation:webhook_detail", endpoint.pk)


def _test(request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    services.send_test(endpoint=endpoint, by=request.user)
    ring_webhooks()
    messages.success(request, _("A test message is on its way. Load this page again in a moment."))
    return redirect("segmentation:webhook_detail", endpoint.pk)


def _switch_on(request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    services.switch(endpoint=endpoint, on=True, by=request.user)
    ring_webhooks()
    return redirect("segmentation:webhook_detail", endpoint.pk)


def _switch_off(request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    services.switch(endpoint=endpoint, on=False, by=request.user)
    return redirect("segmentation:webhook_detail", endpoint.pk)


def _change_secret(request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    return _shown_once(request, endpoint, services.change_secret(endpoint=endpoint, by=request.user))


def _delete(request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    services.delete_endpoint(endpoint=endpoint, by=request.user)
    messages.success(request, _("Deleted."))
    return redirect("segmentation:webhook_list")


_ACTS: dict[str, Callable[[HttpRequest, WebhookEndpoint], HttpResponse]] = {
    "test": _test,
    "on": _switch_on,
    "off": _switch_off,
    "secret": _change_secret,
    "delete": _delete,
}


def _shown_once(request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    """In the answer itself: it is kept nowhere that another page could read it."""
    answer = render(request, "segmentation/webhooks/secret.html", {"endpoint": endpoint, "secret": secret})
    answer["Cache-Control"] = "no-store"
    return answer


def _blame(form: WebhookForm, error: SegmentationError | ValidationError) -> None:
    if isinstance(error, SegmentationError):
        form.add_error(error.where or "url", error.message)
    else:
        form.add_error(None, error)
