"""Texts of all messages: a fixed table without health data, safe on any screen.

The texts are neutral: no title reveals the gender of a patient or of a member of staff.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from api.domain.delivery.messages import FOR_STAFF, MessageKind
from api.domain.enrolment import Language

TITLES: Mapping[Language, Mapping[MessageKind, str]] = {
    Language.ENGLISH: {
        MessageKind.ALERT: "A patient needs you.",
        MessageKind.NOT_SCORED: "A patient's entries need a review.",
        MessageKind.CHECK_IN: "It is time for your check-in.",
        MessageKind.REASSESSMENT: "There are a few questions for you.",
        MessageKind.SUMMARY: "A few things are waiting for you.",
        MessageKind.SIGNED_OUT: "A patient's app is no longer signed in.",
        MessageKind.ERASURE_REQUESTED: "A request about a patient's data is waiting for a decision.",
        MessageKind.ACCOUNT_CHANGED: "Your sign-in details were changed.",
        MessageKind.INVITATION: "You are invited: please set your password.",
        MessageKind.PROBE: "Notifications reach this device.",
    },
    Language.GERMAN: {
        MessageKind.ALERT: "Eine Person in Ihrer Betreuung braucht Sie.",
        MessageKind.NOT_SCORED: "Einträge warten auf Ihre Durchsicht.",
        MessageKind.CHECK_IN: "Es ist Zeit für Ihren Check-in.",
        MessageKind.REASSESSMENT: "Wir haben ein paar Fragen an Sie.",
        MessageKind.SUMMARY: "Ein paar Dinge warten auf Sie.",
        MessageKind.SIGNED_OUT: "Die App einer Person in Ihrer Betreuung ist nicht mehr angemeldet.",
        MessageKind.ERASURE_REQUESTED: "Ein Antrag zu den Daten einer Person wartet auf Entscheidung.",
        MessageKind.ACCOUNT_CHANGED: "Ihre Anmeldedaten wurden geändert.",
        MessageKind.INVITATION: "Sie sind eingeladen: Bitte legen Sie Ihr Passwort fest.",
        MessageKind.PROBE: "Benachrichtigungen erreichen dieses Gerät.",
    },
    Language.SPANISH: {
        MessageKind.ALERT: "Una persona a su cargo necesita su atención.",
        MessageKind.NOT_SCORED: "Hay registros por revisar.",
        MessageKind.CHECK_IN: "Es la hora de su registro.",
        MessageKind.REASSESSMENT: "Hay unas preguntas para usted.",
        MessageKind.SUMMARY: "Le esperan algunas tareas.",
        MessageKind.SIGNED_OUT: "La aplicación de una persona a su cargo ya no tiene la sesión iniciada.",
        MessageKind.ERASURE_REQUESTED: "Una solicitud sobre los datos de una persona espera una decisión.",
        MessageKind.ACCOUNT_CHANGED: "Sus datos de acceso han cambiado.",
        MessageKind.INVITATION: "Tiene una invitación: establezca su contraseña.",
        MessageKind.PROBE: "Las notificaciones llegan a este dispositivo.",
    },
    Language.FRENCH: {
        MessageKind.ALERT: "Une personne que vous suivez a besoin de vous.",
        MessageKind.NOT_SCORED: "Des saisies sont à examiner.",
        MessageKind.CHECK_IN: "C'est l'heure de votre suivi.",
        MessageKind.REASSESSMENT: "Il y a quelques questions pour vous.",
        MessageKind.SUMMARY: "Quelques demandes vous attendent.",
        MessageKind.SIGNED_OUT: "L'application d'une personne que vous suivez n'est plus connectée.",
        MessageKind.ERASURE_REQUESTED: "Une demande sur les données d'une personne attend une décision.",
        MessageKind.ACCOUNT_CHANGED: "Vos données de connexion ont été modifiées.",
        MessageKind.INVITATION: "Vous avez une invitation : choisissez votre mot de passe.",
        MessageKind.PROBE: "Les notifications arrivent sur cet appareil.",
    },
}
"""Titles by language and kind."""

DISCREET: Mapping[Language, str] = {
    Language.ENGLISH: "You have a message.",
    Language.GERMAN: "Sie haben eine Nachricht.",
    Language.SPANISH: "Tiene un mensaje.",
    Language.FRENCH: "Vous avez un message.",
}
"""Title of every kind for patients in discreet mode."""


@dataclass(frozen=True, slots=True)
class EmailText:
    """Text of an e-mail in addition to its title."""

    open: str
    """Text before the link."""
    why: str
    """Closing text: the reason for the short content."""


EMAIL_TEXTS: Mapping[Language, EmailText] = {
    Language.ENGLISH: EmailText(
        "Open it here:",
        "The content is shown only after you sign in. You can turn these e-mails off in your settings.",
    ),
    Language.GERMAN: EmailText(
        "Hier öffnen:",
        "Den Inhalt sehen Sie erst nach der Anmeldung. In Ihren Einstellungen können Sie diese "
        "E-Mails abstellen.",
    ),
    Language.SPANISH: EmailText(
        "Ábralo aquí:",
        "El contenido se muestra solo después de iniciar sesión. Puede desactivar estos correos en sus "
        "ajustes.",
    ),
    Language.FRENCH: EmailText(
        "Ouvrez-le ici :",
        "Le contenu ne s'affiche qu'après connexion. Vous pouvez désactiver ces e-mails dans vos réglages.",
    ),
}


INVITATION_TEXTS: Mapping[Language, EmailText] = {
    Language.ENGLISH: EmailText(
        "Set your password here:",
        "The link works once. If you expect no account at a clinic, ignore this e-mail.",
    ),
    Language.GERMAN: EmailText(
        "Hier legen Sie Ihr Passwort fest:",
        "Der Link funktioniert einmal. Wenn Sie kein Konto bei einer Klinik erwarten, beachten Sie diese "
        "E-Mail nicht.",
    ),
    Language.SPANISH: EmailText(
        "Establezca aquí su contraseña:",
        "El enlace funciona una sola vez. Si no espera una cuenta en una clínica, ignore este correo.",
    ),
    Language.FRENCH: EmailText(
        "Choisissez ici votre mot de passe :",
        "Le lien ne fonctionne qu'une fois. Si vous n'attendez aucun compte d'une clinique, ignorez cet "
        "e-mail.",
    ),
}
"""Texts of invitations, whose link works without a sign-in."""


def email_text(kind: MessageKind, language: Language) -> EmailText:
    """Return the text of an e-mail of a kind."""
    return (INVITATION_TEXTS if kind is MessageKind.INVITATION else EMAIL_TEXTS)[language]


def title_of(kind: MessageKind, language: Language, *, discreet: bool) -> str:
    """Return the title of a message; discreet mode applies to messages to patients only.

    >>> title_of(MessageKind.CHECK_IN, Language.GERMAN, discreet=True)
    'Sie haben eine Nachricht.'
    """
    return DISCREET[language] if discreet and kind not in FOR_STAFF else TITLES[language][kind]
