"""Webhooks of a site."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, settings, transaction
from api.schemas.webhook import NewWebhookSchema, WebhooksSchema, WebhookWithSecretSchema
from api.services.messages import subscriptions, webhooks

blp = Blueprint("webhooks", __name__, url_prefix="/v1/webhooks", description="Webhooks for notifications.")


@blp.route("")
class Webhooks(MethodView):
    """The site's webhooks."""

    @requires(Scope.WEBHOOKS)
    @blp.response(200, WebhooksSchema)
    def get(self) -> dict[str, Any]:
        """The site's webhooks, including removed ones and those that responded 410."""
        with read_session() as session:
            return {"items": webhooks.list_webhooks(session, principal().site_id)}

    @requires(Scope.WEBHOOKS)
    @fails_with(422)
    @blp.arguments(NewWebhookSchema)
    @blp.response(201, WebhookWithSecretSchema)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Add a webhook for notifications of the team. A body contains a kind and ids, never patient data.

        Requests are signed as Standard Webhooks has it, and come again with the same `webhook-id` until they
        are answered with 2xx; 410 ends the webhook. The secret is shown this once.
        """
        resolver = current_app.extensions.get("aimss.resolver", subscriptions.resolve)
        webhooks.check(body["url"], loopback=settings().push_loopback, resolver=resolver)
        key = webhooks.key_of(settings().secret_key)
        with transaction() as session:
            made = webhooks.add(
                session, site_id=principal().site_id, url=body["url"], key=key, now=now(), by=principal()
            )
        webhook = made.webhook
        return {
            "id": webhook.id,
            "url": webhook.url,
            "created_at": webhook.created_at,
            "retired_at": None,
            "retired_reason": None,
            "secret": made.secret,
        }


@blp.route("/<uuid:webhook_id>")
class WebhookById(MethodView):
    """One webhook."""

    @requires(Scope.WEBHOOKS)
    @fails_with(404)
    @blp.response(204)
    def delete(self, webhook_id: UUID) -> None:
        """Send nothing more to a webhook."""
        with transaction() as session:
            webhooks.remove(
                session, webhook_id=webhook_id, site_id=principal().site_id, now=now(), by=principal()
            )
