"""Text in, English out: reading, splitting, models, engines, training."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from translate.translator import MarianTranslator

__all__ = ["load"]


def load(model: str = "", **settings: str | int | float | None) -> "MarianTranslator":
    """
    A translator, ready to use: ``load("builtin").translate(["أهلا بالعالم"])``.

    ``model`` is a name, a hub name or a folder, empty for the best installed;
    other settings (``engine``, ``device``, ``beam`` …) are those of
    :class:`translate.settings.Settings`, and fall back on the environment.

    Raises ModelNotFound, ModelDamaged, MissingDependency or BadInput.
    """
    from translate import models
    from translate.engine import load_engine
    from translate.settings import load_settings
    from translate.translator import MarianTranslator

    chosen = load_settings(os.environ, Path("muwazi.toml"), model=model or None, **settings)
    found = models.choose(chosen.model, folder=chosen.models, hub_cache=chosen.hub_cache)
    return MarianTranslator(found, load_engine(found, chosen), chosen)
