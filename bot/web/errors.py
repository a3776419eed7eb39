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

logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
STATUS: tuple[tuple[type[IntakeError], int, str], ...] = (
    (BadInput, 400, "请求有误，请检查后再试。"),
    (Forbidden, 403, "没有权限。"),
    (NotFound, 404, "没有找到。"),
    (StaleVersion, 409, "内容刚被别人改过，请刷新后再试。"),
    (RuleViolation, 409, "按规定不能这样办理。"),
    (StorageUnavailable, 503, "系统正忙，请稍后再试。"),
    (DialogueUnavailable, 503, "系统正忙，请稍后再试。"),
)


HTTP_WORDS = {401: "没有权限。", 404: "没有找到。", 405: "没有这个操作。", 413: "内容太大了，请缩短或分几次发。"}


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
        words = HTTP_WORDS.get(error.status, "请求有误，请检查后再试。")
        headers = {name: error.headers[name] for name in ("WWW-Authenticate", "Allow") if name in error.headers}
        return web.json_response({"error": words}, status=error.status, headers=headers)
    except Exception as error:
        logger.error("request failed", extra={"path": request.path, "error": type(error).__name__}, exc_info=True)
        return web.json_response({"error": "系统出错，您的话没有丢，请稍后再试。"}, status=500)


def answer(error: IntakeError) -> web.Response:
    """Status and words of an error."""
    for kind, status, words in STATUS:
        if isinstance(error, kind):
            body = {"error": words}
            if isinstance(error, BadInput):
                body |= {"detail": str(error), "field": error.field}
            headers = {"Retry-After": "5"} if status == 503 else {}
            return web.json_response(body, status=status, headers=headers)
    return web.json_response({"error": "系统出错。"}, status=500)
