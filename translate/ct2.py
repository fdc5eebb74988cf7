"""The default engine: CTranslate2, int8 on a CPU, float16 on a GPU; no torch needed."""

import os
from collections.abc import Sequence
from pathlib import Path

import ctranslate2
import numpy as np
from numpy.typing import NDArray

from translate.conversion import SHORTLIST
from translate.engine import Decoding, Hypothesis, batches, length_limit
from translate.errors import BadInput, ModelDamaged
from translate.models import Model
from translate.settings import Settings
from translate.tokenizer import END


class CT2Engine:
    """
    One CTranslate2 translator, shared by all callers; its workers run batches side by side.

    On a CPU every worker has one thread: small matrices gain more from two
    batches at once than from two threads on one (``benchmarks/threads.py``).
    """

    name = "ct2"

    def __init__(self, model: Model, settings: Settings) -> None:
        if model.ct2 is None:
            raise ModelDamaged(
                f"{model.name!r} has no CTranslate2 form. Make one with: muwazi model convert, "
                "or choose --engine torch."
            )
        device = _device(settings.device)
        compute_type = settings.compute_type
        if compute_type == "auto":
            compute_type = "int8" if device == "cpu" else "float16"
        supported = ctranslate2.get_supported_compute_types(device)
        if compute_type not in supported:
            raise BadInput(
                f"The {device} here cannot compute in {compute_type}, only in {', '.join(sorted(supported))}."
            )
        self.device, self.compute_type = device, compute_type
        self._batch_tokens = settings.batch_tokens
        # A model trained here brings one; its use on a GPU is not measured.
        self._shortlist = settings.shortlist and device == "cpu" and (model.ct2 / SHORTLIST).is_file()
        if self._shortlist:
            _check_shortlist(model.ct2 / SHORTLIST)
        self._workers = (settings.threads or os.cpu_count() or 1) if device == "cpu" else 1
        try:
            self._translator = ctranslate2.Translator(
                str(model.ct2),
                device=device,
                compute_type=compute_type,
                inter_threads=self._workers,
                intra_threads=1,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelDamaged(f"CTranslate2 cannot load {model.ct2}: {error}") from error

    def decode(self, sources: Sequence[Sequence[str]], decoding: Decoding) -> list[Hypothesis]:
        """See :class:`translate.engine.Engine`."""
        return [found[0] for found in self.candidates(sources, decoding, 1)]

    def candidates(
        self, sources: Sequence[Sequence[str]], decoding: Decoding, count: int
    ) -> list[list[Hypothesis]]:
        """See :class:`translate.engine.Engine`."""
        lengths = [len(source) for source in sources]
        # A worker left idle is a core left idle: small requests are dealt out evenly.
        share = max(lengths, default=0) * -(-len(lengths) // self._workers)
        answers: list[list[Hypothesis]] = [[] for _ in sources]
        waiting = []
        for indices in batches(lengths, min(self._batch_tokens, share)):
            limit = length_limit(lengths[indices[0]])
            results = self._translator.translate_batch(
                [list(sources[i]) for i in indices],
                asynchronous=True,
                beam_size=max(decoding.beam, count),
                num_hypotheses=count,
                length_penalty=decoding.length_penalty,
                repetition_penalty=decoding.repetition_penalty,
                no_repeat_ngram_size=decoding.no_repeat_ngram,
                max_input_length=0,
                max_decoding_length=limit,
                return_scores=True,
                return_end_token=True,
                disable_unk=True,
                use_vmap=self._shortlist,
            )
            waiting.append((indices, results))
        for indices, results in waiting:
            for index, result in zip(indices, results, strict=True):
                answer = result.result()
                for hypothesis, score in zip(answer.hypotheses, answer.scores, strict=True):
                    pieces = tuple(hypothesis)
                    # CTranslate2 divides the sum by length ** penalty; we report the plain mean.
                    mean = score * len(pieces) ** (decoding.length_penalty - 1) if pieces else 0.0
                    found = Hypothesis(pieces, min(mean, 0.0), pieces[-1:] == (END,))
                    answers[index].append(found.within(length_limit(lengths[index])))
        return answers

    def score(self, sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> list[list[float]]:
        """See :class:`translate.engine.Engine`."""
        results = self._translator.score_batch(
            [list(source) for source in sources],
            [list(target) for target in targets],
            max_batch_size=self._batch_tokens,
            batch_type="tokens",
            max_input_length=0,
        )
        return [list(result.log_probs) for result in results]

    def attend(
        self, sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]
    ) -> list[NDArray[np.float32]]:
        """See :class:`translate.engine.Engine`; all decoding steps are forced, none is searched."""
        waiting = []
        lengths = [max(len(a), len(b)) for a, b in zip(sources, targets, strict=True)]
        for indices in batches(lengths, self._batch_tokens):
            # CTranslate2 treats an empty prefix as none and would translate: such a target has no rows.
            written = [i for i in indices if targets[i]]
            if not written:
                continue
            results = self._translator.translate_batch(
                [list(sources[i]) for i in written],
                target_prefix=[list(targets[i]) for i in written],
                asynchronous=True,
                beam_size=1,
                max_input_length=0,
                max_decoding_length=max(len(targets[i]) for i in written),
                return_attention=True,
            )
            waiting.append((written, results))
        answers = [np.zeros((len(b), len(a)), np.float32) for a, b in zip(sources, targets, strict=True)]
        for written, results in waiting:
            for index, result in zip(written, results, strict=True):
                # What was decoded beyond a shorter prefix is not asked for, nor the padding of its source.
                rows = np.array(result.result().attention[0], np.float32)
                answers[index] = rows[: len(targets[index]), : len(sources[index])]
        return answers


def _check_shortlist(path: Path) -> None:
    """CTranslate2 believes what it reads there: with half a file it translates into nothing, or crashes."""
    lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    faulty = [n for n, line in enumerate(lines[:-1], 1) if line.count("\t") != 1 or line.endswith("\t")]
    first = lines[0].split("\t")
    if faulty or lines[-1] or first[0] or END not in first[-1].split(" "):
        where = f"line {faulty[0]}" if faulty else "its beginning" if not lines[-1] else "its end"
        raise ModelDamaged(
            f"The shortlist {path} is damaged at {where}: expected a line of pieces for every sentence, "
            f"{END} among them, then lines of a source piece, a tab and target pieces. Install the model "
            "again, or remove that file: without it translations are nearly always the same, and slower."
        )


def _device(asked: str) -> str:
    if asked == "mps":
        raise BadInput("CTranslate2 does not compute on mps; choose --device cpu, or --engine torch.")
    found = ctranslate2.get_cuda_device_count() > 0
    if asked == "cuda" and not found:
        raise BadInput("No CUDA device is visible here; choose --device cpu or auto.")
    return "cuda" if found and asked in {"auto", "cuda"} else "cpu"
