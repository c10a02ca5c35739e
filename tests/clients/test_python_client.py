"""openapi-python-client, generated anew from the committed document, against a real server."""

import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.clients.conftest import Served

DOCUMENT = Path(__file__).parents[2] / "docs/openapi.json"
PACKAGE = "aimss_generated_client"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The client's package; nothing of the document may be left out of it."""
    folder = tmp_path_factory.mktemp("python-client")
    command = [
        sys.executable,
        "-m",
        "openapi_python_client",
        "generate",
        "--meta",
        "none",
        "--fail-on-warning",
    ]
    config = folder / "config.yml"
    config.write_text(
        "post_hooks: []\ncontent_type_overrides:\n  application/zip: application/octet-stream\n"
    )
    done = subprocess.run(
        [*command, "--path", DOCUMENT, "--output-path", folder / PACKAGE, "--config", config],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


@contextmanager
def signed(generated: ModuleType, served: Served, token: str) -> Iterator[Any]:
    with generated.AuthenticatedClient(
        base_url=served.address, token=token, raise_on_unexpected_status=True
    ) as client:
        yield client


def test_it_sends_single_duplicate_batch_refused_and_conflicting_entries(
    generated: ModuleType, served: Served
) -> None:
    with signed(generated, served, served.patient_token) as client:
        _send_all_kinds(client)


def _send_all_kinds(client: Any) -> None:
    models = importlib.import_module(f"{PACKAGE}.models")
    post = importlib.import_module(f"{PACKAGE}.api.entries.post_me_entries").sync_detailed

    def entry(**answers: Any) -> Any:
        moment = datetime.now(UTC) - timedelta(minutes=1)
        return models.NewEntry(**{"id": uuid4(), "recorded_at": moment} | answers)

    first = entry(
        pain_worst=4,
        body_sites=[models.BodySite(site=models.BodySiteSite.WRIST, side=models.BodySiteSide.LEFT)],
        note="Hände",
    )
    created, again = post(client=client, body=first), post(client=client, body=first)
    assert (created.status_code, created.parsed.status) == (201, "created")
    assert (again.status_code, again.parsed.status) == (200, "duplicate")
    assert again.parsed.received_at == created.parsed.received_at
    assert UUID(again.parsed.id) == first.id

    other = entry(id=first.id, pain_worst=5)
    conflict, refused = post(client=client, body=other), post(client=client, body=entry(pain_worst=11))
    assert (conflict.status_code, conflict.parsed.type_) == (409, "/problems/entry-conflict")
    assert (refused.status_code, refused.parsed.type_) == (422, "/problems/invalid-entry")
    assert "pain_worst" in refused.parsed.errors.additional_properties

    batch = models.EntryBatch(entries=[entry(stiffness=3), first, other, entry(pain_worst=11)])
    answer = post(client=client, body=batch)
    assert (answer.status_code, type(answer.parsed)) == (200, models.EntryBatchResult)
    results = answer.parsed.results
    assert [each.status for each in results] == ["created", "duplicate", "conflict", "rejected"]
    assert results[-1].problem.type_ == "/problems/invalid-entry"

    stored = importlib.import_module(f"{PACKAGE}.api.entries.get_me_entries").sync(client=client)
    assert sorted(each.version for each in stored.items) == [1, 1]
    assert [each.note for each in stored.items if each.pain_worst == 4] == ["Hände"]


def test_it_reads_every_answer_of_every_operation_that_reads(generated: ModuleType, served: Served) -> None:
    with signed(generated, served, served.clinic.site_admin.token) as client:
        put_rota = importlib.import_module(f"{PACKAGE}.api.rotas.put_rota").sync_detailed
        models = importlib.import_module(f"{PACKAGE}.models")
        put_rota(client=client, name="night", body=models.NewRota(shifts=[]))
    operations = importlib.import_module(f"{PACKAGE}.api")
    walked = pkgutil.walk_packages(operations.__path__, f"{operations.__name__}.")
    names = [each.name for each in walked if each.name.rpartition(".")[2].startswith("get_")]
    read = set()
    for caller in ("patient", "nurse", "site_admin", "scheduler"):
        with signed(generated, served, getattr(served.clinic, caller).token) as client:
            for name in names:
                call = importlib.import_module(name).sync_detailed
                answer = call(client=client, **_arguments(call, served))
                assert answer.parsed is not None, (name, caller, answer.status_code)
                read |= {name} if answer.status_code == 200 else set()
    made_later = {f"{PACKAGE}.api.exports.get_me_export_file"}  # by the worker
    assert set(names) - read == made_later


def _arguments(call: Any, served: Served) -> dict[str, Any]:
    given: dict[str, Any] = {
        name: UUID(value) if len(value) == len(str(UUID(int=0))) else value
        for name, value in served.ids.items()
    }
    given |= {"name": "night", "due_before": datetime.now(UTC) + timedelta(days=1)}
    taken = inspect.signature(call).parameters
    return {name: given[name] for name in taken if name in given}
