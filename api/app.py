"""Application factory: connects settings, database, resources and hooks."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import orjson
from flask import Flask
from flask import Response as FlaskResponse
from flask.json.provider import JSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from api import resources
from api.cli import commands
from api.db.database import Database, open_database
from api.domain.trajectory.engine import Engine
from api.errors import ProblemApi
from api.openapi import OPENAPI, BodyExamples, LateDocument, Operations, SchemaMeanings
from api.resources import hooks, refused_requests
from api.resources.blueprint import Blueprint
from api.resources.language import language_of_caller, name_language
from api.services.entries.group_commit import EntryBatcher
from api.services.monitoring.readiness import Readiness
from api.services.patient_budgets import REPLAYED_DAYS, REQUESTS, PatientBudget, PatientBudgets
from api.services.scoring import risk_models
from api.services.scoring.optimistic_rescoring import OptimisticRescorer
from api.web.app_pages import app_pages
from api.web.compression import compress_json
from api.web.pages import pages
from api.web.team_pages import team_pages
from api.words import speaking
from config.settings import Settings

MAX_BODY_BYTES = 1_000_000


class FastJson(JSONProvider):
    """JSON provider by orjson: fast, and strict about NaN."""

    def dumps(self, obj: Any, *, indent: int | None = None, **_: Any) -> str:
        """Return JSON text, indented by two on request."""
        layout = orjson.OPT_INDENT_2 if indent else 0
        return orjson.dumps(obj, option=orjson.OPT_NON_STR_KEYS | layout).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Parse JSON text."""
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> FlaskResponse:
        """Return a JSON response."""
        body = orjson.dumps(self._prepare_response_obj(args, kwargs))
        return FlaskResponse(body, mimetype="application/json")


class _Api(LateDocument, ProblemApi):
    """The API with its document and its problems."""


def create_app(
    settings: Settings, *, database: Database | None = None, engine: Engine | None = None
) -> Flask:
    """Build the application for ``settings``; tests pass their own database and engine."""
    app = Flask("api", static_folder="web/static", static_url_path="/static")
    app.json = FastJson(app)
    app.url_map.strict_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config.update(OPENAPI)
    app.extensions["aimss.settings"] = settings
    app.extensions["aimss.database"] = database or open_database(settings.database_url)
    app.extensions["aimss.engine"] = engine or risk_models.engine_with(settings.risk_model)
    app.extensions["aimss.budgets"] = budgets = PatientBudgets(
        requests=PatientBudget(settings.patient_requests, REQUESTS.per_s),
        replayed_days=PatientBudget(settings.patient_replay_days, REPLAYED_DAYS.per_s),
    )
    app.extensions["aimss.rescorer"] = rescorer = OptimisticRescorer(
        app.extensions["aimss.database"], budgets
    )
    app.extensions["aimss.entry_batcher"] = EntryBatcher(
        app.extensions["aimss.database"], app.extensions["aimss.engine"], rescorer
    )
    app.extensions[speaking.EXTENSION] = language_of_caller
    app.extensions["aimss.readiness"] = Readiness(
        app.extensions["aimss.database"], longest_wait=settings.ready_longest_wait
    )
    api = _Api(app, spec_kwargs={"extra_plugins": [Operations(), SchemaMeanings(), BodyExamples()]})
    for blueprint in _blueprints():
        api.register_blueprint(blueprint)
    app.register_blueprint(pages)
    app.register_blueprint(app_pages)
    app.register_blueprint(team_pages)
    app.after_request(compress_json)  # runs after those below
    app.after_request(name_language)
    app.after_request(refused_requests.record_refused)
    hooks.install(app, settings, app.extensions["aimss.database"])
    commands.register(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def _blueprints() -> list[Blueprint]:
    """Return the blueprints that the modules of `api.resources` make, by name."""
    modules = [
        import_module(f"{resources.__name__}.{each.name}") for each in iter_modules(resources.__path__)
    ]
    found = {each for module in modules for each in vars(module).values() if isinstance(each, Blueprint)}
    return sorted(found, key=lambda blueprint: blueprint.name)
