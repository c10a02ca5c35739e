"""The notice shown at once after a red flag of an emergency; it never advises treatment."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.domain.enrolment import Language
from api.domain.entries.questions import EMERGENCY_FLAGS

CRISIS_FLAGS = ("thoughts_of_self_harm",)
"""Red flags answered with the site's crisis line; the team is notified the same day."""


@dataclass(frozen=True, slots=True)
class SiteNumbers:
    """The phone numbers of a site; None where the site has set none."""

    contact: str
    emergency_number: str | None = None
    crisis_line: str | None = None


@dataclass(frozen=True, slots=True)
class EmergencyNotice:
    """The notice at the top of the response to a patient's request."""

    text: str
    """In the patient's language."""
    flags: tuple[str, ...]
    """The red flags it is about."""
    emergency_number: str | None
    crisis_line: str | None
    contact: str


@dataclass(frozen=True, slots=True)
class _Words:
    now: str
    here: str
    crisis: str
    line: str
    team: str


_WORDS: Mapping[Language, _Words] = {
    Language.ENGLISH: _Words(
        "What you have ticked can be an emergency. Call the emergency number {number} now.",
        "What you have ticked can be an emergency. Call the emergency number where you are now.",
        "You do not have to be alone with thoughts of harming yourself. Please talk to someone now.",
        "Crisis line: {line}.",
        "Your care team is notified, but may not read it at once. This is not an emergency line.",
    ),
    Language.GERMAN: _Words(
        "Was Sie angekreuzt haben, kann ein Notfall sein. Rufen Sie jetzt den Notruf {number} an.",
        "Was Sie angekreuzt haben, kann ein Notfall sein. Rufen Sie jetzt den Notruf an Ihrem Ort an.",
        "Mit Gedanken, sich etwas anzutun, müssen Sie nicht allein bleiben. Bitte sprechen Sie jetzt mit "
        "jemandem.",
        "Krisentelefon: {line}.",
        "Ihr Behandlungsteam wird benachrichtigt, liest es aber vielleicht nicht sofort. Dies ist kein "
        "Notruf.",
    ),
    Language.SPANISH: _Words(
        "Lo que ha marcado puede ser una urgencia. Llame ahora al número de emergencias {number}.",
        "Lo que ha marcado puede ser una urgencia. Llame ahora al número de emergencias de su lugar.",
        "No tiene que quedarse a solas con pensamientos de hacerse daño. Por favor, hable ahora con alguien.",
        "Línea de ayuda: {line}.",
        "Se avisa a su equipo, pero puede que nadie lo lea enseguida. Esto no es una línea de emergencias.",
    ),
    Language.FRENCH: _Words(
        "Ce que vous avez coché peut être une urgence. Appelez maintenant le numéro d'urgence, le {number}.",
        "Ce que vous avez coché peut être une urgence. Appelez maintenant le numéro d'urgence local.",
        "Vous n'avez pas à faire face sans aide à des pensées de vous faire du mal. Parlez à quelqu'un "
        "maintenant.",
        "Ligne d'écoute : {line}.",
        "Votre équipe est prévenue, mais personne ne le lira peut-être tout de suite. Ceci n'est pas un "
        "numéro d'urgence.",
    ),
}


def notice_about(
    flags: tuple[str, ...], *, numbers: SiteNumbers, language: Language
) -> EmergencyNotice | None:
    """Return the notice for red flags; None where none of them is an emergency now.

    >>> site = SiteNumbers("Call 030 1234.", emergency_number="112")
    >>> notice_about(("chest_pain",), numbers=site, language=Language.ENGLISH).text.split(".")[1]
    ' Call the emergency number 112 now'
    """
    urgent = tuple(flag for flag in flags if flag in EMERGENCY_FLAGS)
    crisis = tuple(flag for flag in flags if flag in CRISIS_FLAGS)
    if not urgent and not crisis:
        return None
    words = _WORDS[language]
    sentences: list[str] = []
    if urgent:
        number = numbers.emergency_number
        sentences.append(words.now.format(number=number) if number else words.here)
    if crisis:
        sentences.append(words.crisis)
        if numbers.crisis_line:
            sentences.append(words.line.format(line=numbers.crisis_line))
    sentences.append(words.team)
    return EmergencyNotice(
        " ".join(sentences),
        urgent + crisis,
        numbers.emergency_number,
        numbers.crisis_line if crisis else None,
        numbers.contact,
    )
