"""The page of the command line: every command with its arguments and options."""

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from references.markdown import grid, opening
from sendlib.cli import app

_NOTE = "Show this message and exit."


def write_page() -> str:
    """Every command as Markdown, the groups in the order of `sendlib --help`."""
    opened = opening(
        "Command line",
        "the commands in `src/sendlib/cli`",
        "Every command ends with exit code 0 when it did what was asked and 2 when it was "
        "written wrongly; a refusal says what to mend and ends with another. `--help` after a "
        "command says what stands here. An authority is given by its name or by either code.",
    )
    return "\n".join([opened, *_group(get_command(app), "sendlib")])


def _group(command: Any, name: str) -> Iterator[str]:
    """A group and what it holds; a command alone."""
    if not hasattr(command, "commands"):
        yield _command(command, name)
        return
    if command.help and name != "sendlib":
        yield f"## {name}\n\n{command.help}\n"
    alone = {key: each for key, each in command.commands.items() if not hasattr(each, "commands")}
    for key, inner in {**alone, **command.commands}.items():
        yield from _group(inner, f"{name} {key}")


def _command(command: Any, name: str) -> str:
    context = command.context_class(command, info_name=name)
    rows = [_row(each, context) for each in command.get_params(context) if each.name != "help"]
    level = "##" if name.count(" ") == 1 else "###"
    parts = [f"{level} {name}\n", f"{' '.join(command.help.split())}\n"]
    if rows:
        parts.append(grid(("Argument or option", "What it is"), rows))
    return "\n".join(parts)


def _row(parameter: Any, context: Any) -> tuple[str, str]:
    """An option as ``--help`` shows it."""
    written, meaning = parameter.get_help_record(context)
    return f"`{written}`", meaning.replace("[default: (", "[default: ").replace(")]", "]")
