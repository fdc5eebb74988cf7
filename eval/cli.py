"""`muwazi eval`: scores, reports and gates. Each subcommand is imported when it runs."""

from importlib import import_module

import click

COMMANDS = {
    "score": ("eval.score_cli:score", "Score translations against references, line by line."),
    "run": ("eval.run_cli:run", "Translate a test set with one or more models, and score it."),
    "gate": ("eval.gate_cli:gate", "Fail where scores are too low or significantly worse than before."),
    "quality": ("eval.quality_cli:quality", "Estimate quality without references."),
    "align": ("eval.alignment_cli:align_eval", "Score alignments against gold ones."),
    "split": ("eval.split_cli:split", "Score sentence splitting against gold boundaries."),
    "report": ("eval.report_cli:report", "Write an earlier evaluation in another form."),
}


class LazyGroup(click.Group):
    """Subcommands are imported when they run, so that help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def evaluate() -> None:
    """How good a translation, an alignment or a splitter is, and where it fails."""
