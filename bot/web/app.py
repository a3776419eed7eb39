"""The edge's web application, put together from what bootstrap hands it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.web import api, chat, health, webhooks
from bot.web.errors import Handler, json_errors

HERE = Path(__file__).parent
LONGEST_REQUEST = 11 * 1024 * 1024
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def make_app() -> web.Application:
    """Routes and middlewares; the caller fills the keys and adds the console."""
    app = web.Application(middlewares=[secure_headers, json_errors], client_max_size=LONGEST_REQUEST)
    aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True)
    for part in (health, webhooks, chat, api):
        part.setup(app)
    app.router.add_static("/static/", HERE / "static")
    app[chat.VERSION] = _version(HERE / "static")
    return app


def _version(folder: Path) -> str:
    """Changes with the files, so that WeChat's stubborn cache fetches new ones."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()))
    return digest.hexdigest()[:12]


@web.middleware
async def secure_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The same guards on every answer."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        error.headers.update(SECURITY_HEADERS)
        raise
    if not response.prepared:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
    return response
