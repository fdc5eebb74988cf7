"""Whether the server serves (/ready; that it lives is told by /health), and how it is doing (/metrics)."""

from flask import Blueprint, Response, jsonify
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from translate.errors import MuwaziError
from web.runtime import runtime

blueprint = Blueprint("readiness", __name__)


@blueprint.get("/ready")
def show_readiness() -> tuple[Response, int]:
    """Whether it should be sent work: a model in memory, a database that answers, not stopping."""
    here = runtime()
    checks = {"model": here.desk.is_open, "database": True, "running": not here.stopping.is_set()}
    try:
        here.store.ping()
    except MuwaziError:
        checks["database"] = False
    ready = all(checks.values())
    answer = jsonify(status="ready" if ready else "not ready", checks=checks, model=here.desk.label)
    return answer, 200 if ready else 503


@blueprint.get("/metrics")
def show_metrics() -> Response:
    """Prometheus' text format."""
    return Response(runtime().metrics.text(), content_type=CONTENT_TYPE_LATEST)
