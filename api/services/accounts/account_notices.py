"""Notices to members of staff that what they sign in with was changed."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.domain.delivery.messages import PERSONAL_CHANNELS, MessageKind
from api.models.staff import Staff
from api.services.messages import outbox

KEPT_FOR = timedelta(days=3)


def notify_owner(session: Session, staff: Staff, *, now: datetime) -> None:
    """Tell the owner of an account by e-mail and on every device (ASVS 5, 6.3.7).

    Both, and the e-mail even where other notices by e-mail are turned off: whoever changed it may have
    changed that as well, or registered a device. Who has neither is not told; nobody is called for it.
    """
    notice = outbox.Notification(
        kind=MessageKind.ACCOUNT_CHANGED,
        site_id=staff.site_id,
        purpose=f"account_changed:{staff.id}:{now.isoformat()}",
        topic_of=f"account_changed:{staff.id}",
        not_before=now,
        expires_at=now + KEPT_FOR,
    )
    for channel in PERSONAL_CHANNELS:
        outbox.post(session, notice, recipients=[staff.id], now=now, channels=[channel])
