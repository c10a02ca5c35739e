"""A small WSGI application behind the gateway, with tight limits: says what it was given."""

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from config.gateway import Gateway, GatewayLimits


def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer with the environment and the length of the body; ``/slow`` after a second."""
    if environ["PATH_INFO"] == "/slow":
        time.sleep(1)
    if environ["PATH_INFO"] == "/broken":
        raise RuntimeError("a fault of the application")
    body = environ["wsgi.input"].read()
    told = {name: value for name, value in environ.items() if isinstance(value, str)}
    start("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"environ": told, "read": len(body)}).encode()]


server = Gateway(
    app,
    limits=GatewayLimits(threads=2, body_s=1.0, body_bytes=1000, buffered_bytes=4000, queue_s=0.5),
    lanes=("/health/live",),
)
