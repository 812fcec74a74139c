"""What every command line shares: flags whose mistakes are one line, and one place where errors become exit statuses.

The one idea: a user's mistake is one line on stderr that names the nearest valid flag or value, and exit status 2; no
usage dump, no traceback. `run_command` is the only place that catches `EchoEnvError`.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from echoenv.errors import EchoEnvError, SettingsError, nearest

EXIT_MISTAKE = 2
EXIT_INTERRUPTED = 130


def _one_line(message: str) -> str:
    return " ".join(message.split())


class ArgumentParser(argparse.ArgumentParser):
    """An `argparse.ArgumentParser` that answers a mistake with one line and exit status 2.

    Flags are never abbreviated, so that a new flag cannot change what an old command means.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(**options)

    def error(self, message: str) -> NoReturn:
        """Prints `message` as one line and exits with status 2."""
        said = _one_line(message).replace("expected one argument", "a value must follow it (--help says which)")
        print(f"{self.prog}: {said}", file=sys.stderr)
        raise SystemExit(EXIT_MISTAKE)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's, but an unknown flag is answered with the nearest valid one."""
        given = self._with_dashed_values(sys.argv[1:] if args is None else list(args))
        parsed, extras = self.parse_known_args(given, namespace)
        if extras:
            self.error(self._about_unknown(extras[0]))
        return parsed

    def _with_dashed_values(self, given: list[str]) -> list[str]:
        """Joins a flag and its value where the value begins with a dash, which argparse takes for another flag."""
        choices = {flag: action.choices or () for action in self._actions for flag in action.option_strings}
        joined: list[str] = []
        for text in given:
            if joined and text.startswith("-") and text in choices.get(joined[-1], ()):
                joined[-1] += f"={text}"
            else:
                joined.append(text)
        return joined

    def _about_unknown(self, argument: str) -> str:
        if not argument.startswith("-"):
            return f"unexpected argument '{argument}': every value follows a flag; --help lists them"
        flag = argument.split("=", 1)[0]
        flags = [name for action in self._actions for name in action.option_strings if name.startswith("--")]
        return f"unknown flag '{flag}': {nearest(flag, flags)} (--help explains each)"

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            hint = nearest(str(value), [str(choice) for choice in action.choices])
            raise argparse.ArgumentError(action, f"'{value}' is not a choice: {hint}")


def positive_int(text: str) -> int:
    """A whole number of 1 or more, for `type=` of a flag."""
    return whole_number(text, least=1)


def seed_number(text: str) -> int:
    """A whole number of 0 or more, for `type=` of a seed flag."""
    return whole_number(text, least=0)


def whole_number(text: str, least: int) -> int:
    """A whole number of `least` or more.

    Raises:
        argparse.ArgumentTypeError: `text` is something else.
    """
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if value < least:
        raise argparse.ArgumentTypeError(f"'{text}' must be a whole number of {least} or more")
    return value


def degrees_between(low: float, high: float) -> Callable[[str], float]:
    """A checker for `type=` of a flag: an angle [degrees] strictly between `low` and `high`."""

    def angle(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low < value < high:
            raise argparse.ArgumentTypeError(f"'{text}' must be an angle between {low:g} and {high:g} degrees")
        return value

    return angle


def require_learners(*modules: str) -> None:
    """Says what to install where one of the modules that learners need is missing.

    Raises:
        SettingsError: One is.
    """
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            raise SettingsError(f"{error.name} is not installed: pip install 'echoenv[learn]'") from None


def run_command(
    command: Callable[[Sequence[str] | None], int], prog: str, arguments: Sequence[str] | None = None
) -> int:
    """Runs a command and turns what went wrong into one line on stderr and an exit status.

    Args:
        command: Takes the arguments (None for those of the process), returns the exit status.
        prog: What the line begins with, as the user types the command.
        arguments: Command-line arguments, or None for those of the process.

    Returns:
        The command's own status; 2 for an `EchoEnvError`; 130 for Ctrl-C; 1 where the reader of our output went away.
    """
    try:
        return command(arguments)
    except EchoEnvError as error:
        print(f"{prog}: {_one_line(str(error))}", file=sys.stderr)
        return EXIT_MISTAKE
    except KeyboardInterrupt as interrupt:
        print(f"{prog}: stopped by Ctrl-C{': ' if interrupt.args else ''}{_one_line(str(interrupt))}", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Python flushes stdout at exit; without this it would print a second complaint.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
