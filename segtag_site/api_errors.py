"""The one shape of API errors: {"type": …, "errors": [{"code": …, "detail": …, "attr": …}]}.

What is wrong with a request is 400, with the place of each fault as `attr`; what is wrong with the state of things is
409: the same request can succeed later. What another person may do is 403. What an engine cannot do just now is 503.
"""

from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist
from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import get_language
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework.exceptions import APIException, ErrorDetail, NotFound, PermissionDenied, ValidationError
from rest_framework.settings import api_settings
from rest_framework.status import HTTP_409_CONFLICT, HTTP_503_SERVICE_UNAVAILABLE

from customers.errors import CustomersError
from segmentation.engines.base import EngineError
from segmentation.errors import SegmentationError
from segmentation.rules.problems import Problem

# Somebody else may do it.
RIGHTS = {"folder_locked", "own_version"}
STATES = {
    "edited_meanwhile",
    "export_running",
    "lake_empty",
    "not_a_draft",
    "not_frozen",
    "set_not_computed",
    "superseded",
}


class Conflict(APIException):
    """Not now."""

    status_code = HTTP_409_CONFLICT


class Unavailable(APIException):
    """Not the caller's fault."""

    status_code = HTTP_503_SERVICE_UNAVAILABLE


class ApiErrors(ExceptionHandler):
    """Turns what services and selectors raise into answers."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if problems := getattr(exc, "problems", None):
            return ValidationError(_by_path(problems))
        match exc:
            case EngineError():
                return Unavailable(exc.message, code=exc.code)
            case SegmentationError() | CustomersError() if exc.code in STATES:
                return Conflict(exc.message, code=exc.code)
            case SegmentationError() if exc.code in RIGHTS:
                return PermissionDenied(exc.message, code=exc.code)
            case SegmentationError() | CustomersError():
                told = [ErrorDetail(exc.message, code=exc.code)]
                return ValidationError({exc.where: told} if exc.where else told)
            case DjangoValidationError():
                return ValidationError(_by_field(exc))
            case ObjectDoesNotExist():
                return NotFound()
        return super().convert_known_exceptions(exc)


def _by_path(problems: list[Problem]) -> dict[str, list[ErrorDetail]]:
    language = get_language() or ""
    told: dict[str, list[ErrorDetail]] = {}
    for problem in problems:
        told.setdefault(problem.path, []).append(ErrorDetail(problem.text(language), code=problem.code))
    return told


def _by_field(error: DjangoValidationError) -> dict[str, list[ErrorDetail]] | list[ErrorDetail]:
    if not hasattr(error, "error_dict"):
        return _details(error.error_list)
    return {
        api_settings.NON_FIELD_ERRORS_KEY if field == NON_FIELD_ERRORS else field: _details(errors)
        for field, errors in error.error_dict.items()
    }


def _details(errors: list[DjangoValidationError]) -> list[ErrorDetail]:
    return [ErrorDetail(message, code=error.code or "invalid") for error in errors for message in error.messages]
