"""A policy as a document: read with nothing guessed, and every problem named with what would be right."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from api.domain.alerts.budget import AlertBudget
from api.domain.alerts.finding import FindingKind, Tier
from api.domain.alerts.urgency import Tiers
from api.domain.documents import LONGEST_NAME, LONGEST_SOURCE, DocumentError, DocumentReading, Table, short
from api.domain.policies.limits import contradictions, limits_of
from api.domain.policies.site_policy import BUILT_IN, PolicyDocument
from api.domain.policy import Policy, Threshold

PARTS = ("name", "tiers", "thresholds", "budget")
OF_THRESHOLD = ("value", "unit", "source")

Numbers = TypeVar("Numbers", Policy, AlertBudget)


class UnusablePolicy(DocumentError):
    """A policy document cannot be used; ``problems`` names each place and what would be right."""


def read_policy(document: Any) -> PolicyDocument:
    """Read a policy; whatever it does not say is as built in.

    A number that differs from the built-in one needs a source of the site's own: who decided it and
    when, or the paper.

    Args:
        document: What JSON or TOML gave: ``name``, ``tiers``, ``thresholds`` and ``budget``.

    Returns:
        The policy.

    Raises:
        UnusablePolicy: With every problem there is.

    >>> read_policy({"name": "Ward 3", "tiers": {"silence": "self_care"}}).tiers.values()["silence"]
    'self_care'
    >>> read_policy({"name": "Ward 3", "thresholds": {"severe_frm": {}}})
    Traceback (most recent call last):
    api.domain.policies.parse.UnusablePolicy: thresholds.severe_frm: is not known; did you mean 'severe_from'?
    """
    if not isinstance(document, Mapping):
        raise UnusablePolicy([("document", f"is not a table of {', '.join(PARTS)}")])
    reading = _PolicyReader()
    reading.refuse_unknown("", document, PARTS)
    policy = PolicyDocument(
        name=reading.text(document.get("name"), "name", LONGEST_NAME),
        tiers=reading.tiers(reading.part(document, "tiers")),
        thresholds=reading.numbers(reading.part(document, "thresholds"), "thresholds", BUILT_IN.thresholds),
        budget=reading.numbers(reading.part(document, "budget"), "budget", BUILT_IN.budget),
    )
    if not reading.problems:
        clashes = contradictions(policy.thresholds.values())
        reading.problems += [(f"thresholds.{name}.value", what) for name, what in clashes]
    if policy.name == BUILT_IN.name and policy != BUILT_IN:
        taken = (
            f"{BUILT_IN.name!r} is the name of the built-in policy, and this one differs: name it otherwise"
        )
        reading.refuse("name", taken)
    if reading.problems:
        raise UnusablePolicy(reading.problems)
    return policy


class _PolicyReader(DocumentReading):
    def part(self, document: Table, name: str) -> Table:
        said = document.get(name, {})
        if isinstance(said, Mapping):
            return said
        self.refuse(name, f"{short(said)} is not a table of names")
        return {}

    def tiers(self, table: Table) -> Tiers:
        self.refuse_unknown("tiers.", table, [kind.value for kind in FindingKind])
        chosen: dict[FindingKind, Tier] = {}
        for kind in FindingKind:
            if kind.value not in table:
                continue
            allowed = {tier.value: tier for tier in kind.defaults.allowed}
            word = table[kind.value]
            if isinstance(word, str) and word in allowed:
                chosen[kind] = allowed[word]
                continue
            why = "may not be lowered to that" if word in list(Tier) else "is no tier"
            self.refuse(f"tiers.{kind.value}", f"{short(word)} {why}; say {' or '.join(allowed)}")
        return Tiers(chosen)

    def numbers(self, table: Table, part: str, built_in: Numbers) -> Numbers:
        names = [field.name for field in fields(built_in)]
        self.refuse_unknown(f"{part}.", table, names)
        given: dict[str, Any] = {
            name: self._threshold(table[name], f"{part}.{name}", getattr(built_in, name))
            for name in names
            if name in table
        }
        return replace(built_in, **given)

    def _threshold(self, said: Any, place: str, built_in: Threshold) -> Threshold:
        said = self.table(said, place, OF_THRESHOLD)
        value = self._value(said.get("value", built_in.value), place, built_in)
        if said.get("unit", built_in.unit) != built_in.unit:
            self.refuse(f"{place}.unit", f"cannot be changed; it is {built_in.unit!r}")
        source = built_in.source
        if "source" in said:
            source = self.text(said["source"], f"{place}.source", LONGEST_SOURCE)
        if value != built_in.value and source == built_in.source:
            differs = f"{value:g} differs from the built-in {built_in.value:g}"
            own = "give the site's own source: who decided it and when, or the paper"
            self.refuse(f"{place}.source", f"{differs}; {own}")
        return Threshold(value, built_in.unit, source)

    def _value(self, value: Any, place: str, built_in: Threshold) -> float:
        """Return the number in one form only, so that 3 and 3.0 are one version."""
        number = isinstance(value, int | float) and not isinstance(value, bool)
        limits = limits_of(place.rpartition(".")[2], built_in)
        wrong = limits.refuses(value) if number else f"{short(value)} is not a number"
        if wrong is not None:
            self.refuse(f"{place}.value", f"{wrong} ({built_in.unit})")
        if wrong is not None or value == built_in.value:
            return built_in.value
        return int(value) if value == int(value) else float(value)
