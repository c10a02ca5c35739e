"""Invented numbers of the demo clinic, and its sentences for patients in four languages."""

from typing import Any

DEMO_CONTACTS: dict[str, Any] = {
    "contact": "Call 030 555 0100, Mondays to Fridays, 8 to 16 h. Entries are read on working days.",
    "phone": "030 555 0100",
    "emergency_number": "112",
    "crisis_line": "030 555 0199",
    "hours": {
        "en": "Mondays to Fridays, 8:00 to 16:00",
        "de": "Montag bis Freitag, 8 bis 16 Uhr",
        "es": "De lunes a viernes, de 8:00 a 16:00",
        "fr": "Du lundi au vendredi, de 8 h à 16 h",
    },
    "read_when": {
        "en": "Your team reads this on working days until 16:00.",
        "de": "Ihr Team liest das an Werktagen bis 16 Uhr.",
        "es": "Su equipo lo lee los días laborables hasta las 16:00.",
        "fr": "Votre équipe le lit les jours ouvrés jusqu'à 16 h.",
    },
    "called_when": {
        "en": "If nothing has come from you for some time, your team may call you.",
        "de": "Wenn längere Zeit nichts von Ihnen kommt, ruft Ihr Team Sie vielleicht an.",
        "es": "Si durante un tiempo no llega nada de usted, es posible que su equipo le llame.",
        "fr": "Sans nouvelles de vous pendant un certain temps, votre équipe peut vous appeler.",
    },
    "self_harm_answered_by": {
        "en": "Your team calls you the same working day. At other times, call the crisis line.",
        "de": "Ihr Team ruft Sie am selben Werktag an. Zu anderen Zeiten hilft das Krisentelefon.",
        "es": "Su equipo le llama el mismo día laborable. A otras horas, llame a la línea de ayuda.",
        "fr": "Votre équipe vous appelle le jour ouvré même. À d'autres heures, appelez la ligne d'écoute.",
    },
}
"""Columns of the demo clinic's row beside its name and time zone."""
