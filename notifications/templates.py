"""The words of every message: a fixed table, neutral on any screen. Nothing else is ever said."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.domain.delivery.messages import FOR_STAFF, MessageKind
from api.domain.enrolment import Language

TITLES: Mapping[Language, Mapping[MessageKind, str]] = {
    Language.ENGLISH: {
        MessageKind.ALERT: "A patient needs you.",
        MessageKind.NOT_SCORED: "A patient's entries need a look.",
        MessageKind.CHECK_IN: "It is time for your check-in.",
        MessageKind.REASSESSMENT: "There are a few questions for you.",
        MessageKind.SUMMARY: "A few things are waiting for you.",
        MessageKind.SIGNED_OUT: "A patient's app is no longer signed in.",
        MessageKind.ACCOUNT_CHANGED: "How you sign in was changed.",
        MessageKind.INVITATION: "You are invited: please set your password.",
        MessageKind.PROBE: "Notifications reach this device.",
    },
    Language.GERMAN: {
        MessageKind.ALERT: "Eine Patientin braucht Sie.",
        MessageKind.NOT_SCORED: "Einträge einer Patientin bitte ansehen.",
        MessageKind.CHECK_IN: "Es ist Zeit für Ihren Check-in.",
        MessageKind.REASSESSMENT: "Wir haben ein paar Fragen an Sie.",
        MessageKind.SUMMARY: "Ein paar Dinge warten auf Sie.",
        MessageKind.SIGNED_OUT: "Die App einer Patientin oder eines Patienten ist abgemeldet.",
        MessageKind.ACCOUNT_CHANGED: "Ihre Anmeldedaten wurden geändert.",
        MessageKind.INVITATION: "Sie sind eingeladen: Bitte legen Sie Ihr Passwort fest.",
        MessageKind.PROBE: "Benachrichtigungen erreichen dieses Gerät.",
    },
    Language.SPANISH: {
        MessageKind.ALERT: "Una paciente necesita su atención.",
        MessageKind.NOT_SCORED: "Hay registros de una paciente por revisar.",
        MessageKind.CHECK_IN: "Es la hora de su registro.",
        MessageKind.REASSESSMENT: "Hay unas preguntas para usted.",
        MessageKind.SUMMARY: "Le esperan algunas tareas.",
        MessageKind.SIGNED_OUT: "La aplicación de un paciente ya no tiene la sesión iniciada.",
        MessageKind.ACCOUNT_CHANGED: "Sus datos de acceso han cambiado.",
        MessageKind.INVITATION: "Le invitamos: establezca su contraseña.",
        MessageKind.PROBE: "Las notificaciones llegan a este dispositivo.",
    },
    Language.FRENCH: {
        MessageKind.ALERT: "Une patiente a besoin de vous.",
        MessageKind.NOT_SCORED: "Des saisies d'une patiente sont à examiner.",
        MessageKind.CHECK_IN: "C'est l'heure de votre suivi.",
        MessageKind.REASSESSMENT: "Il y a quelques questions pour vous.",
        MessageKind.SUMMARY: "Quelques demandes vous attendent.",
        MessageKind.SIGNED_OUT: "L'application d'un patient n'est plus connectée.",
        MessageKind.ACCOUNT_CHANGED: "Vos données de connexion ont été modifiées.",
        MessageKind.INVITATION: "Vous êtes invité(e) : choisissez votre mot de passe.",
        MessageKind.PROBE: "Les notifications arrivent sur cet appareil.",
    },
}
"""What a screen shows, by language and kind."""

DISCREET: Mapping[Language, str] = {
    Language.ENGLISH: "You have a message.",
    Language.GERMAN: "Sie haben eine Nachricht.",
    Language.SPANISH: "Tiene un mensaje.",
    Language.FRENCH: "Vous avez un message.",
}
"""What a patient's screen shows who wants nothing told of the app, whatever the kind."""


@dataclass(frozen=True, slots=True)
class EmailText:
    """What an e-mail says beside its title."""

    open: str
    """What stands before the link."""
    why: str
    """Why it says so little."""


LETTERS: Mapping[Language, EmailText] = {
    Language.ENGLISH: EmailText(
        "Open it here:",
        "What it is about is shown after sign-in only. You can turn these e-mails off in your settings.",
    ),
    Language.GERMAN: EmailText(
        "Hier öffnen:",
        "Worum es geht, steht erst nach der Anmeldung da. In Ihren Einstellungen können Sie diese "
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


INVITATIONS: Mapping[Language, EmailText] = {
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
"""What an e-mail says that invites: its link shows something without a sign-in."""


def letter_words(kind: MessageKind, language: Language) -> EmailText:
    """Return what an e-mail of a kind says beside its title."""
    return (INVITATIONS if kind is MessageKind.INVITATION else LETTERS)[language]


def title_of(kind: MessageKind, language: Language, *, discreet: bool) -> str:
    """Return what a screen shows; discreet mode is a patient's, staff are told what waits.

    >>> title_of(MessageKind.CHECK_IN, Language.GERMAN, discreet=True)
    'Sie haben eine Nachricht.'
    """
    return DISCREET[language] if discreet and kind not in FOR_STAFF else TITLES[language][kind]
