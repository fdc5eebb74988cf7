"""Installed models, search in both languages, and everything corrected as training data."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from translate import models
from web import shapes
from web.errors import NotFound
from web.operations import Parameter, Reply, Routes, answer, json_of, ref
from web.runtime import runtime
from web.shapes import list_of, number, text

_HITS = 50

blueprint = Blueprint("api_models", __name__)
routes = Routes(blueprint, "Models and search", shapes.COMPONENTS)


@routes.get("/api/models", "Installed models.", answers={200: json_of(list_of(ref("Model")))})
def list_models() -> Reply:
    """One of them is in use."""
    desk = runtime().desk
    current = desk.model
    found = [
        {
            "name": model.name,
            "current": model.label == current.label,
            "label": model.label if model.label == current.label else "",
        }
        for model in models.installed(desk.settings.models)
    ]
    if not any(model["current"] for model in found):
        found.append({"name": current.name, "current": True, "label": current.label})
    return answer(found)


@routes.post(
    "/api/models/current",
    "Translate with another model from now on.",
    answers={200: json_of(ref("Model"), "In use.")},
    body={"application/json": shapes.MODEL_CHOICE},
    errors={404: "No model of that name is installed."},
)
def choose_model(body: Mapping[str, Any]) -> Reply:
    """Translations that are there stay; translate an article again to have them by this model."""
    name = check_model(body["name"])
    label = runtime().choose_model(name)
    return answer({"name": name, "current": True, "label": label})


@routes.get(
    "/api/search",
    "Sentences in which words stand, in either language.",
    answers={200: json_of(list_of(ref("Hit")), "The best first.")},
    parameters=(
        Parameter("q", "What to look for.", text("", most=200, least=1), required=True),
        Parameter("limit", f"How many at most; {_HITS} where left out.", number("", least=1, most=500)),
    ),
)
def search(q: str, limit: int | None) -> Reply:
    """Arabic is found whatever its diacritics, hamzas and articles."""
    hits = runtime().store.search(q, limit or _HITS)
    return answer([shapes.hit_object(hit) for hit in hits])


def check_model(name: str) -> str:
    """
    The name, where a model of that name is installed.

    A path or a hub's name, which the command line takes, is none: a client may not make
    the server read other folders. Raises NotFound, or ModelDamaged for an installed one
    that cannot be used.
    """
    desk = runtime().desk
    names = {model.name for model in models.installed(desk.settings.models)} | {desk.model.name}
    if name not in names:
        if fault := models.damaged(desk.settings.models).get(name):
            raise fault
        raise NotFound(
            f"No model named {name[:80]!r} is installed. Installed: {', '.join(sorted(names))}."
        ).because("no_model", name=name[:80])
    return name
