"""What the data scripts share on the command line: flags, licences, one line for a mistake.

The one idea: nothing is fetched before the licence's name and what it asks for are on the screen, and, where the owner
asks for agreement, before `--accept-licence` is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from echoenv.command_line import ArgumentParser, run_command
from echoenv.errors import SettingsError


@dataclass(frozen=True)
class Licence:
    """Under what a data set may be used.

    Attributes:
        name: The licence's name.
        url: Where its text is.
        asks: What it asks for, in a line or two.
        needs_agreement: Whether the owner asks users to agree before they take the data.
    """

    name: str
    url: str
    asks: str
    needs_agreement: bool

    def show(self) -> None:
        """Prints it."""
        print(f"  licence: {self.name}\n           {self.asks}\n           {self.url}")

    def require(self, accepted: bool) -> None:
        """Prints it, and stops where agreement is needed and was not given.

        Raises:
            SettingsError: The owner asks for agreement.
        """
        self.show()
        if self.needs_agreement and not accepted:
            raise SettingsError(
                f"the owner asks you to agree to the {self.name} first: read {self.url}, then run this again with "
                "--accept-licence"
            )


def script_parser(script: str, description: str) -> ArgumentParser:
    """A parser with the flags that every data script has."""
    parser = ArgumentParser(prog=f"python data_scripts/{script}", description=description)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the data set's folder; made if missing")
    parser.add_argument("--scenes", nargs="+", metavar="NAME", help="only these scenes (default: all)")
    parser.add_argument("--check", action="store_true", help="fetch nothing, only say what is there")
    parser.add_argument("--deep", action="store_true", help="check by opening every scene, which takes its time")
    parser.add_argument("--accept-licence", action="store_true", help="you have read the licence and agree to it")
    parser.add_argument("--keep-archives", action="store_true", help="do not remove archives once they are unpacked")
    return parser


def made_folder(folder: Path) -> Path:
    """The data set's folder, made where it is missing.

    Raises:
        SettingsError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"--out {folder}: the folder cannot be made ({error.strerror})") from None
    return folder


def run_script(script: str, run: Callable[[Sequence[str] | None], int], arguments: Sequence[str] | None = None) -> int:
    """Runs a data script; a mistake becomes one line and exit status 2."""
    return run_command(run, f"python data_scripts/{script}", arguments)


def print_steps(lines: Sequence[str]) -> None:
    """Prints how to get what a script may not fetch."""
    for number, line in enumerate(lines, 1):
        print(f"  {number}. {line}")
