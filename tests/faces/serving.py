"""A clinic served from this process for browsers, on a free port of localhost."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from api.app import create_app
from api.db.database import Database
from api.domain.authority import SCOPES_OF_ROLE, ActorKind, Role
from api.models.patient import Patient
from api.models.site import Team
from api.models.staff import Staff
from api.services.access import tokens
from api.services.accounts import activations
from api.services.messages.vapid import new_private_key
from api.web.app_pages import TREE
from api.web.shell import StaticTree
from config.settings import Settings
from tests.support import databases
from tests.support.builders import Clinic, a_clinic, a_member_of_staff, a_patient, a_report, signed_in
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
        """Enrol a patient of the clinic; of its first team unless one is given as ``team``."""
        with self.database.begin() as session:
            team = session.merge(changes.pop("team", self.clinic.team))
            patient = a_patient(session, team, now=datetime.now(UTC), **changes)
            session.flush()
            session.expunge(patient)
        return patient

    def new_staff(self, team: Team, *, role: Role = Role.NURSE, **changes: Any) -> Staff:
        """Add a member of staff to a team; an administrator sees the whole site."""
        with self.database.begin() as session:
            staff = a_member_of_staff(
                session, session.merge(team), now=datetime.now(UTC), role=role, **changes
            )
            session.flush()
            session.expunge(staff)
        return staff

    def new_team(self) -> Team:
        """Add a team to the clinic, so that a test has a worklist of its own."""
        with self.database.begin() as session:
            team = Team(site_id=self.clinic.site.id, name=f"Team {uuid4().hex[:6]}")
            session.add(team)
            session.flush()
            session.expunge(team)
        return team

    def team_of(self, staff: Staff) -> Team:
        """Return the team of a member of staff; the clinic's first for those of the whole site."""
        with self.database.read() as session:
            return session.get_one(Team, staff.team_id or self.clinic.team.id)

    def refresh_token_of(self, staff: Staff) -> str:
        """Sign somebody in, and return the token that their browser keeps in its cookie."""
        with self.database.begin() as session:
            issued = tokens.grant(
                session,
                kind=ActorKind.STAFF,
                subject_id=staff.id,
                site_id=staff.site_id,
                team_id=staff.team_id,
                scopes=SCOPES_OF_ROLE[Role(staff.role)],
                label="a test",
                now=datetime.now(UTC),
            )
        return issued.refresh

    def report(self, patient: Patient, **answers: Any) -> None:
        """Send an entry of a patient, by default of now, as the phone does."""
        with self.database.begin() as session:
            signed = signed_in(session, session.get_one(Patient, patient.id), now=datetime.now(UTC))
        sent = self.app.test_client().post("/v1/me/entries", json=a_report(**answers), headers=signed.headers)
        assert sent.status_code == HTTPStatus.CREATED, sent.text

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
