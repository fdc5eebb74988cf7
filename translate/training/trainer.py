"""Train a Marian model within a budget of minutes, and go on after a kill."""

import json
import math
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import Tensor
from transformers import MarianConfig, MarianMTModel
from transformers.utils.logging import disable_progress_bar

from translate.errors import BadInput, MuwaziError
from translate.training.curve import draw_curve
from translate.training.device import Device
from translate.training.learner import Update
from translate.training.pairs import Pairs, batches, by_length
from translate.training.recipe import Recipe, Stage
from translate.training.team import Team

END_ID = 0
STATE = "training.pt"
_AVERAGED_EVERY = 8  # Updates.
_LEAST_CAUTION = 0.125  # Rates lower than this share no longer help a training that diverges.
_BRANCHES = ("self_attn.v_proj.weight", "self_attn.out_proj.weight", "fc1.weight", "fc2.weight")
Scorer = Callable[[Path], Mapping[str, float]]


class OtherTraining(BadInput):
    """What a folder holds began with another model, vocabulary or text than is asked for now."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The training in {folder} began with another model or vocabulary, so its weights mean something "
            f"else. Choose another --out, or remove {folder / STATE} to begin anew."
        )


@dataclass(slots=True)
class Progress:
    """
    Where a training stands; what a checkpoint keeps beside the weights.

    ``losses`` has a row for each validation: losses in nats per target piece.
    ``caution`` is what the rates are multiplied by since the loss was no number.
    """

    step: int = 0
    seconds: float = 0.0
    target_tokens: int = 0
    losses: list[dict[str, float]] = field(default_factory=list)
    caution: float = 1.0


@dataclass(frozen=True, slots=True)
class Material:
    """
    What a model learns from and is measured by: pairs, and whose they are.

    ``sources`` and ``development`` name indices into ``pairs``; the first
    development set decides, the others are watched. The sources' pairs come
    first, and once more, in the same order, behind all others for each of
    ``segmentations`` drawn ones.
    """

    pairs: Pairs
    sources: Mapping[str, NDArray[np.int64]]
    development: Mapping[str, NDArray[np.int64]]
    segmentations: int = 0

    def drawn(self, indices: NDArray[np.int64], chance: np.random.Generator) -> NDArray[np.int64]:
        """Each of these pairs in any of the drawn segmentations."""
        size = sum(map(len, self.sources.values()))
        first = len(self.pairs) - self.segmentations * size
        return indices + first + size * chance.integers(self.segmentations, size=len(indices))


@dataclass(frozen=True, slots=True)
class _Phase:
    """What an epoch is made for."""

    stage: Stage
    drawn: bool
    passes: int


@dataclass(frozen=True, slots=True)
class Pace:
    """
    How often to look up from the work, in seconds; ``score_every`` 0 is at the end only.

    Validation also never takes more than about a twentieth of the time.
    """

    validate_every: float = 60.0
    save_every: float = 300.0
    score_every: float = 0.0


class Trainer:
    """
    One training: model, workers, data and clock.

    On the ``device`` "cpu" it is the work of a :class:`Team`; on any other one
    that torch knows, "cpu:0" among them, of a :class:`Device`.

    ``table`` has lexical probabilities for the guided head, None for no
    guidance; ``outputs`` the ids that a translation may use: the loss is
    computed over those alone. ``score`` gives BLEU and the like of a checkpoint.
    ``origin`` says what the training began with; only a checkpoint with the same
    one is gone on from.

    Raises OtherTraining, or BadInput for a checkpoint that is damaged or of another shape.
    """

    def __init__(
        self,
        recipe: Recipe,
        material: Material,
        model: Any,
        *,
        outputs: Tensor,
        table: Tensor | None,
        folder: Path,
        workers: int = 1,
        device: str = "cpu",
        score: Scorer | None = None,
        origin: str = "",
    ) -> None:
        missing = sorted(
            {name for stage in recipe.stages for name in stage.weights} - material.sources.keys()
        )
        if missing:
            raise BadInput(
                f"The recipe mixes {', '.join(missing)}, but the data has only {', '.join(material.sources)}."
            )
        self._recipe, self._material, self._folder, self._score = recipe, material, folder, score
        self._origin = origin
        self._random = random.Random(recipe.seed)
        self._lengths = material.pairs.lengths()
        self._development = {
            name: list(batches(self._lengths, by_length(self._lengths, indices), recipe.tokens))
            for name, indices in material.development.items()
        }
        self.model = model
        self.progress = Progress()
        self._average: Tensor | None = None
        self._best: Tensor | None = None
        self._sound: tuple[Tensor | None, ...] | None = None
        self._best_loss = math.inf
        self._waiting_for_gain = 0
        saved = self._read_state()
        parts = (model, material.pairs, outputs, table)
        common: dict[str, Any] = {
            "muon": recipe.matrix_rate > 0,
            "dropouts": (recipe.dropout, recipe.attention_dropout),
            "seed": recipe.seed,
        }
        self._team: Team | Device = (
            Team(*parts, workers=workers, **common)
            if device == "cpu"
            else Device(*parts, device=device, tokens=recipe.tokens, **common)
        )
        self.workers = self._team.workers
        try:
            if saved is not None:
                self._resume(saved)
        except BaseException:
            self._team.close()
            raise

    @property
    def best_loss(self) -> float:
        """That of the best weights so far, with what the other sets have lost since the beginning."""
        return self._best_loss

    def run(
        self,
        minutes: float,
        report: Callable[[Progress], None],
        *,
        pace: Pace | None = None,
        tick: Callable[[Progress], None] = lambda _: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Path:
        """
        Train until ``minutes`` of training time are spent, and return the folder of the best weights.

        ``report`` is called after each validation, ``tick`` after each update.
        A later ``run`` in the same folder goes on from the last checkpoint.
        Where ``stopped`` says so, the training is saved and ends early.

        Raises MuwaziError where the disk is full, a worker is gone or the loss is no number.
        """
        try:
            return self._run(minutes * 60, report, pace or Pace(), tick, stopped)
        finally:
            self._team.close()

    def _run(
        self,
        budget: float,
        report: Callable[[Progress], None],
        pace: Pace,
        tick: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> Path:
        progress = self.progress
        self._team.ready()
        if not progress.losses:
            self._validate({"rate": 0.0})
            report(progress)
        began = time.monotonic() - progress.seconds
        waiting: list[list[int]] = []
        phase: _Phase | None = None
        loss, cost, tokens, seconds = math.nan, 0.0, progress.target_tokens, progress.seconds
        validated = saved = scored = progress.seconds
        while (spent := time.monotonic() - began) < budget and not stopped() and not self._is_exhausted():
            share = spent / budget
            current = self._phase(share)
            if current != phase or not waiting:
                phase, waiting = current, self._epoch(current)
            chosen, waiting = waiting[: self._recipe.batches], waiting[self._recipe.batches :]
            loss = self._update(chosen, share)
            progress.seconds = time.monotonic() - began
            if not math.isfinite(loss):
                self._turn_back(f"The loss is {loss}")
                continue
            tick(progress)
            due = progress.seconds - validated > max(pace.validate_every, 20 * cost)
            if due or progress.step == 20:
                speed = (progress.target_tokens - tokens) / max(progress.seconds - seconds, 1e-9)
                row = {"train": loss, "tokens_per_second": speed, "rate": self._rate(share)}
                if pace.score_every and progress.seconds - scored > pace.score_every:
                    scored = progress.seconds
                    row |= self._scores()
                self._validate(row)
                report(progress)
                validated = time.monotonic() - began
                cost = validated - progress.seconds
                tokens, seconds = progress.target_tokens, validated
            if progress.seconds - saved > pace.save_every:
                saved = progress.seconds
                self._save()
        finished = spent >= budget or self._is_exhausted()
        self._validate(({"train": loss} if math.isfinite(loss) else {}) | {"rate": 0.0}, decide=True)
        if finished:
            progress.losses[-1] |= self._scores()
        self._log()
        report(progress)
        self._save()
        return self._write_model("best", self._best)

    def _update(self, chosen: list[list[int]], share: float) -> float:
        recipe, progress = self._recipe, self.progress
        tokens = int(sum(self._lengths[batch, 1].sum() + len(batch) for batch in chosen))
        rate = self._rate(share)
        update = Update(
            progress.step,
            tokens,
            recipe.matrix_rate * rate * progress.caution,
            recipe.rate * rate * progress.caution,
            recipe.label_smoothing,
            recipe.guidance * max(recipe.last_guidance, 1 - 2.5 * share),
            max(1, recipe.guided_every),
            recipe.weight_decay,
            recipe.rdrop if self._phase(share).passes > 1 else 0.0,
        )
        loss = self._team.learn(chosen, update)
        if not math.isfinite(loss):
            return loss
        progress.step += 1
        progress.target_tokens += tokens
        if recipe.averaged and progress.step % _AVERAGED_EVERY == 0:
            weights = self._team.memory.weights
            if self._average is None:
                self._average = weights.clone()
            else:
                near = max(_AVERAGED_EVERY / recipe.averaged, _AVERAGED_EVERY / (progress.step + 1))
                self._average.lerp_(weights, min(1.0, near))
        return loss

    def _phase(self, share: float) -> _Phase:
        recipe = self._recipe
        return _Phase(
            next(stage for stage in recipe.stages if share <= stage.until),
            self._material.segmentations > 0 and share < 1 - recipe.plain_share,
            2 if recipe.rdrop and share >= recipe.rdrop_start else 1,
        )

    def _look(self) -> None:
        if not self._team.memory.weights.isfinite().all():
            self._turn_back("Some weights are no numbers")

    def _turn_back(self, what: str) -> None:
        """Go on from the last validation's sound weights with half the rates: nobody may be watching."""
        progress, memory = self.progress, self._team.memory
        if self._sound is None or progress.caution <= _LEAST_CAUTION:
            raise MuwaziError(
                f"{what} after update {progress.step}: the training has diverged. The checkpoint in "
                f"{self._folder} is from before; go on from it with lower rates in the recipe."
            )
        progress.caution /= 2
        *kept, average = self._sound
        for tensor, before in zip((memory.weights, memory.first, memory.second), kept, strict=True):
            if before is not None:
                tensor.copy_(before)
        memory.gradients.zero_()
        self._average = average if average is None else average.clone()

    def _remember(self) -> None:
        memory = self._team.memory
        tensors = (memory.weights, memory.first, memory.second, self._average)
        if all(tensor is None or tensor.isfinite().all() for tensor in tensors):
            self._sound = tuple(tensor if tensor is None else tensor.clone() for tensor in tensors)

    def _rate(self, share: float) -> float:
        """The share of the full rates, after warming up and before cooling down."""
        recipe = self._recipe
        warm = min(1.0, (self.progress.step + 1) / max(recipe.warmup, 1))
        rest = max(recipe.last_rate, (1 - share) / max(1 - recipe.decay_from, 1e-9))
        return warm * (1.0 if share < recipe.decay_from else rest)

    def _validate(self, row: Mapping[str, float], *, decide: bool = False) -> None:
        """Add a row to the losses and the log; keep the weights where they are the best so far."""
        self._look()
        names = list(self._development)
        now = {name: self._team.measure(self._development[name]) for name in names}
        first = self._development[names[0]]
        losses = {"development": now[names[0]], "another source": self._team.measure(first, shifted=True)}
        losses |= {name: now[name] for name in names[1:]}
        value, chosen = self._standing(now), self._team.memory.weights
        if self._average is not None:
            averaged = self._with_weights(
                self._average, lambda: {name: self._team.measure(self._development[name]) for name in names}
            )
            losses["average"] = averaged[names[0]]
            if self._standing(averaged) < value:
                value, chosen = self._standing(averaged), self._average
        losses |= {"minutes": self.progress.seconds / 60, "step": self.progress.step}
        losses |= {"caution": self.progress.caution} if self.progress.caution < 1 else {}
        losses |= {"left out": self._team.skipped} if self._team.skipped else {}
        losses |= {"target_tokens": self.progress.target_tokens}
        self.progress.losses.append(dict(row) | losses)
        if self._recipe.patience:
            self._waiting_for_gain += 1
            if value < self._best_loss:
                self._best, self._best_loss, self._waiting_for_gain = chosen.clone(), value, 0
        elif decide:
            self._best, self._best_loss = chosen.clone(), value
        self._remember()
        self._log()

    def _standing(self, losses: Mapping[str, float]) -> float:
        """What is to fall: the first set's loss, and whatever the others lost since the beginning."""
        first, *others = losses
        start = self.progress.losses[0] if self.progress.losses else losses
        return losses[first] + sum(max(0.0, losses[name] - start[name]) for name in others)

    def _is_exhausted(self) -> bool:
        return 0 < self._recipe.patience <= self._waiting_for_gain

    def _with_weights(self, weights: Tensor, action: Callable[[], Any]) -> Any:
        """Do something while the model has other weights."""
        memory = self._team.memory.weights
        kept = memory.clone()
        memory.copy_(weights)
        try:
            return action()
        finally:
            memory.copy_(kept)

    def _scores(self) -> Mapping[str, float]:
        if self._score is None:
            return {}
        chosen = self._best if self._best is not None else self._average
        return self._score(self._write_model("scored", chosen))

    def _write_model(self, name: str, weights: Tensor | None) -> Path:
        """A Hugging Face folder with these weights, or with the present ones."""
        folder = self._folder / name
        chosen = self._team.memory.weights if weights is None else weights

        def write() -> None:
            # Copies, as safetensors refuses views of one storage; each tied tensor under one name.
            named = [*self.model.named_parameters(), *self.model.named_buffers()]
            state = {key: value.detach().cpu().clone() for key, value in named}
            disable_progress_bar()  # type: ignore[no-untyped-call]
            self.model.save_pretrained(folder, state_dict=state)

        try:
            self._with_weights(chosen, write)
        except (OSError, RuntimeError, SafetensorError) as error:
            raise _no_room(folder, error) from error
        return folder

    def _epoch(self, phase: _Phase) -> list[list[int]]:
        """All batches of one epoch of the stage's mixture, shuffled."""
        chance, stage = np.random.default_rng(self._random.getrandbits(64)), phase.stage
        chosen: list[NDArray[np.int64]] = []
        for name, weight in stage.weights.items():
            indices = self._material.sources[name]
            fitting = indices[self._lengths[indices].max(axis=1) <= stage.longest]
            if len(fitting):
                whole, rest = divmod(int(weight * len(fitting) + chance.random()), len(fitting))
                chosen += [fitting] * whole + [chance.choice(fitting, rest, replace=False)]
        every = np.concatenate(chosen) if chosen else np.zeros(0, np.int64)
        if not len(every):
            raise BadInput(
                f"No pair of the stage until {stage.until} has at most {stage.longest} pieces a side."
            )
        if phase.drawn:
            every = self._material.drawn(every, chance)
        return self._team.divide(every, self._recipe.tokens // phase.passes, chance)

    def _log(self) -> None:
        rows = self.progress.losses
        try:
            text = "".join(json.dumps(row) + "\n" for row in rows)
            _replace(self._folder / "log.jsonl", lambda file: file.write(text.encode()))
            _replace(self._folder / "log.svg", lambda file: file.write(draw_curve(rows).encode()))
        except OSError as error:
            raise _no_room(self._folder / "log.jsonl", error) from error

    def _save(self) -> None:
        """Weights, moments and clock, written beside and renamed: a kill leaves the old or the new."""
        memory = self._team.memory
        self._look()
        state = {
            "origin": self._origin,
            "shape": self._team.shape,
            "matrices": memory.matrices,
            "weights": memory.weights,
            "first": memory.first,
            "second": memory.second,
            "average": self._average,
            "best": self._best if self._recipe.patience else None,
            "best_loss": self._best_loss if self._recipe.patience else math.inf,
            "waiting": self._waiting_for_gain,
            "progress": asdict(self.progress),
            "random": self._random.getstate(),
        }
        try:
            _replace(self._folder / STATE, lambda file: torch.save(state, file))
        except (OSError, RuntimeError) as error:
            raise _no_room(self._folder / STATE, error) from error

    def _read_state(self) -> dict[str, Any] | None:
        path = self._folder / STATE
        if not path.exists():
            return None
        try:
            state: dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
        except Exception as error:  # torch raises many kinds for a damaged file.
            raise BadInput(
                f"The checkpoint {path} cannot be read ({type(error).__name__}: {error}). "
                "Remove it to begin anew, or choose another --out."
            ) from error
        return state

    def _resume(self, state: dict[str, Any]) -> None:
        memory = self._team.memory
        if state.get("shape") != self._team.shape or state.get("matrices") != memory.matrices:
            raise BadInput(
                f"The training in {self._folder} has another shape: {_difference(state, self._team.shape)}. "
                f"Choose another --out, or remove {self._folder / STATE} to begin anew."
            )
        if state.get("origin", self._origin) != self._origin:
            raise OtherTraining(self._folder)
        for name in ("weights", "first", "second"):
            getattr(memory, name).copy_(state[name])
        device = memory.weights.device
        self._average, self._best = (
            state[name].to(device) if state[name] is not None else None for name in ("average", "best")
        )
        self._best_loss, self._waiting_for_gain = state["best_loss"], state["waiting"]
        self.progress = Progress(**state["progress"])
        version, internal, gauss = state["random"]
        self._random.setstate((version, tuple(internal), gauss))
        if not self._recipe.averaged:
            self._average = None
        self._remember()


def new_model(recipe: Recipe, embeddings: Tensor, unigram: Tensor, outputs: Tensor) -> MarianMTModel:
    """
    A model that begins with what counting knows.

    Xavier matrices, ``embeddings`` (pieces + 1, width) with rows of norm 1, and
    half the log of ``unigram`` as output bias, −10⁴ where nothing may come out.
    """
    pad = recipe.pieces
    torch.manual_seed(recipe.seed)
    model: Any = MarianMTModel(new_config(recipe))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 2 and "shared" not in name and "embed" not in name:
                torch.nn.init.xavier_uniform_(parameter)
                if name.endswith(_BRANCHES):
                    parameter *= recipe.branches
        model.model.shared.weight.copy_(embeddings)
        model.model.shared.weight[pad] = 0
        bias = torch.full((pad + 1,), -1e4)
        logs = unigram.log()
        bias[outputs] = 0.5 * (logs - logs.mean())[outputs]
        model.final_logits_bias.copy_(bias[None])
    return cast(MarianMTModel, model)


def new_config(recipe: Recipe) -> MarianConfig:
    """The shape of a model, as transformers wants it."""
    pad = recipe.pieces
    return MarianConfig(
        vocab_size=pad + 1,
        decoder_vocab_size=pad + 1,
        d_model=recipe.width,
        encoder_layers=recipe.encoder_layers,
        decoder_layers=recipe.decoder_layers,
        encoder_ffn_dim=recipe.feed_forward,
        decoder_ffn_dim=recipe.feed_forward,
        encoder_attention_heads=recipe.heads,
        decoder_attention_heads=recipe.heads,
        dropout=0.0,
        attention_dropout=0.0,
        activation_dropout=0.0,
        activation_function="relu",
        pad_token_id=pad,
        decoder_start_token_id=pad,
        eos_token_id=END_ID,
        forced_eos_token_id=END_ID,
        scale_embedding=True,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        share_encoder_decoder_embeddings=True,
    )


def _replace(path: Path, write: Callable[[Any], object]) -> None:
    """Write a file beside and rename it, once the disk has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _no_room(path: Path, error: Exception) -> MuwaziError:
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return MuwaziError(
        f"{path} cannot be written: {reason}. The checkpoint before it is kept: "
        "make room on the disk and train again to go on."
    )


def _difference(state: Mapping[str, Any], shape: Sequence[tuple[str, tuple[int, ...]]]) -> str:
    """The first way in which a checkpoint is not of this shape."""
    there = {name: tuple(size) for name, size in state.get("shape", [])}
    here = dict(shape)
    for name in here.keys() | there.keys():
        if here.get(name) != there.get(name):
            return f"{name} is {there.get(name, 'missing')} there and {here.get(name, 'missing')} here"
    return "its optimizer is another one"
