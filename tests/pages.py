"""Pages of `docs` made from definitions: `make pages` writes them, a test compares them.

Pages written by hand take their measured figures from docs/figures.json, at marks such as
``<!--=daily.found-->94%<!--/-->``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from api.domain.guidance import page as guidance
from api.domain.instruments.registry import NEWEST
from api.domain.trajectory.engine import Engine
from api.services.instruments import instrument_pages
from api.services.instruments.instrument_pages import WorkedExample
from tests.domain.instruments.worked_examples import examples_of, source_of
from tests.worlds.measure import BINS

DOCS = Path(__file__).parents[1] / "docs"
INDEX = DOCS / "reference/instruments/README.md"
BEGIN, END = "<!-- made by `make pages`: the table -->\n", "<!-- the table ends -->\n"


WITH_FIGURES = tuple(
    DOCS / "explanation" / name
    for name in ("clinicians.md", "discontinuation.md", "engine.md", "evaluation.md")
)
MARK = re.compile(r"(<!--=([\w.]+)-->).*?(<!--/-->)", re.DOTALL)
RULES = {
    "engine": ("**engine**", "engine"),
    "any_4": ("any ≥ 4", "any 4"),
    "any_rise": ("any +2, or ≥ 7", "any rise"),
    "weekly_mean": ("7-day mean +2", "weekly mean"),
    "cusum": ("CUSUM", "CUSUM"),
}
"""Each rule's name in the two tables."""
PATIENTS_OF_A_NURSE, WEEKS_OF_A_YEAR = 80, 52


def figures() -> dict[str, str]:
    """Return the text for every mark, from the figures that `make figures` measured."""
    measured = json.loads((DOCS / "figures.json").read_text(encoding="utf-8"))
    main, varied = measured["main"], measured["varied"]
    values = {
        "engine": engine_measured(measured["engine"], Engine().version),
        "operating_curves": _operating_curves(main),
        "other_assumptions": _other_assumptions(varied),
        "simple_rules": _simple_rules(main),
        "other_worlds": _other_worlds(measured["worlds"]),
        "reliability": _reliability(measured["worlds"]),
        "extra_check_ins": _extra_check_ins(measured["extra_check_ins"]),
        "level_intervals": _level_intervals(measured["level_intervals"]),
        "stopping": _stopping(measured["stopping"]["worlds"]),
        "stopping.limits": _stopping_limits(measured["stopping"]["limits"]),
        "stopping.patients": f"{measured['stopping']['patients']:,}",
    }
    for cadence, rules in main.items():
        engine = {name: figure["value"] for name, figure in rules["engine"].items()}
        years = 1 / engine["false_per_patient_year"]
        values |= {
            f"{cadence}.found": f"{engine['sensitivity_60d']:.0%}",
            f"{cadence}.delay": f"{engine['median_delay_days']:g}",
            f"{cadence}.false": f"{engine['false_per_patient_year']:.2f}",
            f"{cadence}.years": f"{years:.1f}",
        }
    times = [_false(rules["weekly_mean"]) / _false(rules["engine"]) for rules in main.values()]
    a_year = PATIENTS_OF_A_NURSE * _false(main["daily"]["engine"])
    alike = _false(varied["daily, correlation of adjacent days 0.6 instead of 0.35"])
    return values | {
        "mean.least": f"{min(times):.0f}",
        "mean.most": f"{max(times):.0f}",
        "nurse.a_year": f"{a_year:.0f}",
        "nurse.weeks": f"{WEEKS_OF_A_YEAR / a_year:.1f}",
        "alike.times": f"{alike / _false(main['daily']['engine']):.0f}",
    }


def engine_measured(measured: str, present: str) -> str:
    """Return the engine that was measured, and the built-in one where that has become another."""
    return measured if measured == present else f"{measured} (the built-in engine is now {present})"


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a page with the present figures at its marks."""
    return MARK.sub(lambda mark: f"{mark[1]}{values[mark[2]]}{mark[3]}", text)


def generated() -> dict[Path, str]:
    """Return the text of every page that is made, by its file."""
    present = list(NEWEST.values())
    pages = {DOCS / f"reference/instruments/{each.code}.md": _page(each) for each in present}
    head, _, rest = INDEX.read_text(encoding="utf-8").partition(BEGIN)
    _, _, foot = rest.partition(END)
    table = f"{head}{BEGIN}\n{instrument_pages.index(present)}\n\n{END}{foot}"
    values = figures()
    with_figures = {page: filled(page.read_text(encoding="utf-8"), values) for page in WITH_FIGURES}
    return pages | with_figures | {INDEX: table, DOCS / "reference/guidance.md": guidance.page()}


def _page(instrument) -> str:
    examples = [
        WorkedExample(each.name, each.answers, each.options, tuple(each.scores))
        for each in examples_of(instrument.code)
    ]
    return instrument_pages.page(instrument, source_of(instrument.code), examples)


def _operating_curves(main: Mapping[str, Any]) -> str:
    rows = [
        "| cadence | rule | found ≤ 60 d | … of those who wrote on | median delay | 90th percentile "
        "| false alerts per patient-year |",
        "|---|---|---|---|---|---|---|",
    ]
    for cadence, rules in main.items():
        for nth, (rule, found) in enumerate(rules.items()):
            cells = list(_cells(found, with_intervals=rule == "engine"))
            rows.append(f"| {'' if nth else f'{cadence} '}| {RULES[rule][0]} | {' | '.join(cells)} |")
    return _block(rows)


def _other_assumptions(varied: Mapping[str, Any]) -> str:
    rows = [
        "| cohort | found ≤ 60 d | … of those who wrote on | median delay | false alerts per patient-year |",
        "|---|---|---|---|---|",
    ]
    for cohort, found in varied.items():
        share, wrote_on, delay, _, false = _cells(found, with_intervals=True)
        rows.append(f"| {cohort} | {share} | {wrote_on} | {delay} | {false} |")
    return _block(rows)


def _extra_check_ins(worlds: Mapping[str, Any]) -> str:
    rows = [
        "| diaries | answered | found ≤ 60 d | median delay | false alerts per patient-year "
        "| times asked a year | extra answers a year |",
        "|---|---|---|---|---|---|---|",
    ]
    for diaries, by_share in worlds.items():
        for nth, (answered, found) in enumerate(by_share.items()):
            share, delay, *rates = found.values()
            cells = (answered, f"{share:.2f}", f"{delay:g} d", *(f"{rate:.2f}" for rate in rates))
            rows.append(f"| {'' if nth else f'{diaries} '}| {' | '.join(cells)} |")
    return _block(rows)


def _other_worlds(worlds: Mapping[str, Any]) -> str:
    rows = [
        "| world | diaries | patients | onsets | found ≤ 60 d | median delay "
        "| false alerts per patient-year |",
        "|---|---|---|---|---|---|---|",
    ]
    for world, measured in worlds.items():
        for nth, (group, found) in enumerate(measured["groups"].items()):
            share = "" if found["found"] is None else f"{found['found']:.2f}"
            delay = "never" if found["delay"] is None else f"{found['delay']:g} d"
            cells = (found["patients"], found["onsets"], share, delay if found["onsets"] else "")
            shown = " | ".join(str(cell) for cell in (*cells, f"{found['false']:.2f}"))
            rows.append(f"| {'' if nth else world} | {group} | {shown} |")
    return _block(rows)


def _reliability(worlds: Mapping[str, Any]) -> str:
    names = [f"{low:g}-{high:g}" for low, high in pairwise(BINS[:-1])] + [f"{BINS[-2]:g} and more"]
    rows = [f"| world | diary | {' | '.join(names)} |", f"|---|---|{'---|' * len(names)}"]
    for world, measured in worlds.items():
        for density, shares in measured["reliability"].items():
            cells = ("" if share is None else f"{share:.2f} ({days})" for share, days in shares)
            rows.append(f"| {world} | {density} | {' | '.join(cells)} |")
    return _block(rows)


def _stopping(worlds: Mapping[str, Any]) -> str:
    rows = [
        "| world | stop in a year | day | predicted over observed | AUROC | refitted |",
        "|---|---|---|---|---|---|",
    ]
    for world, shares in worlds.items():
        for share, days in shares.items():
            for day, found in days.items():
                ratio, ranking = (_with_interval(found, name) for name in ("ratio", "auroc"))
                cells = (ratio, ranking, f"{found['refitted']:.2f}")
                rows.append(f"| {world} | {float(share):.0%} | {day} | {' | '.join(cells)} |")
    return _block(rows)


def _stopping_limits(worlds: Mapping[str, Any]) -> str:
    rows = [
        "| world | limit | findings a patient-year | stopped within 90 days | warned, of all who stopped |",
        "|---|---|---|---|---|",
    ]
    for world, limits in worlds.items():
        for limit, found in limits.items():
            cells = (f"{found['per_patient_year']:.2f}", f"{found['followed_by_stopping']:.0%}")
            warned = f"{found['warned']} of {found['stopped']}"
            rows.append(f"| {world} | {float(limit):.0%} | {' | '.join(cells)} | {warned} |")
    return _block(rows)


def _with_interval(found: Mapping[str, float], name: str) -> str:
    return f"{found[name]:.2f} ({found[f'{name}_low']:.2f}-{found[f'{name}_high']:.2f})"


def _simple_rules(main: Mapping[str, Any]) -> str:
    rows = [
        "| | found in 60 d: daily / weekly / mixed | median delay, days | false alerts per patient-year |",
        "|---|---|---|---|",
    ]
    for rule, (_, name) in RULES.items():
        each = [main[cadence][rule] for cadence in main]
        shares = " / ".join(f"{one['sensitivity_60d']['value']:.2f}" for one in each)
        delays = " / ".join(f"{one['median_delay_days']['value']:g}" for one in each)
        rows.append(f"| {name} | {shares} | {delays} | {' / '.join(f'{_false(one):.2f}' for one in each)} |")
    return _block(rows)


def _level_intervals(measured: Mapping[str, Any]) -> str:
    rows = [
        "| diaries | symptom | covered | mean width | moving | below 1 | above 8 | quiet | noisy |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for diaries, symptoms in measured.items():
        for symptom, found in symptoms.items():
            shares = [f"{found[name]:.3f}" for name in ("moving", "low", "high", "quiet", "noisy")]
            head = f"**{found['covered']:.3f}** | {found['width']:.1f}"
            rows.append(f"| {diaries} | {symptom} | {head} | {' | '.join(shares)} |")
    return _block(rows)


def _cells(found: Mapping[str, Any], *, with_intervals: bool) -> Iterator[str]:
    for name, form in (
        ("sensitivity_60d", ".2f"),
        ("sensitivity_60d_where_written", ".2f"),
        ("median_delay_days", ""),
        ("p90_delay_days", ""),
        ("false_per_patient_year", ".2f"),
    ):
        figure = found[name]
        if not form:
            yield "never" if figure["value"] == "never" else f"{figure['value']:g} d"
        elif with_intervals:
            yield f"{figure['value']:{form}} ({figure['low']:{form}}-{figure['high']:{form}})"
        else:
            yield f"{figure['value']:{form}}"


def _false(rule: Mapping[str, Any]) -> float:
    return float(rule["false_per_patient_year"]["value"])


def _block(rows: list[str]) -> str:
    return "\n\n" + "\n".join(rows) + "\n\n"


if __name__ == "__main__":
    for file, text in generated().items():
        file.write_text(text, encoding="utf-8")
