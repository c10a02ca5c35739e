"""How the server is."""

from typing import Any

from flask.views import MethodView
from sqlalchemy.exc import OperationalError

from api.auth import public
from api.resources.blueprint import Blueprint
from api.resources.edge import clock, reading, settings
from api.schemas.health import LiveSchema, ReadySchema
from api.services.watching.health import Health, examine

blp = Blueprint("health", __name__, url_prefix="/health", description="How the server is.")


@blp.route("/live")
class Live(MethodView):
    """Is the process there."""

    @public
    @blp.response(200, LiveSchema)
    def get(self) -> dict[str, str]:
        """The process answers; nothing else is looked at."""
        return {"status": "live"}


@blp.route("/ready")
class Ready(MethodView):
    """Can it work."""

    @public
    @blp.response(200, ReadySchema)
    @blp.alt_response(503, schema=ReadySchema, description="Something is wrong, and `problems` says what")
    def get(self) -> tuple[Any, int]:
        """The database answers, a delivery worker ticks, and no message waits too long."""
        try:
            with reading() as session:
                health = examine(session, now=clock(), longest_wait=settings().ready_longest_wait)
        except OperationalError:
            health = Health(0.0, None, 0, ["the database does not answer, or is not migrated"])
        return health, 200 if not health.problems else 503
