"""One entry end to end, against the same server's bare echo; and the memory of the server after it."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import Path

from tests.bench import ward
from tests.bench.figure import Figure
from tests.bench.rig import ECHO, PRODUCT, Seen, Size, Stream, load, median, server
from tests.servers import resident_mb

CONNECTIONS = 16
MOST_PER_S = 150
"""More entries than one connection gets answered in a second."""

DAYS = 60
"""The diaries reach from as many days ago to yesterday; each connection speaks for as many patients as
it takes, who write one after another, day by day."""


def figures(kind: str, size: Size, folder: Path) -> Iterator[Figure]:
    """Measure on one kind of database; rounds of echo and product take turns."""
    with ExitStack() as stack:
        url = stack.enter_context(ward.database(kind, folder))
        most = int(MOST_PER_S * size.seconds)
        patients = -(-most * (size.rounds + 1) // DAYS)
        with ward.opened(url) as sessions:
            beds = ward.beds(sessions, CONNECTIONS * patients)
        tokens = [bed.patient.token for bed in beds]
        wards = [tokens[first : first + patients] for first in range(0, len(tokens), patients)]
        echo = stack.enter_context(server(ECHO, url, folder))
        product = stack.enter_context(server(PRODUCT, url, folder))
        streams = [_streams(place, tokens, most) for place, tokens in enumerate(wards)]
        rounds = [
            (load(echo.port, now, seconds=size.seconds), load(product.port, now, seconds=size.seconds))
            for now in zip(*streams, strict=True)
        ]
        echoed, done = zip(*rounds[1 : size.rounds + 1], strict=True)  # the first warms up
        yield from _table(kind, echoed, done)
        yield Figure(
            f"web process, {kind}: resident after the load",
            max(resident_mb(pid) for pid in product.process.children()), "MB",
            max(resident_mb(pid) for pid in echo.process.children()), "the echo's",
            160.0, "value <",
        )  # fmt: skip


def _streams(place: int, tokens: Sequence[str], most: int) -> list[Stream]:
    """Return what one connection posts in each round: every patient's day, then every patient's next."""
    since = datetime.now(UTC).date() - timedelta(days=DAYS)
    diaries = [ward.diary(1000 * place + number, since=since) for number in range(len(tokens))]
    bodies = [ward.body(entry) for entry in chain.from_iterable(islice(zip(*diaries, strict=True), DAYS))]
    turns = range(0, len(bodies) - most + 1, most)
    return [_stream(tokens, first % len(tokens), bodies[first : first + most]) for first in turns]


def _stream(tokens: Sequence[str], first: int, bodies: Sequence[str]) -> Stream:
    token, *others = [*tokens[first:], *tokens[:first]]
    return Stream(token, bodies, others=others)


def _table(kind: str, echoed: tuple[Seen, ...], done: tuple[Seen, ...]) -> Iterator[Figure]:
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
