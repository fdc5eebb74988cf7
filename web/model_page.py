"""The model: which one translates, where it is from, how good and quick it is, and which others there are."""

import random
import time
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, redirect, render_template, request

from translate import models
from translate.models import Metadata, Model
from web.api_models import check_model
from web.desk import TranslationDesk
from web.errors import Conflict
from web.metering import order_again
from web.operations import NUMBER
from web.runtime import runtime
from web.schema import parse

_SPEEDS = "muwazi_speeds"
_ROUNDS = 4
# How our test sets are called where people write of them.
_SETS = {
    "flores200-dev": "FLORES-200 dev",
    "flores200-devtest": "FLORES-200 devtest",
    "ntrex-news-dev": "NTREX-128 news",
}
# From which BLEU on FLORES-200 on which English is to be expected.
_LEVELS = ((30.0, "good"), (18.0, "fair"), (0.0, "poor"))

# News as it is: short and long sentences, names, figures and quotations. The number keeps the cache out.
_SAMPLE = (
    "قال رئيس الوزراء الياباني يوم الثلاثاء إن بلاده ستعزز تعاونها مع حلف شمال الأطلسي، البند {n}.",
    "وأضاف المتحدث رقم {n}: «لن نقبل أي تغيير للوضع القائم بالقوة».",
    "وبلغ عدد المشاركين في المؤتمر {n} شخصا من 31 دولة، بينهم وزراء خارجية ودفاع وخبراء في التكنولوجيا.",
    "وارتفعت صادرات البلاد بنسبة 4.5 بالمئة لتصل إلى {n} مليون دولار خلال الربع الأول من العام الجاري، "
    "وفق بيانات رسمية نشرتها وزارة الاقتصاد في وقت متأخر من مساء الأربعاء.",
    "ولم تعلق الحكومة على التقرير {n} حتى الآن.",
    "وذكرت وكالة الأنباء أن الوفد سيغادر العاصمة غدا الخميس بعد زيارة استمرت {n} أيام التقى خلالها "
    "كبار المسؤولين وبحث معهم سبل دعم العلاقات الثنائية في مختلف المجالات.",
)

blueprint = Blueprint("model", __name__)


@dataclass(frozen=True, slots=True)
class Speed:
    """What a measurement found: source words a second in a batch, and how long a lone sentence takes."""

    words_per_s: float
    lone_ms: float
    words: int


@dataclass(frozen=True, slots=True)
class Choice:
    """An installed model as the page lists it."""

    model: Model
    is_current: bool
    qualities: tuple[tuple[str, float], ...]
    speed: Speed | None

    @property
    def level(self) -> str:
        """What English to expect: 'good', 'fair' or 'poor'; empty where nobody has measured it."""
        quality = self.model.quality
        return "" if quality is None else next(name for least, name in _LEVELS if quality >= least)


@blueprint.get("/model")
def show_model() -> str:
    """The model in use, the other installed ones, and the articles that it may translate again."""
    current = runtime()
    desk = current.desk
    known = models.installed(desk.settings.models)
    if all(model.label != desk.label for model in known):
        known = [desk.model, *known]
    choices = [describe(model, desk) for model in known]
    return render_template(
        "model.html",
        chosen=next(choice for choice in choices if choice.is_current),
        choices=choices,
        damaged=models.damaged(desk.settings.models),
        settings=desk.settings,
        entries=current.store.entries(),
        done=request.args.get("done", ""),
        queued=request.args.get("queued", 0, type=int),
    )


@blueprint.post("/model/current")
def switch_model() -> Response:
    """Translate with another installed model from now on."""
    runtime().choose_model(check_model(request.form.get("name", "")))
    return _back(done="switched")


@blueprint.post("/model/speed")
def measure_speed() -> Response:
    """Measure the model in use, on this machine and now."""
    desk = runtime().desk
    _speeds()[desk.label] = measure(desk)
    return _back(done="measured")


@blueprint.post("/model/retranslate")
def retranslate() -> Response:
    """Put the chosen articles into the queue for the model in use."""
    chosen = [parse(number, NUMBER, "An article's number") for number in request.form.getlist("article")]
    queued = 0
    for number in chosen:
        try:
            order_again(number)
            queued += 1
        except Conflict:  # Deleted since the page was shown.
            continue
    return _back(done="queued", queued=queued)


def describe(model: Model, desk: TranslationDesk) -> Choice:
    """A model with what is known about it."""
    metadata = Metadata.read(model.folder)
    qualities = dict(metadata.quality) if metadata else {}
    if not qualities and model.quality is not None:
        qualities = {"": model.quality}
    named = tuple((_SETS.get(name, name), value) for name, value in qualities.items())
    return Choice(model, model.label == desk.label, named, _speeds().get(model.label))


def measure(desk: TranslationDesk) -> Speed:
    """How quick the desk is with sentences that nobody has asked for before; takes a second or so."""
    chance = random.Random()
    number = chance.randrange(1000, 9000)
    desk.translate([_SAMPLE[0].format(n=number)])  # The first ever call pays for buffers.
    began = time.perf_counter()
    desk.translate([_SAMPLE[1].format(n=number + 1)])
    lone = time.perf_counter() - began
    texts = [line.format(n=number + 10 + round_) for round_ in range(_ROUNDS) for line in _SAMPLE]
    words = sum(len(text.split()) for text in texts)
    began = time.perf_counter()
    desk.translate(texts)
    return Speed(words / (time.perf_counter() - began), 1000 * lone, words)


def _speeds() -> dict[str, Speed]:
    """What has been measured since the server began, by the model's label."""
    found: dict[str, Speed] = current_app.extensions.setdefault(_SPEEDS, {})
    return found


def _back(**arguments: object) -> Response:
    query = "&".join(f"{name}={value}" for name, value in arguments.items())
    response: Response = redirect(f"/model?{query}", 303)  # type: ignore[assignment]  # it is Flask's
    return response
