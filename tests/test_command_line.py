"""A mistake on a command line is one line that helps, and exit status 2."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from echoenv.command_line import ArgumentParser, degrees_between, positive_int, run_command
from echoenv.errors import DatasetError


def parser() -> ArgumentParser:
    made = ArgumentParser(prog="tool")
    made.add_argument("--positions", type=positive_int)
    made.add_argument("--hfov", type=degrees_between(1, 179))
    made.add_argument("--format", choices=("echoenv", "visualechoes"))
    made.add_argument("--up", choices=("+z", "-z"))
    return made


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--positons", "5"], "unknown flag '--positons': did you mean --positions?"),
        (["--position=5"], "unknown flag '--position': did you mean --positions"),
        (["stray"], "unexpected argument 'stray'"),
        (["--positions", "0"], "'0' must be a whole number of 1 or more"),
        (["--positions", "few"], "'few' must be a whole number of 1 or more"),
        (["--positions"], "--positions: a value must follow it"),
        (["--hfov", "180"], "'180' must be an angle between 1 and 179 degrees"),
        (["--format", "visual"], "did you mean visualechoes"),
    ],
)
def test_mistakes_are_one_line(arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        parser().parse_args(arguments)
    said = capsys.readouterr()
    assert stopped.value.code == 2 and said.out == ""
    assert said.err.startswith("tool: ") and expected in said.err and said.err.count("\n") == 1


def test_a_value_may_begin_with_a_dash() -> None:
    assert parser().parse_args(["--up", "-z"]).up == "-z"


def test_errors_become_one_line_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(arguments: Sequence[str] | None) -> int:
        raise DatasetError("first\nsecond")

    assert run_command(fail, "tool") == 2
    assert capsys.readouterr().err == "tool: first second\n"


def test_interrupt_becomes_status_130(capsys: pytest.CaptureFixture[str]) -> None:
    def stop(arguments: Sequence[str] | None) -> int:
        raise KeyboardInterrupt("3 of 5 are finished")

    assert run_command(stop, "tool") == 130
    assert capsys.readouterr().err == "tool: stopped by Ctrl-C: 3 of 5 are finished\n"


def test_success_passes_through() -> None:
    assert run_command(lambda arguments: 0, "tool") == 0
