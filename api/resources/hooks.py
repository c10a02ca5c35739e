"""Hooks around every request: security headers, a log of denied ones, a warning of an unnamed proxy."""

import logging
from collections import Counter
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from threading import Lock

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from api.db.database import Database
from api.services import counters
from config.settings import Settings

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""Headers of every answer, unless a view says otherwise."""
HSTS = "max-age=31536000; includeSubDomains"
"""A year, as ASVS 5 has it (3.4.1): browsers then reach this host by https only."""

DENIED = frozenset({401, 403, 429})
COUNTED_EVERY = timedelta(seconds=10)
FORWARDING = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


class Denials:
    """Denied requests of this process, written down together: strangers must not make it write for each."""

    def __init__(self, database: Database) -> None:
        """Count from zero."""
        self._database = database
        self._lock = Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._written_at = datetime.min.replace(tzinfo=UTC)

    def note(self, status: int, *, now: datetime) -> None:
        """Count one; every ten seconds at most they are added to the table of counters."""
        with self._lock:
            self._counts[counters.DENIED, str(status)] += 1
            since = now - self._written_at
            if timedelta(0) <= since < COUNTED_EVERY:  # also after a clock that was set back
                return
            counts, self._counts, self._written_at = self._counts, Counter(), now
        self._write(counts)

    def flush(self) -> None:
        """Write the pending counts, before the figures are read."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if counts:
            self._write(counts)

    def _write(self, counts: Counter[tuple[str, str]]) -> None:
        try:
            with self._database.begin() as session:
                counters.add(session, counts, source=counters.once())
        except SQLAlchemyError:
            log.warning("denied requests could not be counted", extra={"count": counts.total()})


def install(app: Flask, settings: Settings, database: Database) -> None:
    """Install the hooks around every request of ``app``."""
    headers = HEADERS
    if settings.production and settings.public_url.startswith("https://"):
        headers = HEADERS | {"Strict-Transport-Security": HSTS}
    app.extensions["aimss.denials"] = Denials(database)
    if not settings.trusted_proxies:
        app.before_request(_warn_of_proxy)
    app.after_request(_note_denied)
    app.after_request(lambda response: _harden(response, headers))


def _harden(response: Response, headers: dict[str, str]) -> Response:
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    return response


def _note_denied(response: Response) -> Response:
    """Log a denied request, with the ids of the caller if there is one."""
    if response.status_code in DENIED:
        caller = g.get("principal")
        about = {
            "route": request.url_rule.rule if request.url_rule else None,
            "method": request.method,
            "status": response.status_code,
            "reason": g.get("denied_because"),
            "limit": g.get("denied_by_limit"),
            "site_id": caller.site_id if caller else None,
            "actor_kind": caller.kind if caller else None,
            "actor_id": caller.id if caller else None,
        }
        log.warning("request denied", extra={name: what for name, what in about.items() if what is not None})
        current_app.extensions["aimss.denials"].note(response.status_code, now=datetime.now(UTC))
    return response


def _warn_of_proxy() -> None:
    """Warn once that requests come through an unnamed proxy, so that all its clients count as one address."""
    if "aimss.proxy_warned" in current_app.extensions or not any(
        each in request.headers for each in FORWARDING
    ):
        return
    if _is_near(request.remote_addr):
        current_app.extensions["aimss.proxy_warned"] = True
        log.warning(
            "a request came through a proxy, and TRUSTED_PROXIES is 0: all clients count as one address, and "
            "share the limits of attempts. Set TRUSTED_PROXIES to the number of proxies"
        )


def _is_near(address: str | None) -> bool:
    try:
        found = ip_address(address or "")
    except ValueError:
        return True  # a socket of this machine
    return found.is_loopback or found.is_private
