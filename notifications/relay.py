"""Claim, send, settle: what brings the outbox to people."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime

from api.db import Sessions
from notifications import messages, outbox
from notifications.channels.base import Address, Channel, Retry
from notifications.endings import Claimed, Ending, Result, concluded, where_to
from notifications.pace import SETTLED_EVERY_S, Pace

log = logging.getLogger(__name__)


class Relay:
    """One worker's way from the outbox to the channel; any number may run at once."""

    def __init__(
        self, sessions: Sessions, channel: Channel, *, pace: Pace, clock: Callable[[], datetime]
    ) -> None:
        """Send by ``channel`` at this ``pace``; ``clock`` is asked anew for every message."""
        self._sessions = sessions
        self._channel = channel
        self._pace = pace
        self._clock = clock
        self._senders = ThreadPoolExecutor(pace.threads, thread_name_prefix="send")

    def run_once(self) -> int:
        """Claim a batch, send it, settle it; return how many messages were claimed."""
        now = self._clock()
        with self._sessions.read() as session:
            if not outbox.is_due(session, now=now):
                return 0  # the writer's lock is not even asked for
        with self._sessions.begin() as session:
            claimed = outbox.claim(session, now=now, limit=self._pace.batch, lease=self._pace.lease)
        under_way = {self._senders.submit(self._bring, message) for message in claimed}
        while under_way:
            ended, under_way = wait(under_way, timeout=SETTLED_EVERY_S)
            self._settle(ended)
        return len(claimed)

    def close(self) -> None:
        """Let the sending threads go, and the channel's connections."""
        self._senders.shutdown()
        self._channel.close()

    def _bring(self, message: Claimed) -> Result:
        try:
            ending = self._attempt(message)
        except Exception as bug:  # costs this message a try: the batch is settled, nobody's push repeated
            log.exception("message failed", extra={"message_id": message.id})
            ending = Retry(f"bug: {type(bug).__name__}")
        return concluded(Result(message, ending), now=self._clock(), backoff=self._pace.backoff)

    def _attempt(self, message: Claimed) -> Ending:
        target = where_to(message, now=self._clock(), backoff=self._pace.backoff)
        if not isinstance(target, Address):
            return target
        composed = messages.compose(
            message.kind,
            message.id,
            topic=message.topic,
            expires_at=message.expires_at,
            tier=message.tier,
            now=self._clock(),
        )
        return self._channel.send(target, composed)

    def _settle(self, ended: set[Future[Result]]) -> None:
        results: Sequence[Result] = [future.result() for future in ended]
        failed = [result for result in results if result.has_failed]
        others = [result for result in results if not result.has_failed]
        if others:
            with self._sessions.begin() as session:
                outbox.settle(session, others, now=self._clock(), backoff=self._pace.backoff)
        for result in failed:
            with self._sessions.begin() as session:
                outbox.settle_failed(session, result, now=self._clock())
