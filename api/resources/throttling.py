"""Shared by the sign-in endpoints: throttling, lifetimes, and keys derived from SECRET_KEY."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from api.domain.authority import Role
from api.resources.request_context import now, settings, transaction
from api.services.access import throttle
from api.services.access.throttle import Counter
from api.services.access.tokens import Lifetimes
from api.services.accounts import known_origins, one_time_codes
from api.services.accounts.sign_ins import SignInRules


@contextmanager
def throttled(*counters: Counter) -> Iterator[None]:
    """Count an attempt before it is made, and take it off the count after a success.

    The count is committed first, so that an attempt that fails or crashes stays counted. Where the
    attempt has a transaction of its own, `throttle.refund_attempt` in it spares another one.

    Raises:
        TooManyTries: A limit was reached.
    """
    with transaction() as session:
        throttle.count_attempt(session, counters, now=now())
    yield
    with transaction() as session:
        throttle.refund_attempt(session, counters)


def client_address() -> str:
    """Return the network of the client, by which attempts are counted."""
    return throttle.network_of(request.remote_addr)


def lifetimes() -> Lifetimes:
    """Return the lifetimes of sign-ins to this server."""
    set_up = settings()
    return Lifetimes(
        patient=set_up.patient_sign_in, staff_idle=set_up.staff_idle, staff_total=set_up.staff_sign_in
    )


def code_key() -> one_time_codes.CodeKeys:
    """Return the keys of what is stored of one-time codes and recovery codes."""
    return one_time_codes.key_of(settings().secret_key)


def sign_in_rules() -> SignInRules:
    """Return the rules of this server for sign-ins of staff."""
    return SignInRules(
        code_key=code_key(),
        origin_key=known_origins.key_of(settings().secret_key),
        lifetimes=lifetimes(),
        roles_with_codes=frozenset(map(Role, settings().require_one_time_codes)),
    )
