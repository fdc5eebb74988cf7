"""`muwazi eval gate`: an exit code for continuous integration."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from translate.errors import BadInput

if TYPE_CHECKING:
    from eval.gate import Check


@click.command()
@click.argument("result", required=False, type=click.Path(path_type=Path), metavar="[RESULT.json]")
@click.option("--min", "least", multiple=True, metavar="METRIC=VALUE",
              help="The least score allowed (of TER, the most): bleu=20, strict=0.95.")  # fmt: skip
@click.option("--against", type=click.Path(path_type=Path), metavar="LAST.json",
              help="An earlier evaluation that must not be significantly better.")  # fmt: skip
@click.option(
    "--level",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help="p below which a loss counts.",
)
def gate(result: Path | None, least: tuple[str, ...], against: Path | None, level: float) -> None:
    """
    Exit with 1 where RESULT.json misses a limit or is significantly worse than before.

    RESULT.json is what `muwazi eval run`, `score`, `align` or `split` printed with
    --json; without it, the last run is meant. Every test set in it must pass; a loss
    within chance passes. Of an alignment, METRIC is strict, lax, nulls, pairs or
    links, of splitting ends: the F1 from 0 to 1, or with .precision or .recall
    behind it.
    """
    from eval.measures import is_measures
    from eval.run_cli import default_cache

    if not least and against is None:
        raise click.UsageError("Say what is demanded: --min METRIC=VALUE, --against LAST.json, or both.")
    path = result or default_cache(os.environ) / "last.json"
    wanted = _limits(least)
    of_kind = _of_measures if is_measures(path) else _of_translations
    checks = of_kind(path, wanted, against, level)
    for check in checks:
        click.echo(f"{'passed' if check.passed else 'FAILED'}  {check.text}")
    if not all(check.passed for check in checks):
        sys.exit(1)


def _of_translations(path: Path, least: dict[str, float], before: Path | None, level: float) -> "list[Check]":
    from eval.gate import against, counterpart, limits
    from eval.output import read_saved

    sets = read_saved(path)
    checks = []
    if least:
        for saved in sets:
            checks += limits(saved.evaluate(resamples=0), least)
    if before is not None:
        old = read_saved(before)
        for saved in sets:
            checks += against(saved, counterpart(saved, old, alone=len(sets) == len(old) == 1), level=level)
    return checks


def _of_measures(path: Path, least: dict[str, float], against: Path | None, level: float) -> "list[Check]":
    from eval.gate import measure_limits, measures_against
    from eval.measures import from_json

    report = from_json(path)
    checks = measure_limits(report, least)
    if against is not None:
        checks += measures_against(report, from_json(against), level=level)
    return checks


def _limits(given: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for text in given:
        key, equals, value = text.partition("=")
        try:
            found[key.lower()] = float(value)
        except ValueError:
            raise BadInput(f"--min {text!r} must be METRIC=VALUE, such as bleu=20.") from None
        if not equals:
            raise BadInput(f"--min {text!r} must be METRIC=VALUE, such as bleu=20.")
    return found
