"""Long JSON answers come compressed to those who take gzip; answers with secrets never do."""

import gzip

import orjson
from flask.testing import FlaskClient

from tests.support.builders import Clinic

GZIP = {"Accept-Encoding": "gzip, br"}


def test_a_long_answer_is_compressed_where_the_client_takes_it(client: FlaskClient, clinic: Clinic) -> None:
    plain = client.get("/openapi.json")
    packed = client.get("/openapi.json", headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert orjson.loads(gzip.decompress(packed.data)) == plain.json
    assert len(packed.data) < len(plain.data) / 4


def test_a_client_that_refuses_gzip_gets_none(client: FlaskClient) -> None:
    assert (
        "Content-Encoding" not in client.get("/openapi.json", headers={"Accept-Encoding": "gzip;q=0"}).headers
    )


def test_a_short_answer_is_sent_as_it_is(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/health/live", headers=GZIP).headers


def test_an_answer_to_a_post_is_never_compressed(client: FlaskClient, clinic: Clinic) -> None:
    made = client.post(
        f"/v1/patients/{clinic.patient.id}/activations", headers=clinic.coordinator.headers | GZIP
    )
    assert made.status_code == 201
    assert len(made.data) > 1000, "it holds a code and its picture"
    assert "Content-Encoding" not in made.headers


def test_the_version_of_a_compressed_answer_is_the_one_to_send_back(
    client: FlaskClient, clinic: Clinic
) -> None:
    me = client.get("/v1/me", headers=clinic.patient.headers | GZIP)
    tag = client.get("/v1/me", headers=clinic.patient.headers).headers["ETag"]
    assert me.headers["ETag"] == tag
