"""BLEU and chrF of a model folder on sentences with references, as its users would see it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from translate import models
from translate.engine import load_engine
from translate.settings import Settings
from translate.training.corpus import Pair
from translate.translator import MarianTranslator


def score_model(folder: Path, pairs: Sequence[Pair], *, beam: int = 1) -> Mapping[str, float]:
    """
    ``bleu`` and ``chrf`` (0–100) through the CTranslate2 engine, greedy unless a beam is given.

    sacreBLEU's defaults. A quick look during a training; `muwazi eval` gives
    signatures and intervals.
    """
    from sacrebleu import corpus_bleu, corpus_chrf

    settings = Settings(model=str(folder), device="cpu", beam=beam)
    model = models.find(str(folder), folder=folder.parent)
    translator = MarianTranslator(model, load_engine(model, settings), settings)
    outputs = [made.text for made in translator.translate(pair.source for pair in pairs)]
    references = [[pair.target for pair in pairs]]
    return {
        "bleu": round(corpus_bleu(outputs, references).score, 2),
        "chrf": round(corpus_chrf(outputs, references).score, 2),
    }
