"""`muwazi eval report`: an earlier evaluation in another form."""

from pathlib import Path
from typing import Any

import click

from eval.writing import report_options, write, write_measures


@click.command()
@click.argument("result", type=click.Path(path_type=Path), metavar="RESULT.json")
@report_options
def report(result: Path, **output: Any) -> None:
    """Show RESULT.json, written with --json, as tables, CSV or HTML."""
    from eval.measures import from_json, is_measures
    from eval.output import read_saved

    if is_measures(result):
        write_measures(from_json(result), **output)
        return
    write([saved.evaluate() for saved in read_saved(result)], **output)
