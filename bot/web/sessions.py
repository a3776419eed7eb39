"""Sessions of the console: opened after the password, confirmed by a second factor, ended by leaving or by idling."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

from aiohttp import web

from bot.domain.errors import NotFound
from bot.domain.people import Staff
from bot.storage.session_repository import HANDLE_LENGTH, Session
from bot.web import keys

logger = logging.getLogger(__name__)

COOKIE = "minsheng_session"
LASTS = timedelta(hours=12)
# So long somebody may look for their phone.
WAITS_FOR_SECOND_FACTOR = timedelta(minutes=10)
# Use is noted no more often than this: not every look at a page is a write.
NOTED_EVERY = timedelta(minutes=1)
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class SignedIn:
    """A staff member at one session. `must_enrol`: the role needs a second factor, and there is none yet."""

    staff: Staff
    session: Session
    must_enrol: bool = False

    @property
    def csrf(self) -> str:
        """The token that forms of this session carry."""
        return self.session.csrf


def idle(request: web.Request) -> timedelta:
    """How long a session may lie unused."""
    return timedelta(minutes=request.app[keys.SETTINGS].idle_minutes)


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(request: web.Request) -> str:
    """The token that a browser brings, "" for none."""
    return request.cookies.get(COOKIE, "")


def handle_of(request: web.Request) -> str:
    """What the session of a request is called towards people."""
    return digest(token_of(request))[:HANDLE_LENGTH]


async def open_for(request: web.Request, staff: Staff, address: str) -> tuple[str, bool]:
    """A new session's token, and whether a second factor is still wanted. Only the token's hash is kept."""
    token, now = secrets.token_urlsafe(32), request.app[keys.CLOCK].now()
    async with request.app[keys.DATABASE].write() as uow:
        factor = await uow.sessions.second_factor(staff.id)
        waits = factor is not None and factor.confirmed_at is not None
        session = Session(
            handle=digest(token)[:HANDLE_LENGTH],
            staff_id=staff.id,
            csrf=secrets.token_urlsafe(24),
            created_at=now,
            used_at=now,
            expires_at=now + (WAITS_FOR_SECOND_FACTOR if waits else LASTS),
            agent=agent_words(request.headers.get("User-Agent", "")),
            network=masked(address),
            confirmed=not waits,
        )
        await uow.sessions.open(digest(token), session)
        if not waits:
            uow.audit.append(staff.actor, "staff.signed_in", staff.actor, now)
    logger.info("password accepted" if waits else "signed in", extra={"staff": staff.id})
    return token, waits


async def who(request: web.Request, *, confirmed: bool = True) -> SignedIn:
    """Whose session this is. Raises `NotFound` for nobody's, for who was shut out, for one not confirmed."""
    token, now = token_of(request), request.app[keys.CLOCK].now()
    if not token:
        raise NotFound("no such session")
    async with request.app[keys.DATABASE].read() as uow:
        session = await uow.sessions.get(digest(token), now, idle(request))
        staff = await uow.staff.get(session.staff_id)
        must = staff.role.value in request.app[keys.SETTINGS].second_factor_roles
        factor = await uow.sessions.second_factor(staff.id) if must else None
    if not staff.active or session.confirmed is not confirmed:
        raise NotFound("no such session")
    if confirmed and now - session.used_at > NOTED_EVERY and not _is_background(request):
        async with request.app[keys.DATABASE].write() as uow:
            await uow.sessions.used(digest(token), now)
    return SignedIn(staff, session, must and (factor is None or factor.confirmed_at is None))


def _is_background(request: web.Request) -> bool:
    """What a page that lies open fetches by itself is no use of it."""
    return "X-Part" in request.headers or request.path.endswith("/events")


async def sign_out(request: web.Request) -> None:
    """End the session."""
    me = await who(request)
    async with request.app[keys.DATABASE].write() as uow:
        await uow.sessions.close(digest(token_of(request)))
        uow.audit.append(me.staff.actor, "staff.signed_out", me.staff.actor, request.app[keys.CLOCK].now())


def agent_words(agent: str) -> str:
    """A browser and a system, as people call them."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "其他浏览器")
    system = next((name for mark, name in _SYSTEMS if re.search(re.escape(mark), agent)), "其他系统")
    return f"{browser} · {system}"


def masked(address: str) -> str:
    """A network, not a machine: 10.1.2.x."""
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    network = ip_network(f"{known}/{24 if known.version == 4 else 48}", strict=False)
    return (
        str(network.network_address).rpartition(".")[0] + ".x" if known.version == 4 else f"{network.network_address}"
    )
