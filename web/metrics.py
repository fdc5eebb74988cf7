"""What the server counts, for Prometheus."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from web.desk import Round, TranslationDesk

_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}
_SECONDS = (0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120)


class Metrics:
    """Counters of one server, in a registry of its own."""

    def __init__(self, desk: TranslationDesk) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._requests = Counter(
            "muwazi_requests", "Requests answered.", ["route", "method", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "muwazi_request_seconds",
            "From a request's arrival to its answer's end.",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._characters = Counter(
            "muwazi_characters", "Characters asked to be translated.", ["contract"], registry=self.registry
        )
        self._sentences = Counter("muwazi_sentences", "Sentences translated.", registry=self.registry)
        self._words = Counter("muwazi_words", "Source words translated.", registry=self.registry)
        self._round_sentences = Histogram(
            "muwazi_round_sentences",
            "Sentences decoded together.",
            buckets=(1, 2, 4, 8, 16, 32),
            registry=self.registry,
        )
        self._round_requests = Histogram(
            "muwazi_round_requests",
            "Requests whose sentences were decoded together.",
            buckets=(1, 2, 4, 8, 16, 32),
            registry=self.registry,
        )
        self._round_seconds = Histogram(
            "muwazi_round_seconds", "Time of decoding them.", buckets=_SECONDS, registry=self.registry
        )
        waiting = Gauge("muwazi_waiting_requests", "Requests at the desk.", registry=self.registry)
        waiting.set_function(lambda: desk.waiting)
        self._model = Gauge("muwazi_model", "The model in memory.", ["model"], registry=self.registry)
        self._desk = desk
        desk.listeners.append(self.count_round)

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """``route`` is the rule that matched, never the address itself: there are only so many."""
        method = method if method in _METHODS else "other"
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_characters(self, contract: str, characters: int) -> None:
        """What a request asked for, by the contract it came under."""
        self._characters.labels(contract).inc(characters)

    def count_round(self, decoded: Round) -> None:
        """What the desk decoded together."""
        self._sentences.inc(decoded.sentences)
        self._words.inc(decoded.words)
        self._round_sentences.observe(decoded.sentences)
        self._round_requests.observe(decoded.requests)
        self._round_seconds.observe(decoded.seconds)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        self._model.clear()
        self._model.labels(self._desk.label).set(1)
        return generate_latest(self.registry)
