"""What one worker does: gradients from batches, and its share of each update of the weights."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from translate.training.links import expected_links
from translate.training.muon import orthogonal, scale
from translate.training.pairs import Pairs, share

_MOMENTUM = 0.95
_BETAS = (0.9, 0.98)
_EPSILON = 1e-9
SHUT = -1e3  # An output bias below which a piece never comes out.


@dataclass(frozen=True, slots=True)
class Update:
    """The settings of one update; ``tokens`` is how many labels its batches have."""

    step: int
    tokens: int
    matrix_rate: float
    rate: float
    label_smoothing: float
    guidance: float
    guided_every: int


@dataclass(frozen=True, slots=True)
class Memory:
    """
    Flat tensors that all workers see: the first ``matrices`` weights are Muon's, the rest Adam's.

    ``gradients`` has a row for each worker; ``first`` and ``second`` are the
    moments; ``figures`` holds loss, tokens and a squared norm of each worker.
    """

    weights: Tensor
    gradients: Tensor
    first: Tensor
    second: Tensor
    figures: Tensor
    matrices: int

    @classmethod
    def allocate(cls, size: int, matrices: int, workers: int, device: torch.device | str) -> "Memory":
        """Zeros; in shared memory where there are several workers."""
        tensors = (
            torch.zeros(size, device=device),
            torch.zeros(workers, size, device=device),
            torch.zeros(size, device=device),
            torch.zeros(size - matrices, device=device),
            torch.zeros(workers, 4, dtype=torch.float64),
        )
        if workers > 1:
            for tensor in tensors:
                share(tensor)
        return cls(*tensors, matrices)


def ordered(model: torch.nn.Module, *, muon: bool) -> tuple[list[tuple[str, torch.nn.Parameter]], int]:
    """
    The trained parameters, Muon's matrices first, and how many weights those have.

    Positions are sines and stay so: transformers marks them as trainable in a
    model that it has loaded, and not in one that it has made.
    """
    for name, parameter in model.named_parameters():
        if "embed_positions" in name:
            parameter.requires_grad_(False)
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    matrices = [
        (name, p)
        for name, p in named
        if muon and p.dim() == 2 and "shared" not in name and "embed" not in name and "lm_head" not in name
    ]
    chosen = {name for name, _ in matrices}
    rest = [(name, p) for name, p in named if name not in chosen]
    return matrices + rest, sum(p.numel() for _, p in matrices)


class Learner:
    """
    A model whose weights and gradients lie in :class:`Memory`, for worker ``index``.

    ``outputs`` are the ids that a translation may use; the loss is computed
    over those alone. ``table`` has lexical probabilities for the guided head,
    or is None. ``draw`` gives the next batch number of the current work.
    """

    def __init__(
        self,
        model: Any,
        memory: Memory,
        pairs: Pairs,
        outputs: Tensor,
        table: Tensor | None,
        *,
        index: int,
        draw: Callable[[], int],
        wait: Callable[[], None],
        device: torch.device | str = "cpu",
        half: bool = False,
    ) -> None:
        self.model, self._memory, self._pairs, self._table = model, memory, pairs, table
        self._index, self._draw, self._wait = index, draw, wait
        self._workers = len(memory.gradients)
        self._device, self._half = device, half
        vocabulary = model.config.vocab_size
        # All pieces but the last, <pad>, are a view; others are gathered for each batch.
        whole = len(outputs) == pairs.pad == vocabulary - 1
        self._outputs = slice(pairs.pad) if whole else outputs.to(device)
        self._column = torch.full((vocabulary,), -100, device=device)
        self._column[self._outputs] = torch.arange(len(outputs), device=device)
        # What is shut out is nobody's label, and a bias of −30 shuts out as well as −10⁴ without
        # that label smoothing, which looks at every column, sees an infinite loss.
        bias = model.final_logits_bias[0].to(device)
        self._column[bias <= SHUT] = -100
        self._bias = bias[self._outputs].clamp_min(-30.0)
        self._bind()
        if table is not None:
            self._watch_attention()
        model.train()

    def learn(self, batches: Sequence[Sequence[int]], update: Update) -> None:
        """Draw batches until none is left and add up gradients; then take part in the update."""
        figures = self._memory.figures[self._index]
        figures.zero_()
        while (number := self._draw()) < len(batches):
            source, fed, labels = self._pairs.batch(batches[number], self._device)
            with torch.autocast("cuda", torch.bfloat16, enabled=self._half):
                scores = self._scores(source, fed)
                loss = functional.cross_entropy(
                    scores.flatten(0, 1).float(),
                    self._column[labels.flatten()],
                    ignore_index=-100,
                    label_smoothing=update.label_smoothing,
                    reduction="sum",
                )
                figures[0] += loss.detach().double().cpu()
                guided = (update.step * len(batches) + number) % update.guided_every == 0
                if update.guidance and self._table is not None and guided:
                    weight = update.guidance * update.guided_every
                    loss = loss + weight * self._attention_loss(source, labels)
            figures[1] += int((labels != self._pairs.pad).sum())
            (loss / update.tokens).backward()  # type: ignore[no-untyped-call]
        self._wait()
        self._apply(update)
        self._wait()
        self._memory.gradients[self._index].zero_()

    @torch.no_grad()
    def measure(self, batches: Sequence[Sequence[int]], *, shifted: bool) -> None:
        """
        Add up the loss of the batches drawn, without learning.

        ``shifted`` gives every target the source of another pair of its batch.
        """
        self.model.eval()
        figures = self._memory.figures[self._index]
        figures.zero_()
        while (number := self._draw()) < len(batches):
            source, fed, labels = self._pairs.batch(batches[number], self._device)
            with torch.autocast("cuda", torch.bfloat16, enabled=self._half):
                scores = self._scores(source.roll(1, 0) if shifted else source, fed).flatten(0, 1).float()
            wanted = self._column[labels.flatten()]
            loss = functional.cross_entropy(scores, wanted, ignore_index=-100, reduction="sum")
            figures[0] += loss.double().cpu()
            figures[1] += int((wanted >= 0).sum())
        self.model.train()
        self._wait()

    def _bind(self) -> None:
        """Make every parameter and its gradient a view of the shared memory, and divide the updates."""
        memory, offset = self._memory, 0
        groups: dict[tuple[int, ...], list[tuple[Tensor, list[Tensor], Tensor]]] = defaultdict(list)
        parameters, _ = ordered(self.model, muon=memory.matrices > 0)
        for _, parameter in parameters:
            after = offset + parameter.numel()
            shape = parameter.shape
            parameter.data = memory.weights[offset:after].view(shape)
            parameter.grad = memory.gradients[self._index, offset:after].view(shape)
            if offset < memory.matrices:
                gradients = [row[offset:after].view(shape) for row in memory.gradients]
                velocity = memory.first[offset:after].view(shape)
                groups[tuple(sorted(shape))].append((parameter.data, gradients, velocity))
            offset = after
        self._groups = [group[self._index :: self._workers] for group in groups.values()]
        rest = len(memory.weights) - memory.matrices
        share = -(-rest // self._workers)
        start = min(self._index * share, rest)
        self._slice = slice(memory.matrices + start, memory.matrices + min(start + share, rest))
        self._second = memory.second[start : min(start + share, rest)]

    @torch.no_grad()
    def _apply(self, update: Update) -> None:
        memory, figures = self._memory, self._memory.figures
        gradient = memory.gradients[0, self._slice]
        for row in memory.gradients[1:]:
            gradient += row[self._slice]
        figures[self._index, 2] = float(gradient.square().sum())
        self._wait()
        norm = float(figures[:, 2].sum()) ** 0.5
        if norm > 1.0:
            gradient /= norm
        first = memory.first[self._slice]
        first.lerp_(gradient, 1 - _BETAS[0])
        self._second.mul_(_BETAS[1]).addcmul_(gradient, gradient, value=1 - _BETAS[1])
        count = update.step + 1
        size = update.rate / (1 - _BETAS[0] ** count)
        root = (self._second / (1 - _BETAS[1] ** count)).sqrt_().add_(_EPSILON)
        memory.weights[self._slice].addcdiv_(first, root, value=-size)
        for group in self._groups:
            self._turn(group, update.matrix_rate)

    def _turn(self, group: list[tuple[Tensor, list[Tensor], Tensor]], rate: float) -> None:
        """Muon's step for matrices of one shape."""
        if not group:
            return
        directions = []
        for _, gradients, velocity in group:
            gradient = gradients[0] if len(gradients) == 1 else torch.stack(gradients).sum(0)
            velocity.lerp_(gradient, 1 - _MOMENTUM)
            nesterov = gradient.lerp(velocity, _MOMENTUM)
            directions.append(nesterov.T if nesterov.shape[0] > nesterov.shape[1] else nesterov)
        for (weights, _, _), flat in zip(group, orthogonal(torch.stack(directions)), strict=True):
            turned = flat.T if weights.shape[0] > weights.shape[1] else flat
            weights.add_(turned, alpha=-rate * scale(weights))

    def _scores(self, source: Tensor, fed: Tensor) -> Tensor:
        state = self.model.model(
            input_ids=source,
            attention_mask=(source != self._pairs.pad).long(),
            decoder_input_ids=fed,
            use_cache=False,
        ).last_hidden_state
        return functional.linear(state, self.model.lm_head.weight[self._outputs], self._bias)

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
        """Cross-entropy of the guided head against statistical links (Chen et al. 2016), summed."""
        attention = self.model.model.decoder.layers[-1].encoder_attn
        width = self.model.config.d_model // self.model.config.decoder_attention_heads
        query = functional.linear(
            self._seen["queries"], attention.q_proj.weight[:width], attention.q_proj.bias[:width]
        )
        key = functional.linear(
            self._seen["keys"], attention.k_proj.weight[:width], attention.k_proj.bias[:width]
        )
        mask, present = source != self._pairs.pad, labels != self._pairs.pad
        logits = (query @ key.transpose(1, 2)).float() * width**-0.5
        log_attention = functional.log_softmax(logits.masked_fill(~mask[:, None], -1e9), -1)
        assert self._table is not None
        with torch.no_grad():
            links, trusted = expected_links(self._table, source, labels, mask, present)
        return (-(links * log_attention).sum(-1) * trusted).sum()
