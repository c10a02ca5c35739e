"""ETags as they come back through proxies that compress."""

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from api.resources.request_context import etag_of, tags_in
from tests.support.builders import Clinic, a_report

FORMS = [
    '"{}"',
    'W/"{}"',
    '"{}-gzip"',
    'W/"{}-gzip"',
    '"{}--gzip"',
    '"{};gzip"',
    '"{}-br"',
    '"{}-zstd"',
    'W/"{};br"',
    '"9", "{}-deflate"',
    '"9","{}-gzip-gzip"',
]


@pytest.mark.parametrize("form", FORMS)
def test_a_correction_is_taken_whatever_a_proxy_made_of_the_etag(
    client: FlaskClient, clinic: Clinic, form: str
) -> None:
    report, me = a_report(pain_worst=4), clinic.patient.headers
    client.post("/v1/me/entries", json=report, headers=me)
    address = f"/v1/me/entries/{report['id']}"
    better = report | {"pain_worst": 5}
    stale = client.put(address, json=better, headers=me | {"If-Match": form.format(2)})
    assert stale.status_code == 412
    taken = client.put(address, json=better, headers=me | {"If-Match": form.format(1)})
    assert (taken.status_code, taken.headers["ETag"]) == (200, '"2"')


@pytest.mark.parametrize("form", FORMS)
def test_an_entry_that_has_not_changed_is_not_sent_again(
    client: FlaskClient, clinic: Clinic, form: str
) -> None:
    report, me = a_report(pain_worst=4), clinic.patient.headers
    client.post("/v1/me/entries", json=report, headers=me)
    address = f"/v1/me/entries/{report['id']}"
    same = client.get(address, headers=me | {"If-None-Match": form.format(1)})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", '"1"')
    other = client.get(address, headers=me | {"If-None-Match": form.format(2)})
    assert (other.status_code, other.json["pain_worst"]) == (200, 4)


@given(st.integers(1, 10**9), st.sampled_from(FORMS))
def test_every_form_of_a_version_is_read_as_that_version(version: int, form: str) -> None:
    assert etag_of(version) in tags_in(form.format(version))
    assert tags_in(form.format(version)) <= {etag_of(version), '"9"'}
