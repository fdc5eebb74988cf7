"""Where evaluations go: the options that every reporting command shares."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eval.translation import Evaluation
from translate.errors import BadInput

if TYPE_CHECKING:
    from eval.measures import Measures


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options --html, --json, --csv and --brief; pass them on to :func:`write`."""
    for option in (
        click.option("--brief", is_flag=True, help="Only scores, significance and signatures."),
        click.option("--csv", "as_csv", is_flag=True, help="Print one row per system and line."),
        click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, for `eval gate`."),
        click.option(
            "--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a report to look at."
        ),
    ):
        command = option(command)
    return command


def write(
    evaluations: Sequence[Evaluation], *, html: Path | None, as_json: bool, as_csv: bool, brief: bool
) -> None:
    """Print the evaluations as tables, JSON or CSV, and write the HTML report where one is wanted."""
    from eval import output, terminal

    if as_json and as_csv:
        raise click.UsageError("Choose one of --json and --csv; both are printed.")
    if html is not None:
        from eval.report.page import render

        _save(html, render(evaluations))
    if as_json:
        click.echo(output.all_to_json(evaluations), nl=False)
    elif as_csv:
        for number, evaluation in enumerate(evaluations):
            rows = output.to_csv(evaluation)
            click.echo(rows if not number else rows.partition("\n")[2], nl=False)
    else:
        click.echo("\n\n".join(terminal.render(one, details=not brief) for one in evaluations), nl=False)
    if html is not None:
        click.echo(f"The report is in {html}.", err=True)


def write_measures(
    report: "Measures", *, html: Path | None, as_json: bool, as_csv: bool, brief: bool, mistakes: int = 10
) -> None:
    """The same for a comparison with gold."""
    from eval import measures

    if as_json and as_csv:
        raise click.UsageError("Choose one of --json and --csv; both are printed.")
    if html is not None:
        from eval.report.gold import render

        _save(html, render(report))
    if as_json:
        click.echo(measures.to_json(report), nl=False)
    elif as_csv:
        click.echo(measures.to_csv(report), nl=False)
    else:
        click.echo(measures.to_text(report, mistakes=mistakes, brief=brief), nl=False)
    if html is not None:
        click.echo(f"The report is in {html}.", err=True)


def _save(path: Path, page: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"The report cannot be written to {path}: {error.strerror}.") from error
