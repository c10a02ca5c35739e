"""Every action on a patient's data has a sentence for the patient, in every language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from api.domain.access_log import OTHERWISE, WHAT_WAS_DONE
from api.domain.enrolment import Language
from api.words.catalogue import translate

API = Path(__file__).parents[2] / "api"
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
WRITERS = {"record", "record_own", "record_look", "see_patient", "_audit"}


def actions_on_patients() -> Iterator[str]:
    """Return the action of each call that writes an audit row about one patient."""
    for path in sorted(API.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            about_one = name != "record" or any(each.arg == "patient_id" for each in node.keywords)
            if name in WRITERS and about_one:
                for each in node.args:
                    for part in ast.walk(each):
                        if isinstance(part, ast.Constant) and ACTION.fullmatch(str(part.value)):
                            yield str(part.value)


def test_every_action_on_the_data_of_a_patient_has_a_sentence() -> None:
    written = set(actions_on_patients())
    assert {"entries.read", "entries.recorded", "entry.corrected", "measurements.read"} <= written
    about_patients = {action for action in written if not action.startswith("service.")}
    assert about_patients - set(WHAT_WAS_DONE) == set()


def test_every_sentence_of_the_access_log_is_translated() -> None:
    said = [*WHAT_WAS_DONE.values(), OTHERWISE]
    others = [language for language in Language if language is not Language.ENGLISH]
    assert [text for text in said if any(translate(text, each) is None for each in others)] == []
