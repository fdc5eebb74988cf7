"""
Sentences in, translations out: the one path every caller takes.

Each sentence is normalized, masked, cut where it is too long, decoded, put
together again and checked. Nothing is cut off, dropped or invented on the way:
what cannot be decoded is copied, and what looks wrong says so.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from translate import checks, masking, sentences
from translate.cache import SentenceCache
from translate.engine import Attention, Decoding, Engine, Hypothesis, Likelihood, length_limit
from translate.models import Model
from translate.normalize import spelled_out, without_era
from translate.settings import Settings
from translate.text import Article, Kind, Segment, TranslatedArticle, Translation
from translate.tokenizer import Tokenizer

# The first answers come soon, the later ones in batches that fill the machine.
_WINDOWS = (4, 16, 64, 256)
# A piece that the model was built never to write would outweigh all others of its sentence.
_UNLIKELIEST = -20.0
_QUOTED = re.compile(r'(?<![^\s(\[])" *([^"\s](?:[^"]*[^"\s])?) *"(?!\w)')
_COMMA_AT_END = re.compile(r"""[,،]+(["'“”’»)\]]*)\s*$""")
_STOP_AT_END = re.compile(r"""\.["'“”’»)\]\s]*$""")
_FIRST_WORD = re.compile(r"""(?:#+\s)?[^\w@#/]*([a-z])[a-z'’-]*(?!\w|@|/|:/|\.\w)""")


class Translator(Protocol):
    """Anything that turns source sentences into translations, one each, in order."""

    @property
    def name(self) -> str: ...

    def translate(self, sentences: Iterable[str]) -> Iterator[Translation]: ...


@dataclass(slots=True)
class _Unit:
    """A stretch of text that the model sees at once, and what came of it."""

    text: str
    hypothesis: Hypothesis | None = None


@dataclass(slots=True)
class _Part:
    """A piece of a sentence: verbatim, or the units it is decoded in."""

    text: str
    units: list[_Unit]
    mask: masking.Masked | None = None


@dataclass(slots=True)
class _Job:
    """One sentence on its way; no parts where it is copied."""

    sentence: str
    parts: list[_Part]
    text: str = ""
    score: float | None = None
    finished: bool = True
    _judged: tuple[str, tuple[str, ...]] | None = None

    def faults(self) -> tuple[str, ...]:
        """The guard's warnings of the text as it now is, which it is asked for once."""
        if self._judged is None or self._judged[0] != self.text:
            self._judged = (self.text, checks.warnings(self.sentence, self.text))
        return self._judged[1]

    def take(self, other: "_Job") -> None:
        """Say what ``other`` says."""
        self.parts, self.text, self.score = other.parts, other.text, other.score
        self.finished, self._judged = other.finished, other._judged


class MarianTranslator:
    """
    A Marian model, its tokenizer and an engine, as one thing that translates.

    >>> translator = load("builtin")                             # doctest: +SKIP
    >>> [t.text for t in translator.translate(["أهلا بالعالم"])]  # doctest: +SKIP
    """

    def __init__(self, model: Model, engine: Engine, settings: Settings) -> None:
        self.model = model
        self.settings = settings
        self._engine = engine
        self._tokenizer = Tokenizer(model)
        self._cache = SentenceCache(settings.cache_bytes)

    @property
    def name(self) -> str:
        """Name and revision of the model, as every translation carries it."""
        return self.model.label

    def translate(self, sentences: Iterable[str]) -> Iterator[Translation]:
        """
        One translation per sentence, in order, as they are made.

        Sentences are taken in windows that grow, so that the first answer does
        not wait for the last sentence. The guard decodes a looping output once
        more with a repetition penalty, and where a beam was searched takes that
        hypothesis of it with fewer faults and no new one; what is still wrong stays as a warning.
        """
        waiting = iter(sentences)
        for size in _sizes():
            window = list(islice(waiting, size))
            if not window:
                return
            yield from self._translate_window(window)

    def translate_batch(self, sentences: Sequence[str]) -> list[Translation]:
        """One translation per sentence, in order, all decoded together: for callers that gather their own."""
        return self._translate_window(sentences)

    def candidates(self, sentences: Sequence[str], count: int) -> list[list[str]]:
        """
        Up to ``count`` translations of each sentence, no two the same, the likelier first.

        The first is what :meth:`translate_batch` says. A sentence that is decoded in
        several units has as its n-th candidate the n-th of each unit.
        """
        jobs = [self._plan(sentence) for sentence in sentences]
        chosen = []
        # Two outputs that are one text in different pieces are one candidate: so one more is asked for.
        made = self._alternatives(jobs, count + 1)
        for best, others in zip(self._translate_window(sentences), made, strict=True):
            sound = (one.text for one in others if one.text and not checks.is_looping(one.text, one.sentence))
            chosen.append(list(dict.fromkeys([best.text, *sound]))[:count])
        return chosen

    def translate_article(self, article: Article, *, furniture: bool = False) -> TranslatedArticle:
        """
        The article with a translation for each segment.

        Page furniture is left out (None) unless asked for.
        """
        return next(self.translate_articles([article], furniture=furniture))

    def translate_articles(
        self, articles: Sequence[Article], *, furniture: bool = False
    ) -> Iterator[TranslatedArticle]:
        """Several articles as one stream of sentences, so that batches span them; in order."""
        made = self.translate(s.text for article in articles for s in wanted(article, furniture=furniture))
        for article in articles:
            yield fill(article, made, furniture=furniture)

    def score(self, pairs: Iterable[tuple[str, str]]) -> list[Likelihood | None]:
        """
        How likely the model finds each given translation of its source sentence.

        No piece counts as less likely than e^−20. None where either text is
        longer than the model can read.
        """
        forced = [self._spell(source, target) for source, target in pairs]
        answers = iter(self._engine.score(*_sides(forced)))
        return [_likelihood(next(answers)) if one else None for one in forced]

    def attend(self, pairs: Iterable[tuple[str, str]]) -> list[Attention | None]:
        """
        Where the model looks in each source sentence while it writes a given translation.

        For its own output this is what it looked at while decoding. None where
        either text is longer than the model can read.
        """
        pairs = list(pairs)
        forced = [self._spell(source, target) for source, target in pairs]
        answers = iter(self._engine.attend(*_sides(forced)))
        return [
            Attention(self._spans(source, "source"), self._spans(target, "target"), next(answers))
            if one
            else None
            for one, (source, target) in zip(forced, pairs, strict=True)
        ]

    def _spell(self, source: str, target: str) -> tuple[list[str], list[str]] | None:
        """The pieces of a given pair; None where there are more than the model has positions for."""
        (pieces,) = self._tokenizer.encode([self.model.normalization(source)])
        (written,) = self._tokenizer.encode_target([self.model.normalization(target)])
        # The longest output that decoding allows is one that the model can read as well.
        return (
            (pieces, written)
            if max(len(pieces), len(written)) < length_limit(self.model.safe_tokens)
            else None
        )

    def _spans(self, text: str, side: str) -> tuple[tuple[int, int], ...]:
        normalized, offsets = self.model.normalization.with_offsets(text)
        return tuple((offsets[a], offsets[b]) for a, b in self._tokenizer.spans(normalized, side))

    def _translate_window(self, window: Sequence[str]) -> list[Translation]:
        jobs = [self._plan(sentence) for sentence in window]
        plain = Decoding(self.settings.beam, self.settings.length_penalty)
        self._decode(jobs, plain)
        lost = [job for job in jobs if not self._assemble(job)]
        for job in lost:
            job.parts = self._islands(job.sentence)
        self._decode(lost, plain)
        for job in lost:
            self._assemble(job)
        self._mend([job for job in jobs if job.parts and checks.is_looping(job.text, job.sentence)])
        if self.settings.beam > 1:
            self._reconsider(self._doubtful(jobs))
        self._copy_fragile(self._doubtful(jobs), plain)
        return [self._finish(job) for job in jobs]

    def _plan(self, sentence: str) -> _Job:
        if not checks.translatable(sentence):
            return _Job(sentence, [])
        speaker, text = masking.without_speaker(sentence)
        masked = masking.mask(text, self.model.placeholders)
        if masked.overflow:
            return _Job(sentence, self._islands(sentence))
        spoken = _Part(text, self._units(masked.text), masked)
        return _Job(sentence, [_Part(speaker, []), spoken] if speaker else [spoken])

    def _islands(self, sentence: str, *, fragile: bool = False) -> list[_Part]:
        """Verbatim items between texts that are translated alone: nothing of them can be lost."""
        speaker, text = masking.without_speaker(sentence)
        parts = [_Part(speaker, [])] if speaker else []
        for piece, verbatim in masking.islands(text, fragile=fragile):
            said = masking.CONJUNCTIONS.get(piece.strip())
            if verbatim or said or not checks.translatable(piece):
                parts.append(_Part(said or (piece if verbatim else masking.copied(piece)), []))
            else:
                parts.append(_Part(piece, self._units(piece)))
        return parts

    def _units(self, text: str) -> list[_Unit]:
        normalized = spelled_out(self.model.normalization(text))
        if self._tokenizer.length(normalized) <= self.model.safe_tokens:
            return [_Unit(normalized)]
        spans = sentences.resplit(normalized, self.model.safe_tokens, self._tokenizer.length)
        return [_Unit(normalized[start:end]) for start, end in spans]

    def _decode(self, jobs: Sequence[_Job], decoding: Decoding) -> None:
        """Fill in every unit that has no hypothesis, each distinct text once."""
        missing: dict[str, Hypothesis | None] = {}
        units = [unit for job in jobs for part in job.parts for unit in part.units if unit.hypothesis is None]
        for unit in units:
            if unit.text not in missing:
                missing[unit.text] = self._cache.get(self._key(unit.text, decoding))
        wanted = [text for text, known in missing.items() if known is None]
        if wanted:
            decoded = self._engine.decode(self._tokenizer.encode(wanted), decoding)
            for text, hypothesis in zip(wanted, decoded, strict=True):
                missing[text] = hypothesis
                self._cache.put(self._key(text, decoding), hypothesis)
        for unit in units:
            unit.hypothesis = missing[unit.text]

    def _key(self, text: str, decoding: Decoding) -> tuple[str, ...]:
        return (self.model.label, self.settings.decoding, repr(decoding), text)

    def _assemble(self, job: _Job) -> bool:
        """Put the decoded units together; False where a masked item got lost."""
        if not job.parts:
            job.text = masking.copied(job.sentence)
            return True
        texts = []
        for part in job.parts:
            if not part.units:
                texts.append(part.text)
                continue
            text = self._join(part.units)
            if part.mask is not None:
                restored = part.mask.restore(text)
                if restored is None:
                    return False
                text = restored
            texts.append(text)
        decoded = [unit.hypothesis for part in job.parts for unit in part.units if unit.hypothesis]
        text = (
            texts[0]
            if len(texts) == 1
            else masking.join(texts, [(part.text, not part.units) for part in job.parts])
        )
        begins = job.parts[0].units or not re.search(r"\w", job.parts[0].text)
        text = punctuated(text, job.sentence)
        job.text = capitalized(text) if begins else text
        pieces = sum(len(h.pieces) for h in decoded)
        job.score = sum(h.score * len(h.pieces) for h in decoded) / pieces if pieces else None
        job.finished = all(h.finished for h in decoded)
        return True

    def _join(self, units: Sequence[_Unit]) -> str:
        """One text from the units of a sentence that was too long to be decoded whole."""
        texts: list[str] = []
        for unit in units:
            text = self._tokenizer.decode(unit.hypothesis.pieces).strip() if unit.hypothesis else ""
            # The model ends what it sees with a stop; inside a sentence that is not the author's.
            if unit is not units[-1] and text.endswith(".") and not unit.text.endswith("."):
                text = text[:-1] + ("," if unit.text.endswith((",", "،")) else "")
            texts.append(masking.lowered(text) if texts and masking.goes_on(texts[-1]) else text)
        return " ".join(text for text in texts if text)

    def _mend(self, looping: Sequence[_Job]) -> None:
        """Decode loops once more with a penalty on repetition, and keep what is better."""
        retried = []
        for job in looping:
            parts = [replace(part, units=[_Unit(unit.text) for unit in part.units]) for part in job.parts]
            retried.append(_Job(job.sentence, parts))
        penalty = Decoding(
            max(self.settings.beam, 4),
            self.settings.length_penalty,
            repetition_penalty=1.3,
            no_repeat_ngram=4,
        )
        self._decode(retried, penalty)
        for job, retry in zip(looping, retried, strict=True):
            if self._assemble(retry) and not checks.is_looping(retry.text, job.sentence):
                job.take(retry)

    def _reconsider(self, doubtful: Sequence[_Job]) -> None:
        """Take the hypothesis of the beam with fewer faults and no new one: not an empty one, say."""
        for job, others in zip(doubtful, self._alternatives(doubtful, self.settings.beam), strict=True):
            for other in others:
                if other.finished and set(other.faults()) < set(job.faults()):
                    job.take(other)

    @staticmethod
    def _doubtful(jobs: Sequence[_Job]) -> list[_Job]:
        return [job for job in jobs if job.parts and job.faults()]

    def _copy_fragile(self, doubtful: Sequence[_Job], decoding: Decoding) -> None:
        """Keep dates, formulas and the like out of the model's hands, where that leaves fewer faults."""
        retried = [
            (job, _Job(job.sentence, self._islands(without_era(job.sentence), fragile=True)))
            for job in doubtful
        ]
        retried = [(job, retry) for job, retry in retried if len(retry.parts) > len(job.parts)]
        self._decode([retry for _, retry in retried], decoding)
        for job, retry in retried:
            self._assemble(retry)
            if set(retry.faults()) < set(job.faults()):
                job.take(retry)

    def _alternatives(self, jobs: Sequence[_Job], count: int) -> list[list[_Job]]:
        """Each job with its ``count`` best hypotheses, likelier first; without those that lost something."""
        texts = list(dict.fromkeys(unit.text for job in jobs for part in job.parts for unit in part.units))
        decoding = Decoding(self.settings.beam, self.settings.length_penalty)
        found = self._engine.candidates(self._tokenizer.encode(texts), decoding, count) if texts else []
        ranked = dict(zip(texts, found, strict=True))

        def at(job: _Job, rank: int) -> _Job:
            def unit(text: str) -> _Unit:
                return _Unit(text, ranked[text][min(rank, len(ranked[text]) - 1)])

            return _Job(
                job.sentence,
                [replace(part, units=[unit(one.text) for one in part.units]) for part in job.parts],
            )

        made = [[at(job, rank) for rank in range(count)] for job in jobs]
        return [[one for one in some if self._assemble(one)] for some in made]

    def _finish(self, job: _Job) -> Translation:
        if not job.parts:
            return Translation(job.sentence, job.text, None, (), self.name)
        warnings = job.faults()
        if not job.finished:
            warnings = (
                *warnings,
                "The translation was still going on at its length limit and may not be whole.",
            )
        return Translation(job.sentence, job.text, job.score, warnings, self.name)


def capitalized(text: str) -> str:
    """
    English that begins with a capital: what has no full stop, as headings, models often begin small.

    >>> capitalized("“deepening cooperation”"), capitalized("iPhone sales fall")
    ('“Deepening cooperation”', 'iPhone sales fall')
    """
    found = _FIRST_WORD.match(text)
    return text[: found.start(1)] + found[1].upper() + text[found.end(1) :] if found else text


def punctuated(text: str, source: str) -> str:
    """
    English with its quotation marks against the words and no comma at its end, unless the source has one.

    >>> punctuated('The " law" is dead.', "«القانون» مات."), punctuated('"We stand,"', "«نقف»")
    ('The "law" is dead.', '"We stand"')
    """
    text = _QUOTED.sub(r'"\1"', text)
    if _COMMA_AT_END.search(text) and not _COMMA_AT_END.search(source):
        text = _COMMA_AT_END.sub(r".\1" if _STOP_AT_END.search(source) else r"\1", text)
    return text


def _sides(
    forced: Sequence[tuple[list[str], list[str]] | None],
) -> tuple[list[list[str]], list[list[str]]]:
    known = [pair for pair in forced if pair]
    return [source for source, _ in known], [target for _, target in known]


def _likelihood(log_probabilities: Sequence[float]) -> Likelihood:
    return Likelihood(sum(max(p, _UNLIKELIEST) for p in log_probabilities), len(log_probabilities))


def _sizes() -> Iterator[int]:
    yield from _WINDOWS
    while True:
        yield _WINDOWS[-1]


def wanted(article: Article, *, furniture: bool) -> list[Segment]:
    """The segments to translate: all, or all but the page furniture."""
    return [s for s in article.segments if furniture or s.kind is not Kind.FURNITURE]


def fill(article: Article, made: Iterator[Translation], *, furniture: bool) -> TranslatedArticle:
    """
    Take from ``made`` a translation for each wanted segment.

    Where ``made`` ends early, the segments left over have None.
    """
    chosen = set(wanted(article, furniture=furniture))
    return TranslatedArticle(
        article, tuple(next(made, None) if s in chosen else None for s in article.segments)
    )
