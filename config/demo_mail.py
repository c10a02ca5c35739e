"""A mail server for the demo, on the loopback address, that stores every message as an .eml file.

`make run` starts it, so that delivery works without an account at a mail provider. Production submits
e-mail to the server of SMTP_URL instead.
"""

import argparse
import asyncio
import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

HOST = "127.0.0.1"


class MailFolder:
    """Stores each message in a folder; the file name holds the time and the recipients."""

    def __init__(self, folder: Path) -> None:
        """Store messages in ``folder``, which exists."""
        self._folder = folder
        self._count = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        """Store one message; aiosmtpd calls the method by this name."""
        self._count += 1
        to = "+".join(_as_file_name(address) for address in envelope.rcpt_tos)[:80]
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{self._count:04}-{to}.eml"
        (self._folder / name).write_bytes(envelope.content)
        return "250 kept"


def _as_file_name(address: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "@.-" else "_" for sign in address)


async def serve(port: int, folder: Path) -> None:
    """Accept messages on ``port`` until the task is cancelled."""
    handler = MailFolder(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="demo.example"), HOST, port)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m config.demo_mail", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.port, options.folder))


if __name__ == "__main__":
    main()
