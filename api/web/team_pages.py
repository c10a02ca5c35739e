"""Shell of the care-team pages.

It holds nothing about a person: what it shows comes from the public API, with the caller's own token.
"""

from flask import Blueprint
from werkzeug import Response

from api.auth import public
from api.web.app_pages import shell

team_pages = Blueprint("team_pages", __name__, template_folder="templates")

NO_SCRIPT = "The pages of the care team need JavaScript."


@team_pages.get("/team/", strict_slashes=True)
@public
def team() -> Response:
    """Show the care-team pages."""
    return shell("team", "team/main.js", NO_SCRIPT)
