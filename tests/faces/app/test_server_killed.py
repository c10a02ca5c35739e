"""A server that is killed while a phone sends, and comes back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import BrowserContext, Route

from config.server import web_command
from tests.faces.bare_page import SHIFTED_CLOCK, BarePhone
from tests.faces.serving import SECRET_KEY, FaceServer
from tests.support.servers import HOST, START_WITHIN_S, Process, answers, free_port, wait_until

ENTRIES = 130


@contextmanager
def running(port: int, server: FaceServer, log: Path) -> Iterator[Process]:
    """Serve the clinic of ``server`` from another process, as production does."""
    url = server.database.engine.url.render_as_string(hide_password=False)
    settings = {
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET_KEY,
        "PUBLIC_URL": f"http://localhost:{port}",
        "PLAIN_COOKIES": "true",
        "LOG_LEVEL": "ERROR",
    }
    with Process(web_command(host=HOST, port=port, database_url=url), settings, log=log) as process:
        wait_until(lambda: answers(port, "/health/live"), within_s=START_WITHIN_S, what="the web answers")
        yield process


def test_a_server_killed_under_a_drain_loses_nothing_and_keeps_nothing_twice(
    new_context: Callable[..., BrowserContext], server: FaceServer, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "web.log"
    context = new_context()
    context.add_init_script(SHIFTED_CLOCK)
    with running(port, server, log) as process:
        elsewhere = replace(server, address=f"http://localhost:{port}")
        phone = BarePhone(context, elsewhere, server.new_patient()).activate()
        phone.run(
            "for (let n = 0; n < count; n += 1)"
            " await m.saveEntry({ day: m.plus(m.today(), -(n % 7)), answers: { note: `entry ${n}` } })",
            count=ENTRIES,
        )
        begun: list[str] = []

        def kill_at_the_second(route: Route) -> None:
            if begun:
                process.kill()
            begun.append(route.request.url)
            route.continue_()

        context.route("**/v1/me/entries", kill_at_the_second)
        phone.drain()
        context.unroute("**/v1/me/entries")
    states = phone.states()
    assert {state: states.count(state) for state in states} == {"stored": 100, "saved": ENTRIES - 100}
    assert phone.run("return m.status().phase") == "offline"
    with running(port, server, log):
        phone.drain()
        assert phone.states() == []
        assert phone.run("return m.skew()") is not None, "the server states the time"
        notes = sorted(entry["note"] for entry in phone.at_server())
        assert notes == sorted(f"entry {n}" for n in range(ENTRIES))
