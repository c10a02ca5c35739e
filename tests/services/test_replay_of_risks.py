"""Replay with a model or base rate of the user, and model files."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from api.app import create_app
from api.domain.risk.document import document_of, read_model
from api.domain.risk.features import NAMES
from api.domain.risk.model import RiskModel
from api.domain.trajectory.engine import Engine
from api.services.scoring.risk_models import UnusableModelFile, engine_with, load_model, save_model
from config.settings import Settings
from tests.support.calibration_cohorts import LANDMARK, Cohort
from tests.support.replay_desk import Desk, diary, lines


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk."""
    return Desk(tmp_path)


def risks(desk):
    """Return the risks of scores.csv, blank left out."""
    return [float(row["risk_90d"]) for row in desk.read("scores.csv") if row["risk_90d"]]


def test_scores_hold_the_risk_once_there_is_enough(desk):
    desk.run(lines(*diary("P", [3, 3, 3, 3])))

    values = [row["risk_90d"] for row in desk.read("scores.csv")]
    assert values[:2] == ["", ""]
    assert 0 < float(values[2]) < 0.2


def test_facts_of_the_patients_file_count(desk):
    rows = lines(*diary("P", [5] * 10))
    columns = "patient,ai_started_on,ai,prior_tamoxifen,prior_taxane,birth_year"

    desk.run(rows, f"{columns}\nP,2026-03-01,letrozole,false,false,1950\n")
    lower = risks(desk)[-1]
    desk.run(rows, f"{columns}\nP,2026-03-01,Exemestane,true,true,1985\n")

    assert risks(desk)[-1] > 2 * lower


@pytest.mark.parametrize("named", ["Letrozol", "LETROZOLE", "letrozole 2.5 mg"])
def test_a_tablet_is_known_by_its_name_in_other_tongues(desk, named):
    rows, columns = lines(*diary("P", [5] * 10)), "patient,ai"
    desk.run(rows, f"{columns}\nP,letrozole\n")
    as_written = risks(desk)
    desk.run(rows, f"{columns}\nP,{named}\n")

    assert risks(desk) == as_written


def test_an_unknown_tablet_is_like_a_blank(desk):
    rows = lines(*diary("P", [5] * 10))
    desk.run(rows)
    untold = risks(desk)

    result = desk.run(rows, "patient,ai\nP,something new\n")

    assert result.exit_code == 0
    assert risks(desk) == untold


def test_a_model_of_ones_own_scores_and_changes_the_engines_version(desk, tmp_path):
    rows = lines(*diary("P", [5] * 10))
    desk.run(rows)
    before, version = risks(desk), desk.read("scores.csv")[0]["engine"]
    save_model(tmp_path / "own.json", RiskModel(base_rate=0.4), {})

    result = desk.run(rows, None, "--model", str(tmp_path / "own.json"))

    assert result.exit_code == 0
    assert all(now > then for now, then in zip(risks(desk), before, strict=True))
    own = desk.read("scores.csv")[0]["engine"]
    assert own == Engine(model=RiskModel(base_rate=0.4)).version
    assert own != version


def test_a_base_rate_is_that_of_the_patients_in_the_files(tmp_path):
    """A base rate of 30% holds for patients in much pain and doubt."""
    cohort = Cohort(tmp_path, 300)
    desk = Desk(tmp_path)
    columns, *values = cohort.entries.read_text().splitlines()
    entries = "\n".join([columns, *(row for row in values)])

    result = desk.run(entries, cohort.patients.read_text(), "--base-rate", "0.3")

    assert result.exit_code == 0
    last = {row["patient"]: row for row in desk.read("scores.csv") if row["date"] <= "2026-03-06"}
    mean = sum(float(row["risk_90d"]) for row in last.values()) / len(last)
    share_of_year = 90 * 2 / (182.625 * 2 + 182.375)
    assert LANDMARK == 60
    assert mean == pytest.approx(1 - 0.7**share_of_year, rel=0.15)


def test_rows_in_any_order_are_the_same_patients(desk):
    rows = [*diary("A", [2, 3, 2, 4] * 7), *diary("B", [7, 8] * 14)]
    desk.run(lines(*rows), None, "--base-rate", "0.2")
    first = desk.read("scores.csv")
    desk.run(lines(*reversed(rows)), None, "--base-rate", "0.2")

    assert desk.read("scores.csv") == first


def test_days_after_stopping_do_not_set_the_base_rate(tmp_path):
    """A patient who has stopped and writes on would pull down every risk."""
    first, found = date(2026, 1, 5), []
    for stops in (False, True):
        rows = [
            f"P{patient},{first + timedelta(days=n)}T20:00:00+00:00,{(2, 3, 4, 3)[n % 4]},"
            + ("false" if stops and patient < 3 and n > 40 else "true")
            for patient in range(30)
            for n in range(100)
        ]
        desk = Desk(tmp_path)
        desk.run("\n".join(["patient,recorded_at,pain_worst,dose_taken", *rows]), None, "--base-rate", "0.2")
        last = [row["risk_90d"] for row in desk.read("scores.csv") if row["patient"] == "P9"][-1]
        found.append(float(last))

    assert found[1] == pytest.approx(found[0], rel=0.15)


@pytest.mark.parametrize("rate", ["0", "1", "12", "x", "nan"])
def test_a_base_rate_is_a_share(desk, rate):
    result = desk.run(lines(*diary("P", [5] * 10)), None, "--base-rate", rate)

    assert result.exit_code == 2
    assert "--base-rate" in result.stderr


def test_a_base_rate_needs_diaries_that_hold_enough(desk):
    result = desk.run(lines(*diary("P", [5])), None, "--base-rate", "0.2")

    assert result.exit_code == 2
    assert "no diary holds enough to set a base rate by" in result.stderr


def test_a_model_is_not_overwritten_by_an_output(desk, tmp_path):
    save_model(tmp_path / "own.json", RiskModel(), {})

    result = desk.run(
        lines(*diary("P", [5])),
        None,
        "--model",
        str(tmp_path / "own.json"),
        "--rejects",
        str(tmp_path / "own.json"),
    )

    assert result.exit_code == 2
    assert "named for two purposes" in result.stderr


def test_a_model_passes_through_its_document_unchanged():
    below = tuple(tuple(0.1 for _ in range(i)) for i in range(len(NAMES) + 1))
    for model in (RiskModel(), RiskModel(base_rate=0.3, centres=(0.1,) * 6, correlations=below)):
        document = json.loads(json.dumps(document_of(model, {"women": 3}), allow_nan=False))

        assert read_model(document) == model
        assert set(document["features"]) == set(NAMES)
        assert all(feature["source"] for feature in document["features"].values())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(format="other"), "is no model of the risk of stopping"),
        (lambda d: d["base"].update(base_rate=1.5), "base: base_rate is 1.5; a number in 1e-06..0.999999"),
        (lambda d: d["base"].pop("error"), "base: error is None; a number in 0..20 is needed"),
        (lambda d: d["features"].pop("pain"), "'pain' is missing; an object is needed"),
        (lambda d: d["features"].update(race={}), "features: 'race' is not known"),
        (lambda d: d["features"]["pain"].update(effect="big"), "pain: effect is 'big'"),
        (lambda d: d["features"]["pain"].update(effect=float("nan")), "pain: effect is nan"),
        (lambda d: d["features"]["pain"].update(effect=0.5), "it was changed by hand"),
        (lambda d: d.update(extra=1), "'extra' is not known"),
        (lambda d: d.update(correlations=[[1, 2]]), "23 rows of 0, 1, 2"),
        (lambda d: d.update(correlations=7), "23 rows of 0, 1, 2"),
    ],
)
def test_a_document_that_is_no_model_is_refused_with_what_would_be_right(tmp_path, change, said):
    document = document_of(RiskModel())
    change(document)
    (tmp_path / "bad.json").write_text(json.dumps(document))

    with pytest.raises(UnusableModelFile) as refused:
        load_model(tmp_path / "bad.json")

    assert said in str(refused.value)
    assert "bad.json: " in str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{\n  bad", "bad.json:2: column 3: is not JSON"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"[" * 100_000, "is not JSON: maximum recursion depth"),
        (b"9" * 5_000, "is not JSON: Exceeds the limit"),
        (b"[]", "is no model"),
        (b" " * 1_000_001, "is larger than 1,000,000 bytes"),
    ],
)
def test_a_file_that_is_no_model_is_refused_with_its_place(desk, tmp_path, content, said):
    (tmp_path / "bad.json").write_bytes(content)

    result = desk.run(lines(*diary("P", [5])), None, "--model", str(tmp_path / "bad.json"))

    assert result.exit_code == 2
    assert said in result.stderr


def test_a_model_is_saved_once_and_where_it_can_be(tmp_path):
    save_model(tmp_path / "own.json", RiskModel(), {})

    with pytest.raises(UnusableModelFile, match="is there already"):
        save_model(tmp_path / "own.json", RiskModel(base_rate=0.2), {})
    with pytest.raises(UnusableModelFile, match="cannot be written"):
        save_model(tmp_path / "nowhere" / "own.json", RiskModel(), {})
    with pytest.raises(UnusableModelFile, match="cannot be read"):
        load_model(tmp_path / "none.json")


def test_a_server_uses_the_configured_model_or_does_not_start(tmp_path, sqlite):
    save_model(tmp_path / "own.json", RiskModel(base_rate=0.4), {})
    settings = Settings.from_env({"RISK_MODEL": str(tmp_path / "own.json")})

    app = create_app(settings, database=sqlite)

    assert app.extensions["aimss.engine"].model == RiskModel(base_rate=0.4)
    assert engine_with(Settings.from_env({}).risk_model).version == Engine().version
    with pytest.raises(ValueError, match="RISK_MODEL names"):
        Settings.from_env({"RISK_MODEL": str(tmp_path / "gone.json")})
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(UnusableModelFile):
        create_app(Settings.from_env({"RISK_MODEL": str(tmp_path / "other.json")}), database=sqlite)
