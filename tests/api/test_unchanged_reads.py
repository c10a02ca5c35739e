"""Reads without a version of their own answer 304 until their content changes."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.builders import Clinic, Signed, a_report

READS = {
    "/v1/me": lambda clinic: clinic.patient,
    "/v1/me/due": lambda clinic: clinic.patient,
    "/v1/alerts": lambda clinic: clinic.nurse,
    "/v1/patients": lambda clinic: clinic.nurse,
}


@pytest.mark.parametrize(("url", "who"), READS.items(), ids=list(READS))
def test_what_has_not_changed_is_not_sent_again(
    client: FlaskClient, clinic: Clinic, url: str, who: Callable[[Clinic], Signed]
) -> None:
    headers = who(clinic).headers
    first = client.get(url, headers=headers)
    again = client.get(url, headers=headers | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    other = client.get(url, headers=headers | {"If-None-Match": '"0123456789abcdef"'})
    assert (other.status_code, other.json) == (200, first.json)


@pytest.mark.parametrize(("url", "who"), READS.items(), ids=list(READS))
def test_what_has_changed_is_sent(
    client: FlaskClient, clinic: Clinic, url: str, who: Callable[[Clinic], Signed]
) -> None:
    headers = who(clinic).headers
    first = client.get(url, headers=headers)
    report: Any = a_report(red_flags=["chest_pain"])
    assert client.post("/v1/me/entries", json=report, headers=clinic.patient.headers).status_code == 201
    site = {"hours": {"en": "Always"}}
    admin = clinic.site_admin.headers | {"If-Match": "*"}
    assert client.patch("/v1/site", json=site, headers=admin).status_code == 200
    changes = {"name": "Another name"}
    patient = f"/v1/patients/{clinic.patient.id}"
    nurse = clinic.nurse.headers | {"If-Match": "*"}
    assert client.patch(patient, json=changes, headers=nurse).status_code == 200

    second = client.get(url, headers=headers | {"If-None-Match": first.headers["ETag"]})
    if second.status_code == 304:  # what is due follows the plan, and nothing of it has changed
        assert url == "/v1/me/due"
    else:
        assert second.json != first.json


def test_an_etag_that_was_read_with_what_is_due_is_good_for_a_change(
    client: FlaskClient, clinic: Clinic
) -> None:
    patient = clinic.patient.headers
    read = client.get("/v1/me", headers=patient)
    changed = client.patch(
        "/v1/me", json={"language": "de"}, headers=patient | {"If-Match": read.headers["ETag"]}
    )
    assert changed.status_code == 200
    stale = client.patch(
        "/v1/me", json={"language": "fr"}, headers=patient | {"If-Match": read.headers["ETag"]}
    )
    assert stale.status_code == 412


def test_a_refusal_has_no_etag(client: FlaskClient, clinic: Clinic) -> None:
    refused = client.get("/v1/alerts", headers=clinic.patient.headers)
    assert (refused.status_code, refused.headers.get("ETag")) == (403, None)
