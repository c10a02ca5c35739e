"""Delivers the outbox: claim, send, settle."""

import logging
from asyncio import CancelledError
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from api.db.database import Database
from api.domain.delivery.limits import MessageLimits
from api.domain.delivery.send_outcomes import SendOutcome
from config.settings import Settings
from notifications import claims
from notifications.channel_breaker import ChannelBreaker
from notifications.channels.base import MessageSender, Target
from notifications.channels.results import Retry
from notifications.compose import Link, compose, link_maker
from notifications.delivery_results import (
    BUG,
    NO_DESTINATION,
    ClaimedMessage,
    DeliveryResult,
    Outcome,
    limit_retries,
    resolve_target,
)
from notifications.metrics import outcome_of
from notifications.rate_limits import RateLimiter
from notifications.retry_policy import SETTLED_EVERY_S, DeliveryPace
from notifications.sender import HostLimitedSender, Work

log = logging.getLogger(__name__)

Lease = tuple[UUID, int]
"""A message and its number of attempts."""


class Relay:
    """Delivers messages from the outbox by a channel; any number of relays may run concurrently."""

    def __init__(
        self,
        database: Database,
        channel: MessageSender,
        *,
        pace: DeliveryPace,
        clock: Callable[[], datetime],
        worker: str = "",
        waiting: claims.Channels = frozenset(),
        link: Link = link_maker(Settings()),
    ) -> None:
        """Send by ``channel`` at this ``pace``; ``clock`` is read for every message.

        Messages of ``waiting`` channels are left to a worker that is configured for them.
        """
        self._worker = worker
        self._waiting = waiting
        self._link = link
        self._database = database
        self._channel = channel
        self._pace = pace
        self._clock = clock
        self._limiter = RateLimiter(MessageLimits())
        self._breaker = ChannelBreaker()
        self._sender = HostLimitedSender[DeliveryResult](per_destination=pace.per_destination)
        self._in_flight: dict[Lease, datetime] = {}
        """Messages that are not settled yet, with the end of their leases."""
        self._completed: list[DeliveryResult] = []
        """Results that are not settled yet."""
        self._last_claim_was_full = False

    def run(self, *, stopped: Callable[[], bool], heartbeat: Callable[[], None]) -> int:
        """Send until nothing is due or ``stopped``; finish what is in flight; return the number claimed.

        New messages are claimed while others are settled, so a push service that hangs delays only its
        own messages and occupies part of a batch. At most one batch is in flight, as its lease
        requires. Results that cannot be recorded, because the database is away, are left to the next
        run.
        """
        self._drop_expired_leases()
        claimed = self._claim(self._pace.batch - len(self._in_flight))
        while self._in_flight:
            self._settle_completed()
            self._drop_expired_leases()
            heartbeat()
            room = self._pace.batch - len(self._in_flight)
            if 2 * room >= self._pace.batch and not stopped():
                claimed += self._claim(room)
        return claimed

    def close(self) -> None:
        """Finish what is in flight, and close the channel."""
        self._sender.close(last=self._channel.close)

    def _claim(self, limit: int) -> int:
        """Claim due messages and start to send them; return the number."""
        if limit <= 0:
            return 0
        now = self._clock()
        if not self._last_claim_was_full:
            with self._database.read() as session:
                if not claims.is_due(session, now=now, waiting=self._waiting):
                    return 0  # without taking the writer lock
        with self._database.begin() as session:
            claimed = claims.claim(
                session, now=now, limit=limit, lease=self._pace.lease, waiting=self._waiting
            )
            skipped = self._breaker.outcomes(session, claimed, now=now)
        self._last_claim_was_full = len(claimed) == limit
        with self._database.read() as session:
            preset = self._limiter.outcomes(session, claimed, now=now) | skipped
        until = now + self._pace.lease
        self._in_flight |= {_lease_of(message): until for message in claimed}
        self._sender.submit(self._work(message, preset.get(message.id), until) for message in claimed)
        return len(claimed)

    def _work(
        self, message: ClaimedMessage, preset: Outcome | None, until: datetime
    ) -> tuple[str, Work[DeliveryResult]]:
        destination = message.destination if preset is None else NO_DESTINATION
        return destination, partial(self._deliver, message, preset, until)

    def _settle_completed(self) -> None:
        """Wait a moment, then record the outcomes so far."""
        try:
            self._completed += self._sender.completed(within_s=SETTLED_EVERY_S)
        except BaseException:  # the worker is being killed: leases return what is in flight
            self._in_flight = {}
            raise
        self._settle(self._completed)
        for result in self._completed:
            self._in_flight.pop(_lease_of(result.message), None)
        self._completed = []

    def _drop_expired_leases(self) -> None:
        """Drop results whose lease expired; the next owner settles them."""
        now = self._clock()
        self._in_flight = {lease: until for lease, until in self._in_flight.items() if until > now}
        self._completed = [each for each in self._completed if _lease_of(each.message) in self._in_flight]

    async def _deliver(
        self, message: ClaimedMessage, preset: Outcome | None, until: datetime
    ) -> DeliveryResult:
        outcome: Outcome
        try:
            outcome = await self._attempt(message, preset, until)
        except (Exception, CancelledError) as bug:  # affects this message only, so that none is repeated
            log.exception("message failed", extra={"message_id": message.id})
            outcome = Retry(f"{BUG}{type(bug).__name__}")
        return limit_retries(DeliveryResult(message, outcome), now=self._clock(), backoff=self._pace.backoff)

    async def _attempt(self, message: ClaimedMessage, preset: Outcome | None, until: datetime) -> Outcome:
        target = resolve_target(message, now=self._clock(), backoff=self._pace.backoff)
        if not isinstance(target, Target):
            return target
        if preset is not None:
            return preset
        if self._clock() + timedelta(seconds=self._pace.timeout_s) > until:
            return Retry("the lease was nearly over")  # another worker may send it by then
        return await self._channel.send(target, compose(message, link=self._link, now=self._clock()))

    def _settle(self, results: Sequence[DeliveryResult]) -> None:
        for result in results:
            _log(result)
        self._breaker.record(self._database, results, now=self._clock())
        failed = [result for result in results if result.has_failed]
        others = [result for result in results if not result.has_failed]
        recorded = self._record(others) if others else frozenset()
        for result in others:
            if result.message.id not in recorded:  # locked, as by its receipt: a single one may wait
                self._record([result], wait=True)
        for result in failed:
            try:
                with self._database.begin() as session:
                    claims.settle_failed(session, result, now=self._clock(), worker=self._worker)
            except Exception:  # it was not delivered: another attempt after its lease is no repeat
                log.exception("message not settled", extra={"message_id": result.message.id})

    def _record(self, results: Sequence[DeliveryResult], *, wait: bool = False) -> Collection[UUID]:
        with self._database.begin() as session:
            return claims.settle(
                session,
                results,
                now=self._clock(),
                backoff=self._pace.backoff,
                worker=self._worker,
                wait=wait,
            )


def _lease_of(message: ClaimedMessage) -> Lease:
    return message.id, message.attempts


def _log(result: DeliveryResult) -> None:
    """Log an outcome; deliveries at debug level only."""
    message, outcome = result.message, outcome_of(result)
    log.log(
        logging.DEBUG if outcome is SendOutcome.DELIVERED else logging.INFO,
        "message tried",
        extra={
            "message_id": message.id,
            "alert_id": message.alert_id,
            "kind": message.kind,
            "attempt": message.attempts,
            "outcome": outcome,
            "error": getattr(result.outcome, "reason", None),
        },
    )
