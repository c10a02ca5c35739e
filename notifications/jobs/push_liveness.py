"""Push addresses that are sent to in vain: asked once, and then no longer relied on."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.delivery.messages import MessageState
from api.domain.delivery.push_address import kind_of
from api.domain.delivery.push_liveness import LivenessPolicy, TrustStep, UnansweredPushes
from api.models.outbox import OutboxMessage, Subscription
from api.services.messages import receipts

log = logging.getLogger(__name__)

LOOKED_BACK = timedelta(days=90)


def examine(database: Database, *, now: datetime, trust: LivenessPolicy | None = None) -> int:
    """Take the next step with every address that has long said nothing; return how many were taken.

    Each is a transaction of its own. Any number of workers may do this: who comes second finds it done.
    """
    trust = trust or LivenessPolicy()
    with database.read() as session:
        silent = _silent(session, trust, now=now)
        answering = _answering(session, since=now - trust.kind_heard_within) if silent else frozenset[str]()
    return sum(_one(database, key, sends, answering, trust=trust, now=now) for key, sends in silent.items())


def _silent(session: Session, trust: LivenessPolicy, *, now: datetime) -> dict[UUID, int]:
    """Return the addresses that took too many messages since they last said something, and how many."""
    since = func.coalesce(Subscription.last_receipt_at, Subscription.created_at)
    vain = and_(
        OutboxMessage.subscription_id == Subscription.id,
        OutboxMessage.state == MessageState.DELIVERED,
        OutboxMessage.settled_at >= since,
        OutboxMessage.settled_at > now - LOOKED_BACK,
    )
    query = (
        select(Subscription.id, func.count(OutboxMessage.id))
        .join(OutboxMessage, vain)
        .where(Subscription.retired_at.is_(None), Subscription.distrusted_at.is_(None))
        .group_by(Subscription.id)
        .having(func.count(OutboxMessage.id) >= trust.sends)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _answering(session: Session, *, since: datetime) -> frozenset[str]:
    """Return the kinds of devices from which receipts come: some browsers never give any."""
    heard = select(Subscription.endpoint).where(Subscription.last_receipt_at > since)
    return frozenset(kind_of(endpoint) for endpoint in session.scalars(heard))


def _one(
    database: Database,
    key: UUID,
    sends: int,
    answering: frozenset[str],
    *,
    trust: LivenessPolicy,
    now: datetime,
) -> bool:
    try:
        with database.begin() as session:
            live = select(Subscription).where(
                Subscription.id == key,
                Subscription.retired_at.is_(None),
                Subscription.distrusted_at.is_(None),
            )
            subscription = session.scalar(live.with_for_update(skip_locked=True))
            if subscription is None:
                return False
            silence = UnansweredPushes(
                sends, subscription.probed_at, kind_of(subscription.endpoint) in answering
            )
            return _step(session, subscription, trust.next_step(silence, now=now), now=now)
    except Exception:
        log.exception("push address could not be asked", extra={"subscription_id": key})
        return False


def _step(session: Session, subscription: Subscription, step: TrustStep, *, now: datetime) -> bool:
    if step is TrustStep.PROBE:
        receipts.probe(session, subscription, now=now)
    elif step is TrustStep.DISTRUST:
        subscription.distrusted_at = now
    return step is not TrustStep.NOTHING
