"""Notices to staff that their password, address or one-time codes were changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from api.domain.delivery.messages import PERSONAL_CHANNELS, MessageKind
from api.models.staff import Staff
from api.services.messages import outbox


def notify_owner(session: Session, staff: Staff, *, now: datetime) -> None:
    """Notify the owner of an account by e-mail and on every device (ASVS 5, 6.3.7).

    The e-mail is sent even if notices by e-mail are turned off, because an attacker may have turned them
    off or registered a device. The call list is not used.
    """
    notice = outbox.Notification(
        kind=MessageKind.ACCOUNT_CHANGED,
        site_id=staff.site_id,
        purpose=f"account_changed:{staff.id}:{now.isoformat()}",
        topic_of=f"account_changed:{staff.id}",
        not_before=now,
    )
    for channel in PERSONAL_CHANNELS:
        outbox.post(session, notice, recipients=[staff.id], now=now, channels=[channel])
