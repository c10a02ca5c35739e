"""Laws over every instrument of the registry: source, licence, range, direction, and blank is blank."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.errors import InvalidAnswers, UnknownInstrument
from api.domain.instruments.definition import Instrument, Item, Licence, Wording
from api.domain.instruments.registry import INSTRUMENTS, NEWEST, find
from api.domain.instruments.scores import Cited, Direction, ScoreDefinition, Unscored
from api.domain.instruments.scoring import score
from tests.domain.instruments import laws
from tests.domain.instruments.worked_examples import examples_of

CONTRACT = {
    *("bpi-sf", "haq-di", "fiq", "fiqr", "siqr", "pro-ctcae", "fact-b", "fact-es", "qlq-c30", "qlq-br23"),
    *("promis-29", "promis-pi-4a", "promis-global-10", "bcpt-ms", "m-sacrah", "quickdash", "mars-5"),
}
SIGNS = {(each.code, each.version): laws.effects(each) for each in INSTRUMENTS}
every_instrument = pytest.mark.parametrize(
    "instrument", INSTRUMENTS, ids=[f"{each.code}-{each.version}" for each in INSTRUMENTS]
)


def test_the_registry_holds_the_instruments_of_the_contract_each_version_once():
    assert {each.code for each in INSTRUMENTS} == CONTRACT
    assert len({(each.code, each.version) for each in INSTRUMENTS}) == len(INSTRUMENTS)


@pytest.mark.parametrize(("code", "version"), [("no-such", None), ("bpi-sf", "no such")])
def test_an_unknown_instrument_is_answered_with_the_known_ones(code, version):
    with pytest.raises(UnknownInstrument, match="bpi-sf"):
        find(code, version)


@every_instrument
def test_it_names_sources_and_an_algorithm_a_nurse_can_follow(instrument):
    expected = (instrument.name, instrument.recall_period, instrument.algorithm, instrument.missing_rule)
    assert all(text.strip() for text in (*expected, *instrument.sources, *instrument.cautions))
    assert instrument.sources
    assert instrument.licence.terms.strip()
    assert instrument.licence.source.strip()


@every_instrument
def test_a_retired_instrument_names_a_reason_and_a_successor_in_use(instrument):
    if instrument.retired is not None:
        assert instrument.retired.reason.strip()
        successor = instrument.retired.successor
        assert successor is None or NEWEST[successor].retired is None


@every_instrument
def test_it_ships_no_wording_where_its_licence_does_not_allow_it(instrument):
    worded = [item.id for item in instrument.items if item.texts]
    assert instrument.licence.wording is not Wording.NOT_SHIPPED or not worded


@every_instrument
def test_its_items_and_scores_are_declared_once_with_room_between_their_ends(instrument):
    for named in (instrument.items, instrument.scores, instrument.options):
        ids = [getattr(each, "id", None) or each.name for each in named]
        assert len(set(ids)) == len(ids)
    assert all(item.lowest < item.highest for item in laws.numeric(instrument))
    assert all(of.lowest < of.highest for of in instrument.scores)


@every_instrument
def test_its_bands_and_yardsticks_lie_on_the_scale_and_name_their_source(instrument):
    for of in instrument.scores:
        starts = [band.lowest for band in of.bands]
        assert starts == sorted(set(starts))
        assert not starts or starts[0] <= of.lowest <= of.highest >= starts[-1]
        assert all(band.label.strip() and band.source.strip() for band in of.bands)
        for cited in filter(None, (of.minimal_important_difference, of.sem)):
            assert 0 < cited.value < of.highest - of.lowest
            assert cited.source.strip()


@every_instrument
def test_a_standard_error_belongs_to_a_score_and_is_no_level_of_health(instrument):
    names = {of.id for of in laws.levels(instrument)}
    for of in instrument.scores:
        assert of.standard_error_of is None or of.standard_error_of in names
        assert of.standard_error_of is None or (of.bands, of.minimal_important_difference, of.sem) == (
            (),
            None,
            None,
        )


@every_instrument
def test_the_worked_examples_of_its_source_come_out(instrument):
    examples = examples_of(instrument.code)
    assert examples
    for example in examples:
        scores = score(instrument, example.answers, example.options).scores
        expected = {name: scores[name] for name in example.scores}
        assert expected == pytest.approx(example.scores, abs=1e-6), example.name


@every_instrument
def test_without_answers_nothing_is_scored_and_every_refusal_has_a_reason(instrument):
    for answers in ({}, {item.id: None for item in instrument.items}):
        laws.keep_the_range(instrument, answers)
        assert set(score(instrument, answers).unscored) == {of.id for of in instrument.scores}


@every_instrument
@settings(max_examples=15)
@given(data=st.data())
def test_complete_answers_score_everything_within_its_range(instrument, data):
    answers = data.draw(laws.full_answers(instrument))
    laws.score_everything(instrument, answers)
    laws.keep_the_range(instrument, answers)


@every_instrument
@settings(max_examples=15)
@given(data=st.data())
def test_no_pattern_of_missing_answers_breaks_it_or_leaves_the_range(instrument, data):
    answers = data.draw(laws.partial_answers(instrument))
    laws.keep_the_range(instrument, answers)
    given_ones = {name: answer for name, answer in answers.items() if answer is not None}
    assert score(instrument, given_ones) == score(instrument, answers)


@every_instrument
@settings(max_examples=6)
@given(data=st.data())
def test_one_step_of_one_item_moves_a_score_one_way_whatever_the_other_answers(instrument, data):
    answers = data.draw(laws.full_answers(instrument) | laws.partial_answers(instrument))
    laws.move_one_way(instrument, answers, SIGNS[instrument.code, instrument.version])


@every_instrument
@settings(max_examples=6)
@given(data=st.data())
def test_a_missing_answer_is_never_read_as_a_number(instrument, data):
    names = [item.id for item in laws.numeric(instrument)]
    dropped = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=max(1, len(names) // 2)))
    laws.leave_blank_blank(instrument, dropped, SIGNS[instrument.code, instrument.version])


@every_instrument
def test_no_single_missing_answer_is_read_as_a_number(instrument):
    for item in laws.numeric(instrument):
        laws.leave_blank_blank(instrument, {item.id}, SIGNS[instrument.code, instrument.version])


@every_instrument
def test_the_important_difference_is_more_than_one_step_of_one_answer(instrument):
    laws.need_more_than_one_step(instrument)


@every_instrument
def test_every_item_moves_a_score_or_is_known_to_move_none(instrument):
    idle = {("promis-global-10", "Global01"), ("promis-global-10", "Global09r")}
    signs = SIGNS[instrument.code, instrument.version]
    for item in laws.numeric(instrument):
        moves = any(signs[item.id, of.id] for of in laws.levels(instrument))
        assert moves != ((instrument.code, item.id) in idle), item.id


@every_instrument
def test_a_wrong_answer_names_its_item_and_what_it_takes(instrument):
    for item in instrument.items:
        laws.refuse_what_is_wrong(instrument, item)


@every_instrument
def test_an_unknown_item_or_option_is_named(instrument):
    with pytest.raises(InvalidAnswers) as refused:
        score(instrument, {"no_such_item": 1})
    assert refused.value.problems.keys() == {"no_such_item"}
    assert instrument.items[0].id in refused.value.problems["no_such_item"]
    with pytest.raises(InvalidAnswers) as refused:
        score(instrument, {}, {"no_such_option": 1})
    assert refused.value.problems.keys() == {"options.no_such_option"}


def _two_items(scorer):
    return Instrument(
        code="two",
        version="1",
        name="two items",
        title="two items",
        recall_period="today",
        items=(Item("a", 0, 4), Item("b", 0, 4)),
        scores=(ScoreDefinition("sum", "sum", 0, 8, Direction.HIGHER_IS_WORSE),),
        score=lambda answers: {"sum": scorer(answers)},
        missing_rule="any",
        algorithm="any",
        sources=("nobody",),
        licence=Licence(Wording.OURS, "ours", "ours"),
    )


def _both(answers):
    return answers["a"] + answers["b"] if len(answers) == 2 else Unscored("both are needed")


BLANK_IS_ZERO = _two_items(lambda answers: answers.get("a", 0.0) + answers.get("b", 0.0))
BLANK_IS_WORST = _two_items(lambda answers: answers.get("a", 4.0) + answers.get("b", 4.0))
TOO_FAR = _two_items(lambda answers: 2 * sum(answers.values()))
TURNS = _two_items(lambda answers: abs(answers["a"] - answers["b"]))
NEVER = _two_items(lambda _: Unscored("not today"))
SILENT = _two_items(lambda _: Unscored(" "))


def test_the_laws_catch_a_scorer_that_breaks_them():
    signs = {("a", "sum"): 1, ("b", "sum"): 1}
    for reads_blank in (BLANK_IS_ZERO, BLANK_IS_WORST):
        with pytest.raises(AssertionError):
            laws.leave_blank_blank(reads_blank, {"b"}, signs)
    with pytest.raises(AssertionError):
        laws.keep_the_range(TOO_FAR, {"a": 4, "b": 4})
    with pytest.raises(AssertionError):
        laws.move_one_way(TURNS, {"a": 1, "b": 3}, signs)
    jumpy = dataclasses.replace(
        TOO_FAR.scores[0], highest=16, minimal_important_difference=Cited(2, "nobody")
    )
    with pytest.raises(AssertionError):
        laws.need_more_than_one_step(dataclasses.replace(TOO_FAR, scores=(jumpy,)))
    with pytest.raises(AssertionError):
        laws.score_everything(NEVER, {"a": 1, "b": 3})
    with pytest.raises(AssertionError):
        laws.keep_the_range(SILENT, {})
    with pytest.raises(AssertionError):
        laws.keep_the_range(dataclasses.replace(NEVER, scores=()), {})


def test_the_laws_let_a_sound_scorer_pass():
    sound = _two_items(_both)
    signs = laws.effects(sound)
    assert signs == {("a", "sum"): 1, ("b", "sum"): 1}
    laws.leave_blank_blank(sound, {"a"}, signs)
    laws.move_one_way(sound, {"a": 1, "b": 3}, signs)
    laws.keep_the_range(sound, {"a": 4, "b": None})
    laws.score_everything(sound, {"a": 0, "b": 0})
