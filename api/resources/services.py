"""Service accounts of the site and their keys."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import Versioned, now, principal, read_session, transaction
from api.schemas.service_account import (
    NewServiceKeySchema,
    NewServiceSchema,
    ServiceSchema,
    ServicesSchema,
    ServiceWithSecretSchema,
)
from api.services.organisation import service_keys
from api.services.organisation.service_keys import NewServiceKey, Service

blp = Blueprint(
    "services", __name__, url_prefix="/v1/services", description="Service accounts and their keys."
)


@blp.route("")
class Services(MethodView):
    """The site's service accounts."""

    @requires(Scope.SERVICES)
    @blp.response(200, ServicesSchema)
    def get(self) -> dict[str, Any]:
        """The service accounts of the site, by name, with the keys that work; never their secrets."""
        with read_session() as session:
            found = service_keys.list_services(session, principal().site_id, now=now())
        return {"items": [dump_service(each) for each in found]}

    @requires(Scope.SERVICES)
    @fails_with(409)
    @blp.arguments(NewServiceSchema)
    @blp.response(201, ServiceWithSecretSchema)
    def post(self, body: dict[str, Any]) -> Versioned:
        """Create a service account with its first key, which is shown once and expires."""
        with transaction() as session:
            made = service_keys.create(
                session,
                principal(),
                site_id=principal().site_id,
                name=body["name"],
                scopes=body["scopes"],
                now=now(),
                lifetime=timedelta(days=body["expires_in_days"]),
            )
        return _dump_new_key(made), 201, {"Location": f"/v1/services/{made.service.account.id}"}


@blp.route("/<uuid:service_id>")
class ServiceById(MethodView):
    """One service account."""

    @requires(Scope.SERVICES)
    @fails_with(404)
    @blp.response(200, ServiceSchema)
    def get(self, service_id: UUID) -> dict[str, Any]:
        """One service account with the keys that work."""
        with read_session() as session:
            return dump_service(service_keys.read(session, principal().site_id, service_id, now=now()))

    @requires(Scope.SERVICES)
    @fails_with(404)
    @blp.response(204)
    def delete(self, service_id: UUID) -> None:
        """Revoke all keys of a service account at once; what it did stays in the audit. Safe to repeat."""
        with transaction() as session:
            service_keys.revoke(session, principal(), service_id, site_id=principal().site_id, now=now())


@blp.route("/<uuid:service_id>/keys")
class ServiceKeys(MethodView):
    """Keys of a service account."""

    @requires(Scope.SERVICES)
    @fails_with(404, 422)
    @blp.arguments(NewServiceKeySchema)
    @blp.response(201, ServiceWithSecretSchema)
    def post(self, body: dict[str, Any], service_id: UUID) -> dict[str, Any]:
        """Rotate: create a key, shown once; earlier keys stop working after the overlap.

        An account with a scope that reaches beyond the site (`metrics:read`) is rotated by the operator, from
        the command line.
        """
        with transaction() as session:
            made = service_keys.rotate(
                session,
                principal(),
                service_id,
                site_id=principal().site_id,
                now=now(),
                lifetime=timedelta(days=body["expires_in_days"]),
                overlap=timedelta(days=body["overlap_days"]),
            )
        return _dump_new_key(made)


@blp.route("/<uuid:service_id>/keys/<uuid:key_id>")
class ServiceKeyById(MethodView):
    """One key."""

    @requires(Scope.SERVICES)
    @fails_with(404)
    @blp.response(204)
    def delete(self, service_id: UUID, key_id: UUID) -> None:
        """Revoke one key; it stops working at once."""
        with transaction() as session:
            service_keys.revoke(
                session, principal(), service_id, site_id=principal().site_id, key_id=key_id, now=now()
            )


def dump_service(service: Service) -> dict[str, Any]:
    """Return a service account with its keys as JSON."""
    account = service.account
    return {
        "id": account.id,
        "name": account.name,
        "scopes": sorted(account.scopes),
        "created_at": account.created_at,
        "keys": list(service.keys),
    }


def _dump_new_key(made: NewServiceKey) -> dict[str, Any]:
    return dump_service(made.service) | {"key": made.secret}
