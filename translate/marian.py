"""The second engine: transformers' MarianMTModel on CPU, CUDA or MPS."""

import json
import os
import threading
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import MarianMTModel

from translate.engine import Decoding, Hypothesis, batches, length_limit
from translate.errors import BadInput, ModelDamaged
from translate.models import Model
from translate.settings import Settings
from translate.tokenizer import END, PAD, UNKNOWN

_DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


class TorchEngine:
    """Same inputs and outputs as the ct2 engine, with weights that torch can train."""

    name = "torch"

    def __init__(self, model: Model, settings: Settings) -> None:
        if model.marian is None:
            raise ModelDamaged(f"{model.name!r} has no Hugging Face Marian form; choose --engine ct2.")
        self.device = _device(settings.device)
        self.compute_type = settings.compute_type
        if self.compute_type == "auto":
            self.compute_type = "float32" if self.device == "cpu" else "float16"
        if self.compute_type not in _DTYPES:
            raise BadInput(
                f"The torch engine cannot compute in {self.compute_type}; it can in: {', '.join(_DTYPES)}."
            )
        if self.device == "cpu":
            torch.set_num_threads(settings.threads or os.cpu_count() or 1)
        self._batch_tokens = settings.batch_tokens
        self._lock = threading.Lock()  # generate() keeps state in the model's generation config.
        try:
            self._vocabulary: dict[str, int] = json.loads(
                (model.marian / "vocab.json").read_text(encoding="utf-8")
            )
            loaded = MarianMTModel.from_pretrained(
                model.marian, local_files_only=True, dtype=_DTYPES[self.compute_type]
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelDamaged(f"transformers cannot load {model.marian}: {error}") from error
        self._model = cast(Any, loaded)
        self._model.to(self.device).eval()
        self._pieces = {index: piece for piece, index in self._vocabulary.items()}
        self._pad = self._vocabulary[PAD]

    def decode(self, sources: Sequence[Sequence[str]], decoding: Decoding) -> list[Hypothesis]:
        """See :class:`translate.engine.Engine`."""
        return [found[0] for found in self.candidates(sources, decoding, 1)]

    @torch.inference_mode()
    def candidates(
        self, sources: Sequence[Sequence[str]], decoding: Decoding, count: int
    ) -> list[list[Hypothesis]]:
        """See :class:`translate.engine.Engine`."""
        ids = [self._ids(source) for source in sources]
        answers: list[list[Hypothesis]] = [[] for _ in sources]
        with self._lock:
            for indices in batches([len(row) for row in ids], self._batch_tokens):
                rows = [ids[i] for i in indices]
                found = self._decode_batch(rows, decoding, count)
                for number, index in enumerate(indices):
                    limit = length_limit(len(ids[index]))
                    answers[index] = [h.within(limit) for h in found[number * count : (number + 1) * count]]
        return answers

    def _decode_batch(self, rows: list[list[int]], decoding: Decoding, count: int) -> list[Hypothesis]:
        """``count`` hypotheses of the first row, then of the second, and so on."""
        beam = max(decoding.beam, count)
        width = len(rows[0])
        source = torch.tensor([row + [self._pad] * (width - len(row)) for row in rows], device=self.device)
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows], device=self.device)
        output = self._model.generate(
            input_ids=source,
            attention_mask=mask,
            num_beams=beam,
            num_return_sequences=count,
            do_sample=False,
            length_penalty=decoding.length_penalty,
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram,
            max_new_tokens=length_limit(width),
            max_length=None,
            forced_eos_token_id=None,
            suppress_tokens=[self._vocabulary[UNKNOWN]],
            output_scores=True,
            return_dict_in_generate=True,
        )
        steps = self._model.compute_transition_scores(
            output.sequences,
            output.scores,
            getattr(output, "beam_indices", None),
            normalize_logits=beam == 1,
        )
        hypotheses = []
        for sequence, scores in zip(output.sequences.tolist(), steps.tolist(), strict=True):
            pieces: list[str] = []
            for index in sequence[1:]:
                if index == self._pad:
                    break
                pieces.append(self._pieces[index])
                if pieces[-1] == END:
                    break
            total = sum(scores[: len(pieces)])
            mean = min(total / len(pieces), 0.0) if pieces else 0.0
            hypotheses.append(Hypothesis(tuple(pieces), mean, pieces[-1:] == [END]))
        return hypotheses

    def score(self, sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> list[list[float]]:
        """See :class:`translate.engine.Engine`."""
        answers: list[list[float]] = []
        with self._lock, torch.inference_mode():
            for source, target in zip(sources, targets, strict=True):
                output = self._force(source, target)
                made = torch.tensor(self._ids([*target, END]), device=self.device)
                chosen = output.logits[0].float().log_softmax(-1).gather(1, made[:, None])
                answers.append(chosen[:, 0].tolist())
        return answers

    def attend(
        self, sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]
    ) -> list[NDArray[np.float32]]:
        """See :class:`translate.engine.Engine`."""
        answers = []
        with self._lock, torch.inference_mode():
            usual = self._model.config._attn_implementation
            # The faster kernels never form the matrix that is asked for.
            self._model.set_attn_implementation("eager")
            try:
                for source, target in zip(sources, targets, strict=True):
                    output = self._force(source, target, output_attentions=True)
                    head = output.cross_attentions[-1][0, 0, : len(target)]
                    answers.append(head.float().cpu().numpy())
            finally:
                self._model.set_attn_implementation(usual)
        return answers

    def _force(self, source: Sequence[str], target: Sequence[str], **more: bool) -> Any:
        """One pass over a given target; row t of the output is of piece t, the last of ``</s>``."""
        return self._model(
            input_ids=torch.tensor([self._ids(source)], device=self.device),
            decoder_input_ids=torch.tensor([[self._pad, *self._ids(target)]], device=self.device),
            **more,
        )

    def _ids(self, pieces: Sequence[str]) -> list[int]:
        unknown = self._vocabulary[UNKNOWN]
        return [self._vocabulary.get(piece, unknown) for piece in pieces]


def _device(asked: str) -> str:
    found = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if asked == "auto":
        return next(name for name, present in found.items() if present)
    if not found[asked]:
        raise BadInput(f"torch sees no {asked} device here; choose --device cpu or auto.")
    return asked
