"""Strict reading of a policy document."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from api.domain.alerts.finding import FOUND, FindingKind, Tier
from api.domain.alerts.urgency import Tiers
from api.domain.documents import MAX_NAME, MAX_SOURCE, DocumentReader, Table, shorten
from api.domain.policies.earlier import EARLIER_BUILT_IN, RETIRED
from api.domain.policies.limits import contradictions, limits_of, measure
from api.domain.policies.site_policy import BUILT_IN, PolicyDocument
from api.domain.policy import JUDGEMENT, Threshold, Thresholds

FIELDS = ("name", "tiers", "thresholds", "budget")
THRESHOLD_FIELDS = ("value", "unit", "source")

Numbers = TypeVar("Numbers", bound=Thresholds)


def read_policy(document: Any) -> PolicyDocument:
    """Read a policy; a value that the document leaves out keeps its built-in value.

    A number that differs from the built-in one needs a source of the site's own: who decided it and
    when, or the paper.

    Args:
        document: Parsed JSON or TOML with ``name``, ``tiers``, ``thresholds`` and ``budget``.

    Returns:
        The policy.

    Raises:
        UnusableDocument: The document is not a policy; with every problem.

    >>> read_policy({"name": "Ward 3", "tiers": {"silence": "self_care"}}).tiers.values()["silence"]
    'self_care'
    >>> read_policy({"name": "Ward 3", "thresholds": {"severe_frm": {}}})
    Traceback (most recent call last):
    api.domain.documents.UnusableDocument: thresholds.severe_frm: is not known; did you mean 'severe_from'?
    """
    reader = _PolicyReader()
    root = reader.root(document, FIELDS)
    policy = PolicyDocument(
        name=reader.text(root.get("name"), "name", MAX_NAME),
        tiers=reader.tiers(reader.part(root, "tiers")),
        thresholds=reader.numbers(reader.part(root, "thresholds"), "thresholds", BUILT_IN.thresholds),
        budget=reader.numbers(reader.part(root, "budget"), "budget", BUILT_IN.budget),
    )
    if not reader.problems:
        clashes = contradictions(policy.thresholds.values())
        reader.problems += [(f"thresholds.{name}.value", reason) for name, reason in clashes]
    if policy.name == BUILT_IN.name and policy != BUILT_IN:
        taken = "is the name of the built-in policy, and this one differs: name it otherwise"
        reader.refuse("name", f"{BUILT_IN.name!r} {taken}")
    return reader.finish(policy)


class _PolicyReader(DocumentReader):
    def part(self, document: Table, name: str) -> Table:
        value = document.get(name, {})
        if isinstance(value, Mapping):
            return value
        self.refuse(name, f"{shorten(value)} is not a table of names")
        return {}

    def tiers(self, table: Table) -> Tiers:
        self.refuse_unknown("tiers.", table, [kind.value for kind in FOUND])
        chosen: dict[FindingKind, Tier] = {}
        for kind in [kind for kind in FOUND if kind.value in table]:
            allowed = {tier.value: tier for tier in kind.defaults.allowed}
            value = table[kind.value]
            if isinstance(value, str) and value in allowed:
                chosen[kind] = allowed[value]
            else:
                reason = "may not be lowered to that" if value in list(Tier) else "is no tier"
                self.refuse(f"tiers.{kind.value}", f"{shorten(value)} {reason}; use {' or '.join(allowed)}")
        return Tiers(chosen)

    def numbers(self, table: Table, part: str, built_in: Numbers) -> Numbers:
        names = [field.name for field in fields(built_in)]
        table = {name: value for name, value in table.items() if name not in RETIRED}
        self.refuse_unknown(f"{part}.", table, names)
        chosen: dict[str, Any] = {
            name: self._threshold(table[name], f"{part}.{name}", getattr(built_in, name))
            for name in names
            if name in table
        }
        return replace(built_in, **chosen)

    def _threshold(self, value: Any, path: str, built_in: Threshold) -> Threshold:
        table = self.table(value, path, THRESHOLD_FIELDS)
        number = self._number(table.get("value", built_in.value), path, built_in)
        unit = table.get("unit", built_in.unit)
        # Only the first word counts, so that files of an earlier wording stay readable.
        if not isinstance(unit, str) or measure(unit) != measure(built_in.unit):
            self.refuse(f"{path}.unit", f"cannot be changed; it is {built_in.unit!r}")
        source = built_in.source
        if "source" in table:
            source = self.text(table["source"], f"{path}.source", MAX_SOURCE)
        is_earlier = number == EARLIER_BUILT_IN.get(path.rpartition(".")[2])
        if is_earlier and source in (built_in.source, JUDGEMENT):
            number, source = built_in.value, built_in.source
        if number != built_in.value and source == built_in.source:
            differs = f"{number:g} differs from the built-in {built_in.value:g}"
            own = "give the site's own source: who decided it and when, or the paper"
            self.refuse(f"{path}.source", f"{differs}; {own}")
        return Threshold(number, built_in.unit, source)

    def _number(self, value: Any, path: str, built_in: Threshold) -> float:
        """Return a threshold's value in one numeric form, so that 3 and 3.0 give the same version."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        limits = limits_of(path.rpartition(".")[2], built_in)
        reason = limits.reason_to_refuse(value) if is_number else f"{shorten(value)} is not a number"
        if reason is not None:
            self.refuse(f"{path}.value", f"{reason} ({built_in.unit})")
        if reason is not None or value == built_in.value:
            return built_in.value
        return int(value) if value == int(value) else float(value)
