"""A risk model as a document: every number with its name and source, and back."""

import math
from collections.abc import Mapping
from typing import Any

from api.domain.risk.features import FEATURES, NAMES
from api.domain.risk.model import CENTRES, SHAPE, RiskModel

FORMAT = "aimss-risk-model-2"
_SHAPED = (
    "ELPh (PMID 22331951), SEER-Medicare (n=25,796), MA.27/E1Z03; what lies between is judgement "
    "(unverified). Where the start of the tablets is not known, time runs from the first entry"
)
_ABOUT = (
    "Risk of stopping the tablets within 90 days: complementary log-log hazard; each effect adds to the "
    "log-hazard per unit above the typical value; base_rate is the share who stop within 12 months; centres "
    "subtract the mean effect after 1, 2, 3, 4, 5, and 6 or more months of 30 days of a diary."
)
_LARGEST = 20.0
_TOP = {"format", "version", "about", "base", "features", "correlations", "shape", "made_from"}


class UnusableModel(Exception):
    """A document is no model; each of ``problems`` names a field and the valid values."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems."""
        super().__init__("; ".join(problems))
        self.problems = problems


def document_of(model: RiskModel, made_from: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a model as JSON can store it; ``read_model`` returns the same model.

    Args:
        model: The model.
        made_from: Data and performance of its calibration; no part of the version.
    """
    return {
        "format": FORMAT,
        "version": model.version,
        "about": _ABOUT,
        "base": {"base_rate": model.base_rate, "error": model.errors[0], "centres": list(model.centres)},
        "features": {
            feature.name: {
                "meaning": feature.meaning,
                "typical": feature.typical,
                "effect": effect,
                "error": error,
                "source": feature.source if effect == feature.effect else "calibrated, see made_from",
            }
            for feature, effect, error in zip(FEATURES, model.effects, model.errors[1:], strict=True)
        },
        "correlations": [list(row) for row in model.correlations],
        "shape": {
            "until_day": [until if math.isfinite(until) else None for until, _ in SHAPE],
            "relative_hazard": [hazard for _, hazard in SHAPE],
            "source": _SHAPED,
        },
        "made_from": dict(made_from or {}),
    }


def read_model(document: object) -> RiskModel:
    """Return the model of a document.

    Raises:
        UnusableModel: It is no model, or was changed by hand; with every problem.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UnusableModel([f"is no model of the risk of stopping: format is not {FORMAT!r}"])
    problems = [f"{name!r} is not known" for name in document if name not in _TOP]
    base = _part(document, "base", problems)
    features = _part(document, "features", problems)
    problems += [f"features: {name!r} is not known" for name in features if name not in NAMES]
    effects, errors = [], [_number(base, "error", "base", problems, least=0.0)]
    for name in NAMES:
        feature = _part(features, name, problems)
        effects.append(_number(feature, "effect", name, problems))
        errors.append(_number(feature, "error", name, problems, least=0.0))
    rate = _number(base, "base_rate", "base", problems, least=1e-6, most=1 - 1e-6)
    centres = _centres(base.get("centres"), problems)
    correlations = _correlations(document.get("correlations", []), problems)
    if problems:
        raise UnusableModel(problems)
    model = RiskModel(rate, centres, tuple(effects), tuple(errors), correlations)
    if document.get("version") != model.version:
        versions = f"version is {document.get('version')!r}, these numbers are {model.version}"
        raise UnusableModel(
            [f"{versions}: it was changed by hand, or made for other features; calibrate anew"]
        )
    return model


def _part(document: Mapping[str, Any], name: str, problems: list[str]) -> Mapping[str, Any]:
    part = document.get(name)
    if isinstance(part, dict):
        return part
    problems.append(f"{name!r} is missing; an object is needed")
    return {}


def _number(
    part: Mapping[str, Any],
    name: str,
    where: str,
    problems: list[str],
    *,
    least: float = -_LARGEST,
    most: float = _LARGEST,
) -> float:
    value = part.get(name)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and least <= value <= most:  # type: ignore[operator]
        return float(value)  # type: ignore[arg-type]
    problems.append(f"{where}: {name} is {value!r}; a number in {least:g}..{most:g} is needed")
    return 0.0


def _centres(values: object, problems: list[str]) -> tuple[float, ...]:
    each = dict(enumerate(values)) if isinstance(values, list) and len(values) == len(CENTRES) else {}
    wrong: list[str] = []
    found = tuple(_number(each, nth, "base", wrong) for nth in range(len(CENTRES)))  # type: ignore[arg-type]
    if wrong:
        problems.append(f"base: centres is {values!r}; {len(CENTRES)} numbers are needed")
    return found


def _correlations(rows: object, problems: list[str]) -> tuple[tuple[float, ...], ...]:
    if rows == []:
        return ()
    try:
        read = tuple(tuple(float(value) for value in row) for row in rows)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        read = ()
    triangle = [len(row) for row in read] == list(range(len(NAMES) + 1))
    if not triangle or not all(-1.0 <= value <= 1.0 for row in read for value in row):
        problems.append(
            f"correlations: {len(NAMES) + 1} rows of 0, 1, 2 … numbers in -1..1 are needed, or []"
        )
    return read
