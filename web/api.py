"""Our own API under /api: its parts, and one blueprint that holds them."""

from flask import Blueprint

from web import api_articles, api_models, api_references, api_segments, events

blueprint = Blueprint("api", __name__)

_PARTS = (api_articles, api_segments, api_references, api_models)
for _part in _PARTS:
    blueprint.register_blueprint(_part.blueprint)

# What is declared, in the order in which it is shown; the events are a blueprint of their own.
GROUPS = (
    api_articles.routes,
    events.routes,
    api_segments.routes,
    api_references.routes,
    api_models.routes,
)
