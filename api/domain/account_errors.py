"""Errors of sign-ins, accounts, sites and staff; the name of a class makes the type of its problem."""

from api.domain.errors import DomainError


# Sign-ins and accounts
class SignInFailed(DomainError):
    """The e-mail address, password or one-time code is wrong."""

    def __init__(self, detail: str, *, reason: str = "password") -> None:
        """Keep the reason, for the log and the audit only."""
        super().__init__(detail)
        self.reason = reason


class OneTimeCodeRequired(DomainError):
    """The password is right and this account is enrolled for one-time codes: send one as well."""


class OneTimeCodeWrong(DomainError):
    """The six-digit code does not fit; check the clock of the device that shows it."""


class NoPendingEnrolment(DomainError):
    """No one-time-code enrolment waits to be confirmed; begin one first."""


class AlreadyEnrolled(DomainError):
    """One-time codes are set up for this account; send a present code as well to replace them."""


class OneTimeCodesNeeded(DomainError):
    """This role cannot be without one-time codes: set up another authenticator instead of removing one."""


class WeakPassword(DomainError):
    """A password has at least twelve characters and is hard to guess."""


class PasswordNotSet(DomainError):
    """The member of staff has not set a password yet; send an invitation instead."""


class InvitationRefused(DomainError):
    """The invitation is wrong, already used, replaced or expired; a site admin can send a new one."""


class ActivationRefused(DomainError):
    """The activation code is wrong, already used or expired; the care team can make a new one."""


class TokenRefused(DomainError):
    """The refresh token is unknown, expired or was used before; sign in again."""


class NotSameOrigin(DomainError):
    """A request that sets or uses a sign-in cookie was not made by a page of this server."""


class UnknownDevice(DomainError):
    """There is no such device or sign-in among those the caller may see."""


# Sites, staff and service accounts
class UnknownSite(DomainError):
    """There is no site of this name."""


class UnknownStaff(DomainError):
    """There is no such member of staff, or no account has this e-mail address."""


class LastSiteAdmin(DomainError):
    """The site would be left without an active site admin; make another member site admin first."""


class UnknownTeam(DomainError):
    """There is no such team among those the caller may choose, or the role needs a team."""


class TeamNotFound(DomainError):
    """The site has no such team."""


class EmailTaken(DomainError):
    """Another member of staff, here or at another site, signs in with this e-mail address."""


class NameTaken(DomainError):
    """Another site, or another team or service account of this site, has this name."""


class ScopeRefused(DomainError):
    """A service account cannot be given this scope."""


class UnknownService(DomainError):
    """The site has no such service account, or the account has no such key."""
