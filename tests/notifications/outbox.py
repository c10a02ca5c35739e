"""Claiming and settling messages, as a worker does."""

from datetime import datetime, timedelta

from api.db.database import Database
from notifications import claims
from notifications.channels.results import SendResult
from notifications.delivery_results import DeliveryResult, limit_retries
from notifications.retry_policy import Backoff
from tests.conftest import NOW

LEASE = timedelta(minutes=2)

BACKOFF = Backoff()

MINUTE = timedelta(minutes=1)


def claim(database: Database, now: datetime = NOW, limit: int = 10) -> list[claims.ClaimedMessage]:
    with database.begin() as session:
        return claims.claim(session, now=now, limit=limit, lease=LEASE)


def settle(
    database: Database, message: claims.ClaimedMessage, ending: SendResult, now: datetime = NOW
) -> bool:
    result = limit_retries(DeliveryResult(message, ending), now=now, backoff=BACKOFF)
    with database.begin() as session:
        if result.has_failed:
            return claims.settle_failed(session, result, now=now)
        return claims.settle(session, [result], now=now, backoff=BACKOFF) == [message.id]
