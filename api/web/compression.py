"""Compression of JSON answers by gzip.

Compression can betray a secret to a stranger who makes a victim's browser send many requests, has text of
their own repeated beside the secret, and watches how long the answers are (BREACH). That does not reach these
answers: the API takes a bearer token from a header, which no other site can make a browser send, and
answers are marked `Cross-Origin-Resource-Policy: same-origin`. All the same nothing is compressed that
hands out tokens, codes or keys: those are answers of POST and PUT, and answers that set a cookie. What is
left are answers of GET, which are also the long ones.

The ETag stays as it is: it is the version that `If-Match` names, and `no-store` keeps these answers out of
caches, which alone would have to tell both forms apart.
"""

import gzip
from http import HTTPStatus

from flask import Response, request

SMALLEST_BYTES = 1_000
"""Shorter answers fit into a packet either way."""
LARGEST_BYTES = 4_000_000
"""Longer ones are sent as they are, so that one request costs a known time at most."""
LEVEL = 4
"""Level 4 takes half the time of 6, and makes JSON a few percent longer."""


def compress_json(response: Response) -> Response:
    """Compress a long JSON answer to a GET, if the client takes gzip."""
    if not _is_long_json(response):
        return response
    response.vary.add("Accept-Encoding")
    if not takes_gzip():
        return response
    response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response


def takes_gzip() -> bool:
    """Return whether the client of this request takes gzip."""
    return request.accept_encodings.quality("gzip") > 0


def _is_long_json(response: Response) -> bool:
    return (
        request.method == "GET"
        and response.status_code == HTTPStatus.OK
        and response.is_json
        and not response.is_streamed
        and "Set-Cookie" not in response.headers
        and "Content-Encoding" not in response.headers
        and SMALLEST_BYTES < (response.content_length or 0) <= LARGEST_BYTES
    )
