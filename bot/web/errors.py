"""Errors of the program → HTTP, in one place."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.domain.errors import (
    BadInput,
    DialogueUnavailable,
    Forbidden,
    IntakeError,
    NotFound,
    RuleViolation,
    StaleVersion,
    StorageUnavailable,
)
from bot.rules import texts

logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
STATUS: tuple[tuple[type[IntakeError], int, str], ...] = (
    (BadInput, 400, "utter_error_bad_input"),
    (Forbidden, 403, "utter_error_forbidden"),
    (NotFound, 404, "utter_error_not_found"),
    (StaleVersion, 409, "utter_error_stale"),
    (RuleViolation, 409, "utter_error_rule"),
    (StorageUnavailable, 503, "utter_error_busy"),
    (DialogueUnavailable, 503, "utter_error_busy"),
)
HTTP_STATUS = {
    401: "utter_error_forbidden",
    404: "utter_error_not_found",
    405: "utter_error_no_such_method",
    413: "utter_error_too_large",
}


@web.middleware
async def json_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What went wrong, as JSON: `error` for people, `detail` and `field` for programs."""
    try:
        return await handler(request)
    except IntakeError as error:
        return answer(error)
    except web.HTTPException as error:
        if error.status < 400 or request.path.startswith("/console"):
            raise
        words = texts.text(HTTP_STATUS.get(error.status, "utter_error_bad_input"))
        headers = {name: error.headers[name] for name in ("WWW-Authenticate", "Allow") if name in error.headers}
        return web.json_response({"error": words}, status=error.status, headers=headers)
    except Exception as error:
        logger.error("request failed", extra={"path": request.path, "error": type(error).__name__}, exc_info=True)
        return web.json_response({"error": texts.text("utter_error_unforeseen")}, status=500)


def answer(error: IntakeError) -> web.Response:
    """Status and words of an error."""
    for kind, status, name in STATUS:
        if isinstance(error, kind):
            body = {"error": texts.text(name)}
            if isinstance(error, BadInput):
                body |= {"detail": str(error), "field": error.field}
            headers = {"Retry-After": "5"} if status == 503 else {}
            return web.json_response(body, status=status, headers=headers)
    return web.json_response({"error": texts.text("utter_error_unforeseen")}, status=500)
