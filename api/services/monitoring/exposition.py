"""Prometheus' text format, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class MetricFamily:
    """One metric: what it is, and its value for each set of labels."""

    name: str
    kind: Literal["gauge", "counter", "histogram"]
    help: str
    samples: tuple["MetricSample", ...]


@dataclass(frozen=True, slots=True)
class MetricSample:
    """One value. Labels are words of the program, never of people."""

    value: float
    labels: Mapping[str, str]
    suffix: str = ""


def write(families: Iterable[MetricFamily]) -> str:
    """Return what Prometheus reads.

    >>> samples = (MetricSample(2, {"way": "a"}),)
    >>> print(write([MetricFamily("x_total", "counter", "How often.", samples)]), end="")
    # HELP x_total How often.
    # TYPE x_total counter
    x_total{way="a"} 2
    """
    return "".join(_family(family) for family in families)


def _family(family: MetricFamily) -> str:
    head = f"# HELP {family.name} {family.help}\n# TYPE {family.name} {family.kind}\n"
    return head + "".join(_line(family.name, sample) for sample in family.samples)


def _line(name: str, sample: MetricSample) -> str:
    labels = ",".join(f'{label}="{value}"' for label, value in sample.labels.items())
    return f"{name}{sample.suffix}{'{' + labels + '}' if labels else ''} {sample.value:.17g}\n"
