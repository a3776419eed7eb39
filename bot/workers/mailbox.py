"""The fast path between edge and worker: ready conversations, one lock each, news of finished turns.

Nothing lives here alone. The messages are rows of `inbox`; a token in `ready` only says «look at this
conversation», and the sweeper posts tokens again for rows that stay open. So an emptied Redis loses nothing.
Why there is no list of ids beside the token: docs/decisions/0002-the-mailbox-is-a-token.md
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

LEASE_SECONDS = 6.0
RENEW_EVERY_SECONDS = 2.0
HEARTBEAT_SECONDS = 5.0


# Whoever asked for more than these has gone on by hand.
MOST_READINGS = 100
# A page says every 20 seconds that it is open.
LOOKING_SECONDS = 60


class Keys:
    """Every Redis key of ours is spelled here."""

    ready = "minsheng:ready"
    finished = "minsheng:finished"
    changed = "minsheng:changed"
    readings = "minsheng:readings"

    @staticmethod
    def lock(conversation_id: str) -> str:
        """Held by the worker that talks."""
        return f"minsheng:lock:{conversation_id}"

    @staticmethod
    def again(conversation_id: str) -> str:
        """Set when a message came while the lock was held."""
        return f"minsheng:again:{conversation_id}"

    @staticmethod
    def worker(name: str) -> str:
        """Alive while a worker can answer."""
        return f"minsheng:worker:{name}"

    workers = "minsheng:worker:*"

    @staticmethod
    def looking(case_no: str) -> str:
        """Who has a case open, by when their page last said so."""
        return f"minsheng:looking:{case_no}"


# A conversation stands in `ready` at most once. The list itself is asked: a set beside it would still name a token
# that a worker took and died with, and nobody could post it again.
_POST = """
if not redis.call('LPOS', KEYS[1], ARGV[1]) then redis.call('RPUSH', KEYS[1], ARGV[1]) end
redis.call('PUBLISH', KEYS[2], 'conversation:' .. ARGV[1])
"""

# Taking a token: the lock, or a note for its holder to look again.
_LOCK = """
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  redis.call('DEL', KEYS[2])
  return 1
end
redis.call('SET', KEYS[2], '1', 'PX', 60000)
return 0
"""

_RENEW = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
"""

_RELEASE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
if redis.call('DEL', KEYS[2]) == 1 and not redis.call('LPOS', KEYS[3], ARGV[2]) then
  redis.call('RPUSH', KEYS[3], ARGV[2])
end
return 1
"""


def connect(url: str) -> Redis:
    """A client that waits for a server that is being restarted instead of failing at once."""
    return Redis.from_url(url, decode_responses=True, health_check_interval=15, socket_connect_timeout=2)


class Mailbox:
    """Tokens, locks and news for conversations."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._post = redis.register_script(_POST)
        self._lock = redis.register_script(_LOCK)
        self._renew = redis.register_script(_RENEW)
        self._release = redis.register_script(_RELEASE)

    async def post(self, conversation_id: str) -> None:
        """Say that there is something to read in a conversation. Redis being away is the sweeper's matter."""
        try:
            await self._post(keys=[Keys.ready, Keys.changed], args=[conversation_id])
        except (RedisError, OSError) as error:
            logger.warning("mailbox is away, the sweeper will post", extra={"error": type(error).__name__})

    async def take(self, wait_seconds: float) -> str | None:
        """The next ready conversation, or None when none came in time."""
        taken = await self._redis.blpop([Keys.ready], timeout=wait_seconds)
        return None if taken is None else str(taken[1])

    async def ask_reading(self, registration: str) -> None:
        """Say that a form at the desk wants its text read. Raises `RedisError` when Redis is away."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.lrem(Keys.readings, 0, registration)
            pipe.rpush(Keys.readings, registration)
            pipe.ltrim(Keys.readings, -MOST_READINGS, -1)
            await pipe.execute()

    async def take_reading(self, wait_seconds: float) -> str | None:
        """The next form to read, or None when none came in time."""
        taken = await self._redis.blpop([Keys.readings], timeout=wait_seconds)
        return None if taken is None else str(taken[1])

    @asynccontextmanager
    async def locked(self, conversation_id: str, holder: str) -> AsyncIterator[bool]:
        """Hold a conversation's lock, renewed while the block runs; False if somebody else has it."""
        keys = [Keys.lock(conversation_id), Keys.again(conversation_id)]
        held = await self._lock(keys=keys, args=[holder, int(LEASE_SECONDS * 1000)])
        if not held:
            yield False
            return
        renewal = asyncio.create_task(self._keep(conversation_id, holder))
        try:
            yield True
        finally:
            renewal.cancel()
            with suppress(asyncio.CancelledError):
                await renewal
            await self._let_go(conversation_id, holder)

    async def _keep(self, conversation_id: str, holder: str) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY_SECONDS)
            with suppress(RedisError, OSError):
                await self._renew(keys=[Keys.lock(conversation_id)], args=[holder, int(LEASE_SECONDS * 1000)])

    async def _let_go(self, conversation_id: str, holder: str) -> None:
        keys = [Keys.lock(conversation_id), Keys.again(conversation_id), Keys.ready]
        with suppress(RedisError, OSError):  # the lease ends by itself
            await self._release(keys=keys, args=[holder, conversation_id])

    async def tell_finished(self, conversation_id: str, inbox_ids: Sequence[int]) -> None:
        """News of a turn: for edges that hold a connection open, and for consoles."""
        with suppress(RedisError, OSError):  # they look into the database as well
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.publish(Keys.finished, json.dumps(list(inbox_ids)))
                pipe.publish(Keys.changed, f"conversation:{conversation_id}")
                await pipe.execute()

    async def tell_changed(self, what: str) -> None:
        """News for consoles: a case or a conversation changed."""
        with suppress(RedisError, OSError):
            await self._redis.publish(Keys.changed, what)

    async def news(self) -> AsyncIterator[tuple[str, Any]]:
        """Finished turns and changes, for ever; comes back after Redis was away."""
        while True:
            try:
                async with self._redis.pubsub() as subscription:
                    await subscription.subscribe(Keys.finished, Keys.changed)
                    async for message in subscription.listen():
                        if message["type"] == "message":
                            yield message["channel"], message["data"]
            except (RedisError, OSError):
                await asyncio.sleep(0.5)

    async def beat(self, worker: str) -> None:
        """This worker can answer."""
        await self._redis.set(Keys.worker(worker), "1", px=int(HEARTBEAT_SECONDS * 1000))

    async def stop_beating(self, worker: str) -> None:
        """This worker goes."""
        with suppress(RedisError, OSError):
            await self._redis.delete(Keys.worker(worker))

    async def look(self, case_no: str, staff_id: int) -> list[int]:
        """Somebody has a case open; the others who have, of the last minute. Nobody while Redis is away."""
        now, key = time.time(), Keys.looking(case_no)
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.zadd(key, {str(staff_id): now})
                pipe.zremrangebyscore(key, "-inf", now - LOOKING_SECONDS)
                pipe.expire(key, LOOKING_SECONDS)
                pipe.zrange(key, 0, -1)
                found = (await pipe.execute())[-1]
        except (RedisError, OSError):
            return []
        return sorted(int(one) for one in found if int(one) != staff_id)

    async def workers_alive(self) -> int:
        """How many workers can answer. Raises `RedisError` when Redis is away."""
        return len([key async for key in self._redis.scan_iter(match=Keys.workers, count=100)])

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()
