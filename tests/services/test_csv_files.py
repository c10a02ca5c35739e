"""CSV files by spreadsheets, pandas and R: read where unambiguous, otherwise explained."""

import csv
import gzip
import io
import os
import zipfile
from datetime import date
from pathlib import Path

import pandas
import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from api.services.evaluation.ground_truth import GroundTruth, read_truth
from api.services.files.atomic_output import UnusableFile
from api.services.files.inputs import Input
from api.services.replay.csv_layout import split_record
from api.services.replay.diaries import read_diaries, read_patients
from api.services.replay.replay_files import open_table
from tests.support.replay_desk import Desk

MOMENT = "2026-03-01T08:00:00Z"
PLAIN = f"patient,recorded_at,pain_worst,dose_taken\nP1,{MOMENT},3.5,true\nP2,{MOMENT},4,false\n"
EXPECTED = {"P1": [{"pain_worst": 3.5, "dose": "taken"}], "P2": [{"pain_worst": 4.0, "dose": "missed"}]}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk."""
    return Desk(tmp_path)


def read(tmp_path: Path, content: str | bytes, name: str = "e.csv") -> tuple[dict[str, list], list, list]:
    """Return the answers by patient, the rejects and the notes of a file of entries."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    rejects: list = []
    notes: list = []
    diaries = {
        each.name: [dict(one.answers) for one in each.entries]
        for each in read_diaries(path, {}, rejects, notes=notes)
    }
    return diaries, rejects, notes


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("plain", PLAIN),
        ("semicolons and decimal commas", PLAIN.replace(",", ";").replace(".5", ",5")),
        ("R's write.csv2", '"patient";"recorded_at";"pain_worst";"dose_taken"\n'
                           f'"P1";"{MOMENT}";3,5;TRUE\n"P2";"{MOMENT}";4;FALSE\n'),
        ("Excel's sep=", "sep=;\r\n" + PLAIN.replace(",", ";").replace("\n", "\r\n")),
        ("tabs", PLAIN.replace(",", "\t")),
        ("empty last columns", PLAIN.replace("\n", ",,\n")),
        ("empty last fields under a shorter header", PLAIN.replace("true\n", "true,,\n")),
        ("rows of commas", PLAIN + ",,,\n,,,\n" + '"","","",""\n'),
        ("capitals and blanks in the header",
         PLAIN.replace("patient,recorded_at,pain_worst", "Patient, Recorded At ,PAIN.WORST")),
        ("pandas' index column", f",patient,recorded_at,pain_worst,dose_taken\n"
                                 f"0,P1,{MOMENT},3.5,True\n1,P2,{MOMENT},4.0,False\n"),
        ("R's row names", '"","patient","recorded_at","pain_worst","dose_taken"\n'
                          f'"1","P1","{MOMENT}",3.5,TRUE\n"2","P2","{MOMENT}",4,FALSE\n'),
        ("numbers for yes", PLAIN.replace("true", "1.0").replace("false", "0.0")),
        ("German words for yes", PLAIN.replace("true", "WAHR").replace("false", "FALSCH")),
        ("Spanish words for yes", PLAIN.replace("true", "VERDADERO").replace("false", "FALSO")),
        ("a small z", PLAIN.replace("Z", "z")),
        ("pandas' moments", PLAIN.replace(MOMENT, "2026-03-01 08:00:00.000000000+00:00")),
        ("R's moments", PLAIN.replace(MOMENT, "2026-03-01 08:00:00 +0000")),
        ("moments with UTC", PLAIN.replace(MOMENT, "2026-03-01 08:00:00 UTC")),
        ("Java's moments", PLAIN.replace(MOMENT, "2026-03-01T09:00:00+01:00[Europe/Berlin]")),
        ("old Mac's line ends", PLAIN.replace("\n", "\r")),
        ("UTF-8 with a mark", b"\xef\xbb\xbf" + PLAIN.encode()),
        ("UTF-16, as Excel's 'Unicode Text'", PLAIN.replace(",", "\t").encode("utf-16")),
        ("UTF-16, big end first", b"\xfe\xff" + PLAIN.encode("utf-16-be")),
        ("UTF-32", PLAIN.encode("utf-32")),
        ("gzip", gzip.compress(PLAIN.encode(), mtime=0)),
        ("gzip of UTF-16", gzip.compress(PLAIN.encode("utf-16"), mtime=0)),
        ("a line break in a column that is not read",
         f'patient,recorded_at,remark,pain_worst,dose_taken\nP1,{MOMENT},"one\ntwo, ""three""",3.5,true\n'
         f"P2,{MOMENT},,4,false\n"),
    ],
)  # fmt: skip
def test_what_spreadsheets_pandas_and_r_write_is_read(tmp_path, what, content):
    diaries, rejects, _ = read(tmp_path, content)

    assert (diaries, rejects) == (EXPECTED, []), what


@pytest.mark.parametrize("word", ["", "NA", "NaN", "nan", "null", "NULL", ".", "N/A", "#N/A", "<NA>", " NA "])
def test_words_for_a_missing_value_are_blank_and_never_nought(tmp_path, word):
    content = f"patient,recorded_at,pain_worst,stiffness,dose_taken\nP,{MOMENT},{word},2,{word}\n"

    diaries, rejects, _ = read(tmp_path, content)

    assert (diaries, rejects) == ({"P": [{"stiffness": 2.0}]}, [])


@pytest.mark.parametrize(
    ("text", "day"),
    [(word, None) for word in ("", "NA", "NaN", "NaT", "null", "NULL", ".", "never", "None", "0000-00-00")]
    + [(text, date(2026, 3, 1).toordinal()) for text in (
        "2026-03-01", "20260301", "2026-03-01 00:00:00", "2026-03-01T00:00:00.000Z",
        "2026-03-01 00:00:00+00:00",
    )],
)  # fmt: skip
def test_dates_of_the_truth_are_read_and_na_is_never(tmp_path, text, day):
    path = tmp_path / "t.csv"
    path.write_text(f"patient,worsening_onset,stopped_on\nP,,{text}\n")
    rejects: list = []

    assert read_truth(path, rejects) == {"P": GroundTruth(stopped_on=day)}
    assert rejects == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("01.03.2026", "order of day and month is not certain"),
        ("3/1/2026", "order of day and month is not certain"),
        ("46082", "a spreadsheet's day number"),
        ("2026-03-01 14:30:00", "is not a date"),
        ("2026-02-28T23:00:00Z", "is not a date"),
        ("soon", "is not a date"),
    ],
)
def test_dates_that_are_ambiguous_are_named_for_what_they_are(tmp_path, text, words):
    path = tmp_path / "t.csv"
    path.write_text(f"patient,worsening_onset,stopped_on\nP,,{text}\n")
    rejects: list = []

    assert read_truth(path, rejects) == {}
    assert words in rejects[0].sentences()[0]
    assert rejects[0].sentences()[0].startswith("t.csv:2: stopped_on: ")


def test_facts_with_na_and_years_as_floats_are_read(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(
        "patient,ai_started_on,ai,prior_tamoxifen,prior_taxane,birth_year,timezone\n"
        "P1,2026-03-01,letrozole,1.0,0.0,1964.0,NA\nP2,NA,NA,NA,NA,NA,Europe/Berlin\n"
    )
    rejects: list = []

    known = read_patients(path, rejects)

    assert rejects == []
    assert (known["P1"].facts.birth_year, known["P1"].facts.prior_tamoxifen, known["P1"].zone) == (
        1964,
        True,
        None,
    )
    assert (known["P2"].facts.birth_year, known["P2"].facts.ai, str(known["P2"].zone)) == (
        None,
        None,
        "Europe/Berlin",
    )


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ('P,2026-03-02T08:00:00Z,"3,5"', "pain_worst", "with a decimal comma"),
        ("P,2026-03-02T08:00:00Z,3,5", "row", "a decimal comma?"),
        ("1,P,2026-03-02T08:00:00Z,3", "row", "row.names"),
        ("P,2026-03-02T08:00:00Z,#VALUE!", "pain_worst", "an error of the spreadsheet"),
        ("P,2026-03-02T08:00:00Z,none", "pain_worst", "is not a number in 0..10"),
        ("P,2026-03-02 08:00:00 CET,3", "recorded_at", "is not a moment with an offset"),
        ("P,2026-03-02 08:00:00,3", "recorded_at", "the offset is missing"),
        ("P,02.03.2026 08:00,3", "recorded_at", "the order of day and month is not certain"),
        ("P,46083.33,3", "recorded_at", "a number of days or seconds"),
        ("NA,2026-03-02T08:00:00Z,3", "patient", "stands for a missing value"),
        ("P\0,2026-03-02T08:00:00Z,3", "patient", "holds a NUL character"),
        ("P,2026-03-02T08:00:00Z,3\0", "pain_worst", "holds a NUL character"),
        ("P\u200b,2026-03-02T08:00:00Z,3", "patient", "invisible character (U+200B)"),
        ("P\u2028Q,2026-03-02T08:00:00Z,3", "patient", "holds a line break"),
        ('"P\n1",2026-03-02T08:00:00Z,3', "patient", "holds a line break"),
        ('"P\r1",2026-03-02T08:00:00Z,3', "patient", "holds a line break"),
        ('1",2026-03-02T08:00:00Z,3', "row", "a quotation mark inside a field"),
        ("P" * 201 + ",2026-03-02T08:00:00Z,3", "patient", "longer than 200 characters"),
        ('P,"2026-03-02T08:00:00Z\n",3', "recorded_at", "holds a line break"),
    ],
)  # fmt: skip
def test_a_row_that_is_ambiguous_or_broken_is_refused_whole_and_named(tmp_path, row, column, words):
    content = f"patient,recorded_at,pain_worst\nA,{MOMENT},1\n{row}\nB,{MOMENT},2\n"

    diaries, rejects, _ = read(tmp_path, content)

    used = sorted(name for name, entries in diaries.items() if entries)
    assert used == ["A", "B"], "no patient is invented, and no other row is lost"
    (reject,) = rejects
    assert (reject.line, [name for name, _ in reject.problems]) == (3, [column])
    assert words in reject.problems[0][1]


def test_a_quote_that_is_never_closed_spoils_its_own_line_only(tmp_path):
    rows = [f"P{n},{MOMENT},3" for n in range(120)]
    rows[5] = f'P5,"{MOMENT},3'

    diaries, rejects, _ = read(tmp_path, "\n".join(["patient,recorded_at,pain_worst", *rows]))

    assert len(diaries) == 119
    assert [reject.line for reject in rejects] == [7]


def workbook() -> bytes:
    """Return a zip with the parts by which an Excel workbook is known."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


def document() -> bytes:
    """Return a zip with the part by which an OpenDocument file is known."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (workbook(), "is an Excel workbook (.xlsx), not CSV: in Excel save it as 'CSV UTF-8"),
        (document(), "is an OpenDocument spreadsheet"),
        (b"PK\x03\x04 something", "is a zip archive: unpack it first"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"<html><table>", "HTML or XML"),
        (b'[{"patient": "P1"}]', "is JSON"),
        (gzip.compress(b"RDX3\nX\n\x00", mtime=0), "R data"),
        (PLAIN.encode("utf-16-le"), "UTF-16 without a byte order mark"),
        (gzip.compress(PLAIN.encode() * 50, mtime=0)[:60], "gzip file is damaged or cut off"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"sep=;\n", "is empty"),
        (PLAIN.encode("utf-16")[:-1], "is damaged or cut off"),
        (PLAIN.replace("_worst", "_wrost").encode(), "'pain_wrost' is not known; is 'pain_worst' meant?"),
        (PLAIN.replace("_worst", "_worst (0-10)").encode(), "is 'pain_worst' meant?"),
        (b"P1,2026-03-01T08:00:00Z,3\n", "the first line names no column: 'p1,2026_03_01t08:00:00z,3'"),
        (b"Export of 1 March\n" + PLAIN.encode(), "the first line names no column: 'export_of_1_march'"),
        (b"\x80\x81\x82\x00\x01" * 100, "is not text"),
        ("Müller;recorded_at\n".encode("latin-1"), "byte 0xfc is not UTF-8"),
        (b"patient,recorded_at,Patient\n", "column 'patient' is named twice"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_of_entries_is_named_for_what_it_is(tmp_path, content, words):
    with pytest.raises(UnusableFile) as refused:
        read(tmp_path, content)

    assert words in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path / "e.csv"))


def test_a_column_that_is_not_known_is_named_and_not_read(desk):
    result = desk.run(f"patient,recorded_at,mood,pain_worst\nP,{MOMENT},fine,3\n")

    assert result.exit_code == 0
    assert "diary.csv: column 'mood' is not known, and was not read" in result.stderr
    assert desk.read("scores.csv")[0]["status"] == "too_few_answers"


def test_a_value_under_no_name_is_refused_since_the_row_may_be_shifted(tmp_path):
    _, rejects, _ = read(tmp_path, f"patient,recorded_at,,pain_worst\nP,{MOMENT},3,\nQ,{MOMENT},,4\n")

    assert [reject.sentences() for reject in rejects] == [
        ["e.csv:2: row: has a value in field 3, for which the header has no name"]
    ]


def many_rejects(result: Result) -> list[str]:
    return [line for line in result.stderr.splitlines() if "pain_worst" in line or "recorded_at" in line]


def test_refusals_are_counted_by_kind_after_the_first_ten(desk):
    bad = [f"P,2026-03-01T08:00:00Z,{value}" for value in range(11, 211)] + ["P,soon,3"] * 50

    result = desk.run("\n".join(["patient,recorded_at,pain_worst", *bad]))

    assert result.exit_code == 1
    text = many_rejects(result)
    assert len(text) == 12
    assert text[0] == "diary.csv:2: pain_worst: 11.0 is not a number in 0..10"
    assert text[10:] == [
        "and 190 more: diary.csv: pain_worst: is not a number in 0..10",
        "and 50 more: diary.csv: recorded_at: is not a moment with an offset, "
        "such as 2026-03-01T08:30:00+01:00",
    ]
    assert "250 rows rejected, see " in result.stderr
    assert len(desk.read("diary.rejects.csv")) == 250


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r\n"), max_size=12)


@given(st.lists(TEXT, min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_a_line_that_the_csv_module_wrote_is_read_back_field_by_field(fields, delimiter):
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="").writerow(fields)

    assert split_record(line.getvalue(), delimiter) == fields


IDS = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=8).filter(
    lambda name: name not in {"NA", "N/A", "#N/A", "<NA>", "NaN", "nan", "NaT", "NULL", "null", "None", "."}
)
REMARKS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@given(st.lists(st.tuples(IDS, REMARKS), min_size=1, max_size=8), st.sampled_from(",;\t"))
def test_a_file_that_the_csv_module_wrote_is_read_record_by_record(tmp_path_factory, rows, delimiter):
    path = tmp_path_factory.mktemp("round") / "e.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(("patient", "remark", "recorded_at"))
        writer.writerows((name, remark, MOMENT) for name, remark in rows)
    with path.open(encoding="utf-8", newline="") as file:
        oracle = list(csv.reader(file, delimiter=delimiter))[1:]
    with open_table(path, required=("patient", "recorded_at"), optional=()) as table:
        found = [(line, fields) for line, _, fields in table.rows()]

    assert table.rejects == []
    assert [fields for _, fields in found] == [[row[0], row[2]] for row in oracle]


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"index": False},
        {"index": False, "sep": ";", "decimal": ","},
        {"index": False, "sep": "\t", "encoding": "utf-16"},
        {"index": False, "na_rep": "NA", "compression": "gzip"},
        {"na_rep": "NaN", "quoting": csv.QUOTE_NONNUMERIC},
    ],
    ids=str,
)
@given(
    st.lists(
        st.tuples(st.none() | st.floats(0, 10, width=16), st.none() | st.booleans()), min_size=1, max_size=5
    )
)
def test_a_table_that_pandas_wrote_is_read_as_pandas_meant_it(tmp_path_factory, how, answers):
    path = tmp_path_factory.mktemp("pandas") / "e.csv"
    frame = pandas.DataFrame(
        {
            "patient": [f"P{n}é" for n in range(len(answers))],
            "recorded_at": pandas.Timestamp(MOMENT),
            "pain_worst": pandas.Series([pain for pain, _ in answers], dtype="float64"),
            "dose_taken": pandas.Series([taken for _, taken in answers], dtype="float64"),
        }
    )
    frame.to_csv(path, **how)
    rejects: list = []

    read = [each.entries[0].answers for each in read_diaries(path, {}, rejects)]

    assert rejects == []
    words = {True: "taken", False: "missed"}
    meant = [{"pain_worst": pain, "dose": words.get(taken)} for pain, taken in answers]
    assert read == [{name: value for name, value in each.items() if value is not None} for each in meant]


def test_an_input_that_can_be_read_once_is_kept_to_be_read_again(tmp_path):
    inlet, outlet = os.pipe()
    os.write(outlet, PLAIN.encode())
    os.close(outlet)
    source = Input(Path(f"/dev/fd/{inlet}"))

    first, second = (read_diaries(source, {}, []) for _ in range(2))

    assert [each.name for each in first] == [each.name for each in second] == ["P1", "P2"]
    os.close(inlet)
