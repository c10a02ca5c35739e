"""Runs a step for each of many ids, in a transaction of its own."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from api.db.database import Database

log = logging.getLogger(__name__)

T = TypeVar("T")


def each_alone(
    database: Database,
    ids: Iterable[T],
    step: Callable[[Session, T], int],
    *,
    what: str,
    label: str,
    most: int | None = None,
    check: Callable[[Session, T], bool] | None = None,
    run: Callable[[Callable[[Session], int]], int] | None = None,
) -> int:
    """Run ``step`` for each id in a transaction of its own; return the sum of its results.

    An error is logged and stops no other id; the next run of the job tries that id again. Any number
    of workers may do the same job: ``step`` finds no work where another was faster.

    Args:
        database: Opens the transactions.
        ids: May be read lazily, see `in_pages`.
        step: Returns the number of changes.
        what: The log message in case of an error.
        label: The name of the id in the log.
        most: The number of changes after which the job ends.
        check: Returns whether there is work; reads only, so that idle ids take no writer lock.
        run: Runs a step in a transaction; by default in one of ``database``.
    """

    def alone(each: T) -> int:
        if check is not None:
            with database.read() as session:
                if not check(session, each):
                    return 0
        if run is not None:
            return run(lambda session: step(session, each))
        with database.begin() as session:
            return step(session, each)

    done = 0
    for each in ids:
        if most is not None and done >= most:
            break
        try:
            done += alone(each)
        except Exception:
            log.exception(what, extra={label: each})
    return done


def in_pages(
    database: Database, page: Callable[[Session, T | None], Sequence[T]], *, size: int
) -> Iterator[T]:
    """Yield the items of pages, each read in a transaction that ends before its items are used.

    ``page`` returns up to ``size`` items after a given one.
    """
    after: T | None = None
    while True:
        with database.read() as session:
            found = page(session, after)
        yield from found
        if len(found) < size:
            return
        after = found[-1]
