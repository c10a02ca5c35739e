"""One entry end to end, against the bare echo of the same server, and the memory of the server."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from tests.bench import ward
from tests.bench.figure import Figure
from tests.bench.rig import ECHO, PRODUCT, Seen, Size, Turns, load, median, server
from tests.support.servers import resident_mb

CONNECTIONS = 16
MOST_PER_S = 150
"""Upper bound of the entries one connection sends per second."""

DAYS = 60
"""Days of each diary, up to yesterday; each connection sends for as many patients as needed, one after
another, day by day."""


def figures(kind: str, size: Size, folder: Path) -> Iterator[Figure]:
    """Measure on one kind of database; rounds of echo and product take turns."""
    with ExitStack() as stack:
        url = stack.enter_context(ward.database(kind, folder))
        most = int(MOST_PER_S * size.seconds)
        patients = -(-most * (size.rounds + 1) // DAYS)
        with ward.opened(url) as database:
            beds = ward.beds(database, CONNECTIONS * patients)
        tokens = [bed.patient.token for bed in beds]
        rooms = [_room(place, tokens[place::CONNECTIONS]) for place in range(CONNECTIONS)]
        echo = stack.enter_context(server(ECHO, url, folder))
        product = stack.enter_context(server(PRODUCT, url, folder))
        echoed, done = [], []
        for _ in range(size.rounds + 1):
            streams = [room.next(most) for room in rooms]
            echoed.append(load(echo.port, streams, seconds=size.seconds))
            done.append(load(product.port, streams, seconds=size.seconds))
            for room, latencies in zip(rooms, done[-1].latencies_s, strict=True):
                room.sent += len(latencies)
        yield from _table(kind, echoed[1:], done[1:])  # the first warms up
        yield Figure(
            f"web process, {kind}: resident after the load",
            max(resident_mb(pid) for pid in product.process.children()), "MB",
            max(resident_mb(pid) for pid in echo.process.children()), "the echo's",
            160.0, "value <",
        )  # fmt: skip


def _room(place: int, tokens: Sequence[str]) -> Turns:
    """Return the requests of one connection: a day of each patient, then the next day of each."""
    since = datetime.now(UTC).date() - timedelta(days=DAYS)
    diaries = [ward.diary(1000 * place + number, since=since) for number in range(len(tokens))]
    days = islice(zip(*diaries, strict=True), DAYS)
    return Turns(tokens, [ward.body(entry) for day in days for entry in day])


def _table(kind: str, echoed: Sequence[Seen], done: Sequence[Seen]) -> Iterator[Figure]:
    name = f"one entry over HTTP, {kind}, {CONNECTIONS} connections"
    yield Figure(
        f"{name}: rate", median([seen.per_s for seen in done]), "requests/s",
        median([seen.per_s for seen in echoed]), "requests/s of bare echo", 0.20, "ratio >=",
    )  # fmt: skip
    for share, aim in ((0.50, None), (0.99, 60.0)):
        yield Figure(
            f"{name}: p{share * 100:.0f}", median([seen.quantile_ms(share) for seen in done]), "ms",
            median([seen.quantile_ms(share) for seen in echoed]), "ms of bare echo",
            aim, "value <" if aim else "",
        )  # fmt: skip
