"""Train a Marian model within a budget of minutes, and go on after a kill."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional
from transformers import MarianConfig, MarianMTModel

from translate.errors import BadInput
from translate.training.links import Encoded, expected_links
from translate.training.muon import Muon
from translate.training.recipe import Recipe, Stage

END_ID = 0
Batch = tuple[Tensor, Tensor, Tensor]  # Source ids, decoder input ids, labels: each (batch, length).


@dataclass(slots=True)
class Progress:
    """Where a training stands; what a checkpoint keeps beside the weights."""

    step: int = 0
    seconds: float = 0.0
    target_tokens: int = 0
    losses: list[dict[str, float]] = field(default_factory=list)


class Trainer:
    """
    One training: model, optimizers, data and clock.

    ``sources`` has encoded pairs by name, ``table`` the lexical probabilities
    of :func:`translate.training.links.lexical_table`, ``outputs`` the ids that
    a translation may use: the loss is computed over those alone, and all others
    are shut out by the model's output bias.
    """

    def __init__(
        self,
        recipe: Recipe,
        sources: Mapping[str, Sequence[Encoded]],
        *,
        table: Tensor,
        outputs: Tensor,
        embeddings: Tensor,
        unigram: Tensor,
        development: Sequence[Encoded],
        folder: Path,
    ) -> None:
        missing = sorted({name for stage in recipe.stages for name in stage.weights} - sources.keys())
        if missing:
            raise BadInput(
                f"The recipe mixes {', '.join(missing)}, but the data has only {', '.join(sources)}."
            )
        torch.manual_seed(recipe.seed)
        self._random = random.Random(recipe.seed)
        self._recipe, self._sources, self._table, self._folder = recipe, sources, table, folder
        self._pad = recipe.pieces
        self._outputs = outputs
        self._column = torch.full((recipe.pieces + 1,), -100)
        self._column[outputs] = torch.arange(len(outputs))
        self.model = cast(Any, new_model(recipe, embeddings, unigram, outputs))
        named = [(n, p) for n, p in self.model.named_parameters() if p.requires_grad]
        matrices = [p for n, p in named if p.dim() == 2 and "shared" not in n and "embed" not in n]
        chosen = {id(p) for p in matrices}
        self._rest = [p for _, p in named if id(p) not in chosen]
        self._muon = Muon(matrices)
        self._adam = torch.optim.Adam(self._rest, lr=recipe.rate, betas=(0.9, 0.98), eps=1e-9)
        self._development = list(self._batched(sorted(development, key=lambda pair: len(pair[1]))))
        self.progress = Progress()
        self._watch_attention()

    def run(self, minutes: float, report: Callable[[Progress], None], *, save_every: float = 300.0) -> Path:
        """
        Train until ``minutes`` of training time are spent, and return the folder of the last weights.

        Validates about once a minute: ``report`` is called with the progress,
        whose last entry has the losses per token in nats, with the true source
        and with another one's. Saves every ``save_every`` seconds; a later
        ``run`` in the same folder goes on from there.
        """
        self._resume()
        budget = minutes * 60
        began = time.monotonic() - self.progress.seconds
        waiting: list[list[Encoded]] = []
        stage: Stage | None = None
        validated = saved = self.progress.seconds
        while (spent := time.monotonic() - began) < budget:
            share = spent / budget
            current = next(s for s in self._recipe.stages if share <= s.until)
            if current is not stage or not waiting:
                stage, waiting = current, self._epoch(current)
            loss = self._update(self._tensors(waiting.pop()), share)
            self.progress.seconds = time.monotonic() - began
            if self.progress.seconds - validated > 60 or self.progress.step == 20:
                validated = self.progress.seconds
                self.progress.losses.append({"train": loss} | self.validate() | self._standing())
                report(self.progress)
            if self.progress.seconds - saved > save_every:
                saved = self.progress.seconds
                self._save()
        self.progress.losses.append(self.validate() | self._standing())
        report(self.progress)
        self._save()
        return self._folder / "last"

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Loss per target token on the development pairs, and with every source exchanged for another."""
        self.model.eval()
        true = shuffled = tokens = 0.0
        for pairs in self._development:
            source, fed, labels = self._tensors(pairs)
            wanted = self._column[labels.flatten()]
            for index, seen in enumerate((source, source.roll(1, 0))):
                scores = self._scores(seen, fed).flatten(0, 1)
                loss = functional.cross_entropy(scores, wanted, ignore_index=-100, reduction="sum").item()
                true, shuffled = (true + loss, shuffled) if index == 0 else (true, shuffled + loss)
            tokens += int((wanted >= 0).sum())
        self.model.train()
        return {"development": true / max(tokens, 1), "another source": shuffled / max(tokens, 1)}

    def _update(self, batch: Batch, share: float) -> float:
        source, fed, labels = batch
        recipe = self._recipe
        scores = self._scores(source, fed)
        loss = functional.cross_entropy(
            scores.flatten(0, 1),
            self._column[labels.flatten()],
            ignore_index=-100,
            label_smoothing=recipe.label_smoothing,
        )
        guidance = recipe.guidance * max(0.15, 1 - 2.5 * share)
        total = loss + guidance * self._attention_loss(source, labels) if guidance else loss
        total.backward()  # type: ignore[no-untyped-call]
        warm = min(1.0, (self.progress.step + 1) / recipe.warmup)
        cool = 1.0 if share < recipe.decay_from else max(0.02, (1 - share) / (1 - recipe.decay_from))
        torch.nn.utils.clip_grad_norm_(self._rest, 1.0)
        for group in self._adam.param_groups:
            group["lr"] = recipe.rate * warm * cool
        self._adam.step()
        self._muon.step(recipe.matrix_rate * warm * cool)
        self.model.zero_grad()
        self.progress.step += 1
        self.progress.target_tokens += int((labels != self._pad).sum())
        return float(loss.item())

    def _scores(self, source: Tensor, fed: Tensor) -> Tensor:
        state = self.model.model(
            input_ids=source,
            attention_mask=(source != self._pad).long(),
            decoder_input_ids=fed,
            use_cache=False,
        ).last_hidden_state
        rows = self.model.model.shared.weight[self._outputs]
        return functional.linear(state, rows, self.model.final_logits_bias[0, self._outputs])

    def _watch_attention(self) -> None:
        """Keep what enters the last decoder layer's look at the source: its first head is guided."""
        self._seen: dict[str, Tensor] = {}
        attention = self.model.model.decoder.layers[-1].encoder_attn
        inner = attention.forward

        def forward(hidden_states: Tensor, key_value_states: Tensor | None = None, **more: Any) -> Any:
            self._seen["queries"] = hidden_states
            self._seen["keys"] = key_value_states if key_value_states is not None else hidden_states
            return inner(hidden_states, key_value_states=key_value_states, **more)

        attention.forward = forward

    def _attention_loss(self, source: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy of the guided head against statistical links (Chen et al. 2016), per target token."""
        attention = self.model.model.decoder.layers[-1].encoder_attn
        width = self._recipe.width // self._recipe.heads
        query = functional.linear(
            self._seen["queries"], attention.q_proj.weight[:width], attention.q_proj.bias[:width]
        )
        key = functional.linear(
            self._seen["keys"], attention.k_proj.weight[:width], attention.k_proj.bias[:width]
        )
        mask, present = source != self._pad, labels != self._pad
        logits = (query @ key.transpose(1, 2)) * width**-0.5
        log_attention = functional.log_softmax(logits.masked_fill(~mask[:, None], -1e9), -1)
        with torch.no_grad():
            links, trusted = expected_links(self._table, source, labels, mask, present)
        loss = -(links * log_attention).sum(-1)
        return (loss * trusted).sum() / present.sum()

    def _epoch(self, stage: Stage) -> list[list[Encoded]]:
        """All batches of one epoch of the stage's mixture, shuffled."""
        rows: list[Encoded] = []
        for name, weight in stage.weights.items():
            fitting = [p for p in self._sources[name] if max(len(p[0]), len(p[1])) <= stage.longest]
            wanted = int(weight * len(fitting) + self._random.random())
            rows += fitting * (wanted // max(len(fitting), 1))
            rows += self._random.sample(fitting, wanted % max(len(fitting), 1)) if fitting else []
        if not rows:
            raise BadInput(
                f"No pair of the stage until {stage.until} has at most {stage.longest} pieces a side."
            )
        self._random.shuffle(rows)
        batches: list[list[Encoded]] = []
        for start in range(0, len(rows), 40_000):
            pool = rows[start : start + 40_000]
            batches += self._batched(sorted(pool, key=lambda pair: (len(pair[1]) // 2, len(pair[0]))))
        self._random.shuffle(batches)
        return batches

    def _batched(self, rows: Sequence[Encoded]) -> Iterator[list[Encoded]]:
        batch: list[Encoded] = []
        longest = 0
        for pair in rows:
            length = max(len(pair[0]), len(pair[1])) + 1
            if batch and max(longest, length) * (len(batch) + 1) > self._recipe.tokens:
                yield batch
                batch, longest = [], 0
            batch.append(pair)
            longest = max(longest, length)
        if batch:
            yield batch

    def _tensors(self, pairs: Sequence[Encoded]) -> Batch:
        source = self._padded([pair[0] for pair in pairs])
        labels = self._padded([pair[1] for pair in pairs])
        fed = torch.cat([torch.full((len(pairs), 1), self._pad), labels[:, :-1]], 1)
        return source, fed, labels

    def _padded(self, rows: Sequence[Any]) -> Tensor:
        padded = torch.full((len(rows), max(map(len, rows)) + 1), self._pad)
        for index, row in enumerate(rows):
            padded[index, : len(row)] = torch.from_numpy(row.astype("int64"))
            padded[index, len(row)] = END_ID
        return padded

    def _standing(self) -> dict[str, float]:
        return {
            "step": self.progress.step,
            "minutes": self.progress.seconds / 60,
            "target_tokens": self.progress.target_tokens,
        }

    def _save(self) -> None:
        """Weights, optimizers and clock, written beside and renamed: a kill leaves the old or the new."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self.model.save_pretrained(self._folder / "last")
        state = {
            "model": self.model.state_dict(),
            "adam": self._adam.state_dict(),
            "muon": self._muon.state_dict(),
            "progress": asdict(self.progress),
            "random": self._random.getstate(),
        }
        beside = self._folder / "training.pt.part"
        torch.save(state, beside)
        beside.replace(self._folder / "training.pt")
        log = self._folder / "log.jsonl"
        log.write_text("".join(json.dumps(row) + "\n" for row in self.progress.losses), encoding="utf-8")

    def _resume(self) -> None:
        path = self._folder / "training.pt"
        if not path.exists():
            return
        state = torch.load(path, weights_only=True)
        try:
            self.model.load_state_dict(state["model"])
        except RuntimeError as error:
            raise BadInput(
                f"The training in {self._folder} has another shape; choose another folder: {error}"
            ) from error
        self._adam.load_state_dict(state["adam"])
        self._muon.load_state_dict(state["muon"])
        self.progress = Progress(**state["progress"])
        version, internal, gauss = state["random"]
        self._random.setstate((version, tuple(internal), gauss))


def new_model(recipe: Recipe, embeddings: Tensor, unigram: Tensor, outputs: Tensor) -> MarianMTModel:
    """
    A model that begins with what counting knows.

    Xavier matrices, ``embeddings`` (pieces + 1, width) with rows of norm 1, and
    half the log of ``unigram`` as output bias, −10⁴ where nothing may come out.
    """
    pad = recipe.pieces
    config = MarianConfig(
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
    model: Any = MarianMTModel(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 2 and "shared" not in name and "embed" not in name:
                torch.nn.init.xavier_uniform_(parameter)
        model.model.shared.weight.copy_(embeddings)
        model.model.shared.weight[pad] = 0
        bias = torch.full((pad + 1,), -1e4)
        logs = unigram.log()
        bias[outputs] = 0.5 * (logs - logs.mean())[outputs]
        model.final_logits_bias.copy_(bias[None])
    return cast(MarianMTModel, model)
