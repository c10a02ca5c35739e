"""Directions, cuts and important differences, typed from the papers independently of the product."""

import csv
from pathlib import Path

import pytest

from api.domain.instruments.catalogue.promis_tables import T_SCORES
from api.domain.instruments.interpretation import band_of
from api.domain.instruments.registry import INSTRUMENTS, find
from api.domain.instruments.scores import Direction
from api.domain.instruments.scoring import score

T_SCORE_FILE = Path(__file__).parents[2] / "data" / "promis-t-scores.csv"
PROMIS_SYMPTOM = {54.9: "within normal limits", 55: "mild", 60: "moderate", 69.9: "moderate", 70: "severe"}
PROMIS_FUNCTION = {29.9: "severe", 30: "moderate", 40: "mild", 44.9: "mild", 45: "within normal limits"}
HAQ = {
    0: "no to mild disability",
    1: "no to mild disability",
    1.125: "moderate disability",
    2: "moderate disability",
    2.125: "severe disability",
}
PROBLEM, NONE = "a clinically important problem", "no clinically important problem"

CUTS = {
    # Serlin 1995: 1-4, 5-6, 7-10
    "bpi-sf worst": {0: "none", 1: "mild", 4: "mild", 5: "moderate", 6: "moderate", 7: "severe"},
    # Khanna 2008: up to 1 mild, up to 2 moderate, above 2 severe
    "haq-di di": HAQ,
    "haq-di di_alternative": HAQ,
    # Burckhardt 2004: severe from 70
    "fiq total": {69.9: "below the severe range of fibromyalgia", 70: "severe, as in fibromyalgia"},
    # Salaffi 2018: up to 30 remission, up to 45 mild, up to 65 moderate
    "fiqr total": {
        30: "remission, as in fibromyalgia",
        30.5: "mild, as in fibromyalgia",
        45: "mild, as in fibromyalgia",
        45.5: "moderate, as in fibromyalgia",
        65: "moderate, as in fibromyalgia",
        65.5: "severe, as in fibromyalgia",
    },
    # Giesinger 2020: physical functioning below 83, fatigue above 39, pain above 25
    "qlq-c30 PF": {82: PROBLEM, 83: NONE},
    "qlq-c30 FA": {38: NONE, 40: PROBLEM},
    "qlq-c30 PA": {24: NONE, 26: PROBLEM},
    # HealthMeasures: symptoms 55, 60, 70; function 45, 40, 30; global health by the answers to Global01
    **{
        f"promis-29 {domain}": PROMIS_SYMPTOM
        for domain in ("anxiety", "depression", "fatigue", "sleep_disturbance", "pain_interference")
    },
    "promis-pi-4a pain_interference": PROMIS_SYMPTOM,
    "promis-29 physical_function": PROMIS_FUNCTION,
    "promis-29 social_roles": PROMIS_FUNCTION,
    "promis-global-10 global_physical": {
        34: "poor",
        35: "fair",
        42: "good",
        50: "very good",
        58: "excellent",
    },
    "promis-global-10 global_mental": {28: "poor", 29: "fair", 40: "good", 48: "very good", 56: "excellent"},
    # Shapiro 2016: admitted from 1.5
    "bcpt-ms musculoskeletal": {
        1.4: "below the level a trial admitted",
        1.5: "at the level a trial admitted",
    },
}

MATTERS = {
    "bpi-sf worst": 2,  # Mathias 2011
    "bpi-sf interference": 1,  # Dworkin 2008, IMMPACT
    "haq-di di": 0.22,  # Wells 1993
    "haq-di di_alternative": 0.22,
    # Eton 2004, the lower end of 5-6, 2-3, 7-8 and 5-6; Smith 2022, 5 points of endocrine symptoms
    **{
        f"{form} {score}": points
        for form in ("fact-b", "fact-es")
        for score, points in (
            *(("FACT_G", 5), ("BCS", 2), ("FACT_B", 7), ("TOI", 5)),
            *(("ESS_18", 5), ("ESS_19", 5), ("ESS_23", 5)),
        )
    },
    "qlq-c30 PF": 7,  # Basch 2022, the upper end of 2-7
    # Smith 2022, 4 points of a PROMIS score
    **{
        f"promis-29 {domain}": 4
        for domain in (
            *("physical_function", "anxiety", "depression", "fatigue"),
            *("sleep_disturbance", "pain_interference"),
        )
    },
    "promis-pi-4a pain_interference": 4,
    "quickdash disability": 14,  # Sorensen 2013
}

ERRORS = {
    "bpi-sf worst": 1.6,  # Mathias 2011
    "promis-29 pain_interference": 1.84,  # Katz 2020
    "promis-pi-4a pain_interference": 1.84,
    "quickdash disability": 6.17,  # van Kampen 2013: 17.1 / (1.96 x root 2)
}

SCALES = {
    "qlq-c30": "QL=29,30 PF=1,2,3,4,5 RF=6,7 EF=21,22,23,24 CF=20,25 SF=26,27 FA=10,12,18 NV=14,15 PA=9,19 "
    "DY=8 SL=11 AP=13 CO=16 DI=17 FI=28",
    "qlq-br23": "BRBI=39,40,41,42 BRSEF=44,45 BRSEE=46 BRFU=43 BRST=31,32,33,34,36,37,38 BRBS=50,51,52,53 "
    "BRAS=47,48,49 BRHL=35",
}
"""Scale to its questions, as the EORTC's scoring manual numbers them."""

BETTER_WHEN_HIGHER = {
    **dict.fromkeys(("fact-b", "fact-es"), "PWB SWB EWB FWB FACT_G BCS FACT_B TOI ESS_18 ESS_19 ESS_23"),
    "qlq-c30": "QL PF RF EF CF SF C30SUMMARY",
    "qlq-br23": "BRBI BRSEF BRSEE BRFU",
    "promis-29": "physical_function social_roles",
    "promis-global-10": "global_physical global_mental",
    "mars-5": "adherence",
}
"""Instrument to its scores of which more is better; of every other score more is worse."""

SCORES = {f"{each.code} {of.id}": of for each in INSTRUMENTS for of in each.scores}


def test_each_band_begins_at_the_cut_of_its_paper():
    assert {name for name, of in SCORES.items() if of.bands} == set(CUTS)
    for name, words in CUTS.items():
        assert {value: band_of(SCORES[name], value).label for value in words} == words, name


def test_important_differences_are_those_of_the_papers():
    assert {
        name: of.minimal_important_difference.value
        for name, of in SCORES.items()
        if of.minimal_important_difference
    } == MATTERS


def test_measurement_errors_are_those_of_the_papers():
    assert {name: of.sem.value for name, of in SCORES.items() if of.sem} == ERRORS


def test_more_is_worse_but_for_function_well_being_and_adherence():
    better = {name for name, of in SCORES.items() if of.direction is Direction.HIGHER_IS_BETTER}
    assert better == {
        f"{code} {name}" for code, names in BETTER_WHEN_HIGHER.items() for name in names.split()
    }


def test_every_t_score_is_the_one_that_was_read():
    source, *lines = T_SCORE_FILE.read_text(encoding="utf-8").splitlines()
    assert source.startswith("# Source: ")
    rows = {
        row["table"]: tuple(float(row[str(raw)]) for raw in range(4, 21)) for row in csv.DictReader(lines)
    }
    assert rows == {name: table for name, table in T_SCORES.items() if name != "physical_v2"}


@pytest.mark.parametrize(("code", "manual"), SCALES.items())
def test_a_scale_of_the_eortc_moves_with_the_items_its_manual_names_and_with_no_other(code, manual):
    instrument = find(code)
    middling = {item.id: 2 for item in instrument.items}
    before, raised = score(instrument, middling).scores, {}
    for item in instrument.items:
        raised[item.id.removeprefix("q")] = score(instrument, middling | {item.id: 3}).scores
    for scale in manual.split():
        name, items = scale.split("=")
        assert [item for item, after in raised.items() if after[name] != before[name]] == items.split(",")
