"""`muwazi eval`: scores, reports and gates. Each subcommand is imported when it runs."""

import click

from translate.commands import LazyGroup

COMMANDS = {
    "score": ("eval.score_cli:score", "Score translations against references, line by line."),
    "run": ("eval.run_cli:run", "Translate a test set with one or more models, and score it."),
    "gate": ("eval.gate_cli:gate", "Fail where scores are too low or significantly worse than before."),
    "fit": ("eval.quality_cli:fit", "Learn to estimate quality without references."),
    "quality": ("eval.quality_cli:quality", "Estimate quality without references."),
    "align": ("eval.alignment_cli:align_eval", "Score alignments against gold ones."),
    "split": ("eval.split_cli:split", "Score sentence splitting against gold boundaries."),
    "report": ("eval.report_cli:report", "Write an earlier evaluation in another form."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def evaluate() -> None:
    """How good a translation, an alignment or a splitter is, and where it fails."""
