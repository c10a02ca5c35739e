"""Bodies above the limit at the gateway."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from config.gateway import Gateway, GatewayLimits


class Pieces:
    """A request whose body arrives in chunks."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces

    async def __call__(self) -> bytes:
        return b"".join(self.pieces)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        raise AssertionError("nothing is answered here")


@pytest.mark.parametrize(
    ("path", "read"), [("/v1/me/entries", b"x" * 50_000), ("/v1/patients", b""), ("/v1/me", b"")]
)
@pytest.mark.parametrize("is_chunked", [True, False])
def test_of_a_patients_long_body_the_beginning_is_read_and_of_others_nothing(
    path: str, read: bytes, is_chunked: bool
) -> None:
    gateway = Gateway(lambda *_: [b""], limits=GatewayLimits(body_bytes=50_000))
    environ: dict[str, Any] = {"PATH_INFO": path}
    environ |= {"HTTP_TRANSFER_ENCODING": "chunked"} if is_chunked else {"CONTENT_LENGTH": "90000"}
    body = asyncio.run(gateway._body(environ, Pieces(b"x" * 30_000, b"x" * 30_000, b"x" * 30_000)))
    assert body == read
    assert int(environ["CONTENT_LENGTH"]) > 50_000
    assert gateway._buffered == len(read)
