"""One entry end to end, against the same server's bare echo; and the memory of the server after it."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from tests.bench import ward
from tests.bench.figure import Figure
from tests.bench.rig import ECHO, PRODUCT, Seen, Server, Size, Stream, load, median, server
from tests.servers import resident_mb

CONNECTIONS = 16
MOST_PER_S = 150
"""More entries than one connection gets answered in a second."""


def figures(kind: str, size: Size, folder: Path) -> Iterator[Figure]:
    """Measure on one kind of database; rounds of echo and product take turns."""
    with ExitStack() as stack:
        url = stack.enter_context(ward.database(kind, folder))
        with ward.opened(url) as sessions:
            tokens = [bed.patient.token for bed in ward.beds(sessions, CONNECTIONS)]
        echo = stack.enter_context(server(ECHO, url, folder))
        product = stack.enter_context(server(PRODUCT, url, folder))
        rounds = [_round(number, echo, product, tokens, size) for number in range(size.rounds + 1)]
        echoed, done = zip(*rounds[1:], strict=True)  # the first warms up
        yield from _table(kind, echoed, done)
        yield Figure(
            f"web process, {kind}: resident after the load",
            max(resident_mb(pid) for pid in product.process.children()), "MB",
            max(resident_mb(pid) for pid in echo.process.children()), "the echo's",
            160.0, "value <",
        )  # fmt: skip


def _round(number: int, echo: Server, product: Server, tokens: list[str], size: Size) -> tuple[Seen, Seen]:
    most = int(MOST_PER_S * size.seconds)
    streams = [
        Stream(token, [ward.body(entry) for entry in islice(ward.diary(place, first=number * most), most)])
        for place, token in enumerate(tokens)
    ]
    return load(echo.port, streams, seconds=size.seconds), load(product.port, streams, seconds=size.seconds)


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
