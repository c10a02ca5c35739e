"""Claim, send, settle: what brings the outbox to people."""

import logging
from asyncio import CancelledError
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from api.db.database import Database
from api.domain.delivery.limits import MessageLimits
from api.domain.delivery.messages import BY_MACHINE
from api.domain.delivery.metrics import SendOutcome
from config.settings import Settings
from notifications import compose, outbox
from notifications.channel_breaker import ChannelBreaker
from notifications.channels.base import DeliveryChannel, Payload, Retry, Target
from notifications.compose import Link, leads_to
from notifications.delivery import BUG, ClaimedMessage, DeliveryResult, Ending, concluded, where_to
from notifications.metrics import outcome_of
from notifications.rate_limits import RateLimiter
from notifications.retry_policy import SETTLED_EVERY_S, DeliveryPace
from notifications.sender import NOWHERE, HostLimitedSender, Work, place_of

log = logging.getLogger(__name__)

Lease = tuple[UUID, int]
"""A message and its try: whose lease it is."""


class Relay:
    """One worker's way from the outbox to the channel; any number may run at once."""

    def __init__(
        self,
        database: Database,
        channel: DeliveryChannel,
        *,
        pace: DeliveryPace,
        clock: Callable[[], datetime],
        worker: str = "",
        ways: outbox.Ways = BY_MACHINE,
        link: Link = leads_to(Settings()),
    ) -> None:
        """Send by ``channel`` at this ``pace``; ``clock`` is asked anew for every message.

        What goes by none of ``ways`` waits for a worker that can send it.
        """
        self._worker = worker
        self._ways = ways
        self._link = link
        self._brakes = RateLimiter(MessageLimits())
        self._breaker = ChannelBreaker()
        self._database = database
        self._channel = channel
        self._pace = pace
        self._clock = clock
        self._sending: HostLimitedSender[DeliveryResult] = HostLimitedSender(to_one_place=pace.to_one_place)
        self._under_way: dict[Lease, datetime] = {}
        """What is being sent, or is sent and not written down yet; and until when it is leased."""
        self._ended: list[DeliveryResult] = []
        """What of it is sent."""
        self._may_be_more = False
        """The last claim was full, so that there is no need to look before the next."""

    def run(self, *, stopped: Callable[[], bool], between: Callable[[], None]) -> None:
        """Send what is due until nothing is, or somebody says stop; what is under way is finished.

        New messages are claimed as others are settled, so that a push service that hangs holds up only
        its own, but for the room they take in a batch. Never more than a batch is under way: its lease
        is enough for that. What could not be written down, because the database was away, is written
        down by the next run.
        """
        self._forget_what_is_leased_no_more()
        self._begin(self._pace.batch - len(self._under_way))
        while self._under_way:
            self._settle_ended()
            self._forget_what_is_leased_no_more()
            between()
            room = self._pace.batch - len(self._under_way)
            if 2 * room >= self._pace.batch and not stopped():
                self._begin(room)

    def run_once(self) -> int:
        """Claim a batch, send it, settle it; return how many messages were claimed."""
        self._forget_what_is_leased_no_more()
        claimed = self._begin(self._pace.batch - len(self._under_way))
        while self._under_way:
            self._settle_ended()
            self._forget_what_is_leased_no_more()
        return claimed

    def _begin(self, limit: int) -> int:
        """Claim what is due, and begin to send it; return how much."""
        if limit <= 0:
            return 0
        now = self._clock()
        if not self._may_be_more and not self._is_due(now):
            return 0  # the writer's lock is not even asked for
        with self._database.begin() as session:
            claimed = outbox.claim(session, now=now, limit=limit, lease=self._pace.lease, ways=self._ways)
            spared = self._breaker.endings(session, claimed, now=now)
        self._may_be_more = len(claimed) == limit
        with self._database.read() as session:
            held = self._brakes.endings(session, claimed, now=now) | spared
        until = now + self._pace.lease
        self._under_way |= {_lease_of(message): until for message in claimed}
        self._sending.submit(self._work(message, held.get(message.id), until) for message in claimed)
        return len(claimed)

    def _work(
        self, message: ClaimedMessage, held: Ending | None, until: datetime
    ) -> tuple[str, Work[DeliveryResult]]:
        place = place_of(message.address) if held is None else NOWHERE
        return place, partial(self._bring, message, held, until)

    def _is_due(self, now: datetime) -> bool:
        with self._database.read() as session:
            return outbox.is_due(session, now=now, ways=self._ways)

    def _settle_ended(self) -> None:
        """Wait a moment, and write down what has ended."""
        try:
            self._ended += self._sending.ended(within_s=SETTLED_EVERY_S)
        except BaseException:  # somebody ends this worker: what is under way is left to its lease
            self._under_way = {}
            raise
        self._settle(self._ended)
        for result in self._ended:
            self._under_way.pop(_lease_of(result.message), None)
        self._ended = []

    def _forget_what_is_leased_no_more(self) -> None:
        """Let go of what could not be written down in time: whoever claims it now says how it ends."""
        now = self._clock()
        self._under_way = {lease: until for lease, until in self._under_way.items() if until > now}
        self._ended = [result for result in self._ended if _lease_of(result.message) in self._under_way]

    def close(self) -> None:
        """Finish what is under way, and let the channel's connections go."""
        self._sending.close(last=self._channel.close)

    async def _bring(self, message: ClaimedMessage, held: Ending | None, until: datetime) -> DeliveryResult:
        try:
            ending = await self._attempt(message, held, until)
        except (Exception, CancelledError) as bug:  # costs this message a try: nobody's push is repeated
            log.exception("message failed", extra={"message_id": message.id})
            ending = Retry(f"{BUG}{type(bug).__name__}")
        return concluded(DeliveryResult(message, ending), now=self._clock(), backoff=self._pace.backoff)

    async def _attempt(self, message: ClaimedMessage, held: Ending | None, until: datetime) -> Ending:
        target = where_to(message, now=self._clock(), backoff=self._pace.backoff)
        if not isinstance(target, Target):
            return target
        if held is not None:
            return held
        if self._clock() + timedelta(seconds=self._pace.timeout_s) > until:
            return Retry("its turn came when its lease was nearly over")  # others may send it by then
        composed = compose.compose(
            Payload(message.kind, message.id, message.language, message.discreet),
            topic=message.topic,
            expires_at=message.expires_at,
            tier=message.tier,
            now=self._clock(),
            link=self._link(message),
            alert_id=message.alert_id,
        )
        return await self._channel.send(target, composed)

    def _settle(self, results: Sequence[DeliveryResult]) -> None:
        for result in results:
            _log(result)
        self._breaker.note(self._database, results, now=self._clock())
        failed = [result for result in results if result.has_failed]
        others = [result for result in results if not result.has_failed]
        written = self._write_down(others) if others else frozenset()
        for result in others:
            if result.message.id not in written:  # held, as by its own receipt: alone it can be waited for
                self._write_down([result], wait=True)
        for result in failed:
            try:
                with self._database.begin() as session:
                    outbox.settle_failed(session, result, now=self._clock(), worker=self._worker)
            except Exception:  # it was not brought: to try it again when its lease is over is no repeat
                log.exception("message not settled", extra={"message_id": result.message.id})

    def _write_down(self, results: Sequence[DeliveryResult], *, wait: bool = False) -> Collection[UUID]:
        with self._database.begin() as session:
            return outbox.settle(
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
    """Say how a try ended: of what was delivered only to who asks for every detail."""
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
            "error": getattr(result.ending, "reason", None),
        },
    )
