"""A clinic served from this process for browsers, on a free port of localhost."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from api.app import create_app
from api.db.database import Database
from api.models.patient import Patient
from api.services.accounts import activations
from api.services.messages.vapid import new_private_key
from api.web.app_pages import TREE
from api.web.shell import StaticTree
from config.settings import Settings
from tests.support import databases
from tests.support.builders import Clinic, a_clinic, a_patient
from tests.support.servers import HOST, free_port

SECRET_KEY = "not a secret: for tests only"


@dataclass(frozen=True, slots=True)
class Transfer:
    """An answer that the server sent."""

    method: str
    path: str
    status: int
    bytes: int
    """Of the body, as it went over the wire."""


@dataclass
class FaceServer:
    """The address of the server, its clinic, and everything it has sent."""

    address: str
    app: Flask
    database: Database
    clinic: Clinic
    transfers: list[Transfer] = field(default_factory=list)
    refuse: Callable[[str, str], int | None] = lambda *_: None
    """Returns a status to answer a request with instead of the application; set by tests of faults."""

    def new_patient(self, **changes: Any) -> Patient:
        """Enrol a patient of the clinic."""
        with self.database.begin() as session:
            team = session.merge(self.clinic.team)
            patient = a_patient(session, team, now=datetime.now(UTC), **changes)
            session.flush()
            session.expunge(patient)
        return patient

    def set_language(self, patient: Patient, language: str) -> None:
        """Let a patient have another language."""
        with self.database.begin() as session:
            session.get_one(Patient, patient.id).language = language

    def code_for(self, patient: Patient) -> str:
        """Return a new activation code of a patient."""
        by, key = self.clinic.coordinator.principal, activations.key_of(SECRET_KEY)
        with self.database.begin() as session:
            found = session.get_one(Patient, patient.id, with_for_update=True)
            made = activations.make_code(
                session, by, found, key=key, now=datetime.now(UTC), lifetime=timedelta(hours=1)
            )
        return str(made.code)

    def serve_tree(self, tree: StaticTree | None) -> None:
        """Serve another version of the static files; None: that of the package."""
        self.app.extensions[TREE] = tree

    def _count(self, wsgi: Any) -> Any:
        def counted(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
            if status := self.refuse(method, path):
                start_response(f"{status} Refused", [("Content-Type", "text/plain")])
                return [b""]
            seen: list[str] = []

            def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
                seen.append(status)
                return start_response(status, headers, *rest)

            body = b"".join(wsgi(environ, start))
            self.transfers.append(Transfer(method, path, int(seen[0].split()[0]), len(body)))
            return [body]

        return counted


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def face_server(folder: Path, **changes: Any) -> Iterator[FaceServer]:
    """Serve a new clinic on SQLite until the block ends."""
    database, port = databases.fresh_sqlite(folder), free_port()
    address = f"http://localhost:{port}"  # passkeys and push need this name
    values: dict[str, Any] = {
        "secret_key": SECRET_KEY,
        "public_url": address,
        "plain_cookies": True,
        "push_loopback": True,
        "vapid_private_key": new_private_key(),
        "vapid_subject": "mailto:operator@example.org",
    }
    app = create_app(Settings(**values | changes), database=database)
    with database.begin() as session:
        clinic = a_clinic(session, now=datetime.now(UTC))
    served = FaceServer(address, app, database, clinic)
    server = make_server(HOST, port, served._count(app), threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        database.close()
