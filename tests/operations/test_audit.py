"""Audit of dependencies: it fails where a package could not be looked up."""

from typing import Any

import pytest

from tests.audit import FAILED, UNREACHABLE, judge


def package(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "version": "1.0", "vulns": [], **more}


FLAW = {"id": "PYSEC-1", "fix_versions": ["1.1"]}


@pytest.mark.parametrize(
    ("packages", "status", "last"),
    [
        ([package("a"), package("b")], 0, "2 packages, no known vulnerability"),
        ([package("a", vulns=[FLAW]), package("b")], FAILED, "1 known vulnerabilities"),
        (
            [package("a"), package("b", skip_reason="not found")],
            FAILED,
            "1 of 2 packages could not be audited",
        ),
        ([package("a", skip_reason="not found")], UNREACHABLE, "NOT AUDITED"),
        ([package("a", skip_reason="not found"), package("b", vulns=[FLAW])], FAILED, "1 known"),
        ([], FAILED, "0 of 0 packages could not be audited"),
    ],
)
def test_an_audit_without_a_look_up_fails(packages: list[dict[str, Any]], status: int, last: str) -> None:
    found, lines = judge(packages)
    assert found == status
    assert last in lines[-1]
