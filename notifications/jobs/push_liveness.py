"""Examines push addresses that send no receipts: one probe, then no longer used alone."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.delivery.messages import MessageState
from api.domain.delivery.public_address import service_of
from api.domain.delivery.push_liveness import LivenessPolicy, LivenessStep, UnansweredPushes
from api.models.outbox import OutboxMessage, Subscription
from api.services.messages import receipts
from notifications.jobs.each_alone import each_alone

LOOKBACK = timedelta(days=90)

_IN_USE = (Subscription.retired_at.is_(None), Subscription.distrusted_at.is_(None))


def examine(database: Database, *, now: datetime, policy: LivenessPolicy | None = None) -> int:
    """Take the next step for every address without receipts; return the number of steps."""
    policy = policy or LivenessPolicy()
    with database.read() as session:
        unanswered = _unanswered(session, policy, now=now)
        answering = (
            _answering(session, since=now - policy.service_answers_within) if unanswered else frozenset()
        )

    def step(session: Session, subscription_id: UUID) -> bool:
        in_use = select(Subscription).where(Subscription.id == subscription_id, *_IN_USE)
        subscription = session.scalar(in_use.with_for_update(skip_locked=True))
        if subscription is None:
            return False
        answers = service_of(subscription.endpoint) in answering
        pushes = UnansweredPushes(unanswered[subscription_id], subscription.probed_at, answers)
        return _take(session, subscription, policy.next_step(pushes, now=now), now=now)

    return each_alone(
        database, unanswered, step, what="push address could not be examined", label="subscription_id"
    )


def _unanswered(session: Session, policy: LivenessPolicy, *, now: datetime) -> dict[UUID, int]:
    """Return the addresses with too many pushes since their last receipt, and the number of pushes."""
    since = func.coalesce(Subscription.last_receipt_at, Subscription.created_at)
    without_receipt = and_(
        OutboxMessage.subscription_id == Subscription.id,
        OutboxMessage.state == MessageState.DELIVERED,
        OutboxMessage.settled_at >= since,
        OutboxMessage.settled_at > now - LOOKBACK,
    )
    query = (
        select(Subscription.id, func.count(OutboxMessage.id))
        .join(OutboxMessage, without_receipt)
        .where(*_IN_USE)
        .group_by(Subscription.id)
        .having(func.count(OutboxMessage.id) >= policy.pushes)
    )
    return dict(session.execute(query).all())


def _answering(session: Session, *, since: datetime) -> frozenset[str]:
    """Return the push services whose browsers send receipts; some browsers never do."""
    recent = select(Subscription.endpoint).where(Subscription.last_receipt_at > since)
    return frozenset(service_of(endpoint) for endpoint in session.scalars(recent))


def _take(session: Session, subscription: Subscription, step: LivenessStep, *, now: datetime) -> bool:
    if step is LivenessStep.PROBE:
        receipts.probe(session, subscription, now=now)
    elif step is LivenessStep.MARK_UNRELIABLE:
        subscription.distrusted_at = now
    return step is not LivenessStep.NONE
