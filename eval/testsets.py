"""
Test sets: what to translate and what to compare it with.

A set either has a reference line for every source line, or whole documents
whose references were written freely and must be aligned first (see
`eval.documents`). `find` takes a name or a path.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.lines import read_lines
from translate.errors import BadInput
from translate.text import Kind

SEEDS = "seeds"


@dataclass(frozen=True, slots=True)
class Document:
    """
    One document: Arabic sentences and the English text that somebody else wrote, in sentences too.

    ``kinds`` say of both which are headings; empty where nobody knows.
    """

    name: str
    sources: tuple[str, ...]
    reference: tuple[str, ...]
    kinds: tuple[tuple[Kind, ...], tuple[Kind, ...]] = ((), ())


@dataclass(frozen=True, slots=True)
class TestSet:
    """
    A named set of documents.

    ``aligned`` tells that sources and reference of each document agree line by
    line; otherwise they are to be aligned.
    """

    __test__ = False  # pytest would take it for a test.

    name: str
    documents: tuple[Document, ...]
    aligned: bool

    @property
    def sources(self) -> list[str]:
        """All source sentences in order."""
        return [sentence for document in self.documents for sentence in document.sources]

    @property
    def references(self) -> list[str]:
        """All reference sentences in order."""
        return [sentence for document in self.documents for sentence in document.reference]

    @property
    def document_names(self) -> tuple[str, ...] | None:
        """One name per source sentence; None where the set is one heap of lines."""
        if len(self.documents) == 1 and self.aligned:
            return None
        return tuple(document.name for document in self.documents for _ in document.sources)

    @property
    def fingerprint(self) -> str:
        """Changes whenever a source sentence does: translations kept under it stay valid until then."""
        return hashlib.sha256("\n".join(self.sources).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def find(name: str) -> list[TestSet]:
    """
    The test sets that ``name`` means.

    ``seeds``; a folder of NAME.ar and NAME.en (and NAME.doc), all of them or
    one as FOLDER/NAME; a .tmx file; or one of sacreBLEU's sets for ar-en, such
    as ``sacrebleu:iwslt17/tst2016``, which needs the network once.

    Raises BadInput, saying what was looked for and where.
    """
    if name == SEEDS:
        return [seeds()]
    if name.startswith("sacrebleu:"):
        return [_from_sacrebleu(name.removeprefix("sacrebleu:"))]
    path = Path(name)
    if path.suffix == ".tmx":
        return [_from_tmx(path)]
    if path.is_dir():
        stems = sorted(file.stem for file in path.glob("*.ar"))
        if not stems:
            raise BadInput(f"The folder {path} holds no test set: no file is called NAME.ar.")
        return [_from_lines(path / stem) for stem in stems]
    if Path(f"{name}.ar").is_file():
        return [_from_lines(path)]
    raise BadInput(
        f"There is no test set {name!r}. Expected: seeds, a folder with NAME.ar and NAME.en, "
        "FOLDER/NAME, a .tmx file, or sacrebleu:NAME."
    )


def seeds(folder: Path | None = None) -> TestSet:
    """
    The five articles that Muwazi began from, with their English references.

    They lie beside the packages in a checkout. Raises BadInput where they do not.
    """
    from translate.reading import read

    folder = folder or Path(__file__).resolve().parents[1] / SEEDS
    articles = sorted(folder.glob("*.txt"))
    if not articles:
        raise BadInput(
            f"The seeds are not in {folder}. They come with a checkout of Muwazi, not with an installed "
            "package: run this from a checkout, or name a folder with NAME.ar and NAME.en."
        )
    documents = []
    for path in articles:
        reference = folder / "references" / f"{path.stem}.en.txt"
        if not reference.is_file():
            raise BadInput(f"The seed {path.name} has no reference: {reference} is missing.")
        # Comment forms and the like are on the page, not in the article: nobody translated them.
        sides = [s for s in read(path).segments if s.kind is not Kind.FURNITURE], read(reference).segments
        source, target = (tuple(segment.text for segment in side) for side in sides)
        kinds = tuple(s.kind for s in sides[0]), tuple(s.kind for s in sides[1])
        documents.append(Document(path.stem, source, target, kinds))
    return TestSet(SEEDS, tuple(documents), aligned=False)


def _from_lines(stem: Path) -> TestSet:
    source, target = Path(f"{stem}.ar"), Path(f"{stem}.en")
    if not target.is_file():
        raise BadInput(f"The test set {stem} has no references: {target} is missing.")
    sources, references = read_lines(str(source), "source"), read_lines(str(target), "reference")
    documents = Path(f"{stem}.doc")
    names = read_lines(str(documents), "document") if documents.is_file() else [stem.name] * len(sources)
    for path, lines in ((target, references), (documents, names)):
        if len(lines) != len(sources):
            raise BadInput(f"{path} has {len(lines)} lines and {source} has {len(sources)}; they must agree.")
    return _grouped(stem.name, sources, references, names)


def _grouped(name: str, sources: Sequence[str], references: Sequence[str], names: Sequence[str]) -> TestSet:
    """Lines as documents: neighbours that bear the same name."""
    documents: list[Document] = []
    start = 0
    for end in range(1, len(sources) + 1):
        if end == len(sources) or names[end] != names[start]:
            part = slice(start, end)
            documents.append(Document(names[start], tuple(sources[part]), tuple(references[part])))
            start = end
    if not documents:
        raise BadInput(f"The test set {name} is empty.")
    return TestSet(name, tuple(documents), aligned=True)


def _from_tmx(path: Path) -> TestSet:
    import lxml.etree as etree

    # A TMX comes from anywhere: no entities, no DTD, no network.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.parse(path, parser).getroot()
    except OSError:
        raise BadInput(f"There is no file {path}.") from None
    except etree.XMLSyntaxError as error:
        raise BadInput(f"{path} is not valid XML: {error.msg}.") from error
    sources, references = [], []
    for unit in root.iter("tu"):
        texts = {}
        for variant in unit.iter("tuv"):
            language = variant.get("{http://www.w3.org/XML/1998/namespace}lang") or variant.get("lang") or ""
            segment = variant.find("seg")
            text = " ".join("".join(map(str, segment.itertext())).split()) if segment is not None else ""
            texts[language.lower()[:2]] = text
        if texts.get("ar") and texts.get("en"):
            sources.append(texts["ar"])
            references.append(texts["en"])
    if not sources:
        raise BadInput(f"{path} has no unit with a segment in Arabic (ar) and one in English (en).")
    return _grouped(path.stem, sources, references, [path.stem] * len(sources))


def _from_sacrebleu(name: str) -> TestSet:
    from sacrebleu.dataset import DATASETS
    from sacrebleu.utils import get_reference_files, get_source_file

    available = sorted(known for known, data in DATASETS.items() if "ar-en" in data.langpairs)
    if name not in available:
        raise BadInput(f"sacreBLEU has no set {name!r} for ar-en. It has: {', '.join(available)}.")
    try:
        source, references = get_source_file(name, "ar-en"), get_reference_files(name, "ar-en")
    except (OSError, SystemExit) as error:
        raise BadInput(
            f"sacreBLEU could not fetch {name} ({error}). It needs the network the first time."
        ) from error
    sources, lines = read_lines(source, "source"), read_lines(references[0], "reference")
    return _grouped(name.replace("/", "-"), sources, lines, [name] * len(sources))
