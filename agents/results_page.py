"""The page of results: `python -m agents.results_page RUN [RUN ...] --out docs/results/navigation.md`.

The one idea: everything on it is read from the folders of trainings, so that whoever trains again gets the same page
with the new figures; trainings that differ in their seed alone are one section.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from agents.configuration import Experiment, read_experiment
from agents.films import RULES, Shown, show_run
from agents.results_curves import save_curves
from agents.results_tables import figure, home_table, length_table, policies_of, policy_table
from agents.runs import AGENT, Run, read_run
from benchmarks.machine import describe
from echoenv.command_line import ArgumentParser, run_command
from echoenv.datasets.atomic_files import make_writable_folder, write_whole
from echoenv.datasets.episode_scenes import scene_name
from echoenv.envs.settings import NavigationSettings
from echoenv.errors import EchoEnvError

PROG = "python -m agents.results_page"
CONFIGS = Path("configs")

INTRODUCTION = """# Navigation: what agents learn

Agents trained in EchoEnv, judged in homes that they have not seen, beside policies that are written down. Everything
here was trained and judged by the commands given, in the built-in homes ([homes](../homes.md)), which are not Replica;
tasks, sensors and measures are those of [tasks](../tasks.md).

- **Judged** by the same episodes for all policies: they follow from the home, a seed and a number.
- **±** is the standard error over episodes; where there are several seeds, the standard deviation over them.
- **Baselines**: `random` (a stop at one action in a hundred), `forward` (straight on, a turn after a collision),
  `goal_follower` (turns to where the goal lies and walks, whatever stands between), `louder_ear` (turns to the ear in
  which it is louder), `shortest_path` (is told the way: what can be reached with these actions).
- **Maps**: one success and one failure of the trained agent in each home, chosen by a rule: {rules}.
"""

PUBLISHED = """## Published results beside these

**Not the same task**: other homes (scans of real ones), other episodes, other cameras, and many times the experience.
They say where the field stands, not how this compares with it.

PointGoal navigation with GPS and compass in Habitat by DD-PPO (Wijmans et al., ICLR 2020,
[arXiv 1911.00357](https://arxiv.org/abs/1911.00357)); figures of habitat-baselines' `rl/ddppo/README.md`, evaluated
with actions drawn by their probability:

| sensors | network | trained in | SPL, validation | SPL, test |
| --- | --- | --- | --- | --- |
| depth | SE-ResNeXt101 + LSTM 1024 | Gibson 2+ | 0.969 | 0.948 |
| depth | ResNet50 + LSTM 512 | Gibson 2+ | 0.956 | 0.944 |
| depth | ResNet50 + LSTM 512 | Gibson 4+ | 0.922 | 0.917 |
| rgb | SE-ResNeXt50 + LSTM 512 | Gibson 2+ and MP3D with its validation and test homes | 0.933 | 0.920 |
| none | LSTM 512 | Gibson 0+ and MP3D with its validation and test homes | 0.729 | 0.676 |

The paper's longest training is 2.5 billion steps, on 64 GPUs in under three days; 90 % of that performance is there
after 100 million.
"""

PUBLISHED_SOUND = """
AudioGoal navigation in SoundSpaces, on a grid of Replica's scans: the introduction of
[arXiv 2604.02389](https://arxiv.org/abs/2604.02389) (2026) sums current methods up as 98 % success for sounds that were
heard in training, and 52 % for others.
"""


@dataclass(frozen=True)
class Section:
    """Trainings of one configuration.

    Attributes:
        title: Name of the configuration file, or of the folder where no file has these values.
        config: The file, or None.
        runs: One for each seed.
    """

    title: str
    config: Path | None
    runs: list[Run]

    @property
    def slug(self) -> str:
        """The title as part of a file's name."""
        return "".join(letter if letter.isalnum() else "_" for letter in self.title).lower()


def sections_of(runs: Sequence[Run]) -> list[Section]:
    """Trainings that differ in their seed alone, together."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(_key(run.experiment), []).append(run)
    sections = []
    for alike in groups.values():
        config = _config_of(alike[0].experiment)
        sections.append(Section(alike[0].folder.resolve().name if config is None else config.stem, config, alike))
    return sections


def _key(experiment: Experiment, steps: bool = True) -> str:
    chosen = replace(experiment, seed=0)
    if not steps:
        chosen = replace(chosen, learning=replace(chosen.learning, steps=0))
    return json.dumps(asdict(chosen), sort_keys=True)


def _config_of(experiment: Experiment) -> Path | None:
    """The file in `configs/` that has the values of an experiment, but for seed and steps, which flags change."""
    for file in sorted(CONFIGS.glob("*.yaml")):
        try:
            if _key(read_experiment(file), steps=False) == _key(experiment, steps=False):
                return file
        except EchoEnvError:
            continue  # of another kind, or of a later version
    return None


def page(sections: Sequence[Section], shown: dict[str, list[Shown]], images: str, machine: str) -> str:
    """The page as Markdown.

    Args:
        sections: What was trained.
        shown: Maps of each section, by its slug.
        images: Folder of the pictures, as the page links to it.
        machine: What trained, where a run does not say so itself.
    """
    rules = f"{RULES['success']}, and {RULES['failure']}"
    parts = [_wrapped(INTRODUCTION.format(rules=rules)), _glance(sections)]
    parts += [_section(one, shown.get(one.slug, []), images, machine) for one in sections]
    sounds = any(_sounds(section.runs[0].experiment) for section in sections)
    parts.append(PUBLISHED + (PUBLISHED_SOUND if sounds else ""))
    command = " ".join(_told(run.folder) for section in sections for run in section.runs)
    parts.append(f"This page was written by `{PROG} {command}`.")
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _glance(sections: Sequence[Section]) -> str:
    lines = ["| trained | task | senses | steps | time | success | SPL | SPL of `shortest_path` |", "| --- " * 8 + "|"]
    for one in sections:
        experiment, policies = one.runs[0].experiment, policies_of(one.runs)
        agent, oracle = policies.get(AGENT, []), policies.get("shortest_path", [])
        cells = [
            f"[{one.title}](#{one.title.lower()})",
            experiment.task.split("/")[-1],
            ", ".join(experiment.task_settings["sensors"]),
            _steps(one.runs),
            _duration(sum(run.seconds for run in one.runs) / len(one.runs)),
            figure(agent, "success", lambda _: True),
            figure(agent, "spl", lambda _: True),
            figure(oracle, "spl", lambda _: True),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _section(section: Section, shown: Sequence[Shown], images: str, machine: str) -> str:
    policies = policies_of(section.runs)
    parts = [f"## {section.title}", _facts(section, machine)]
    if policies:
        parts += [policy_table(policies), home_table(policies)]
        parts += ["By length of the shortest way (in brackets: how many episodes):", length_table(policies)]
    else:
        parts.append("Not judged yet: the training has not come to its end.")
    parts.append(f"![Return, success and SPL over steps]({images}/{section.slug}_curve.png)")
    if shown:
        parts.append(_maps(section, shown, images))
    parts.append(_values(section.runs[0].experiment))
    return "\n\n".join(parts)


def _facts(section: Section, machine: str) -> str:
    run = section.runs[0]
    experiment, learning = run.experiment, run.experiment.learning
    settings, network = experiment.task_settings, experiment.network
    memory = "LSTM" if learning.algorithm == "recurrent_ppo" else "layer"
    seeds = ", ".join(str(one.experiment.seed) for one in section.runs)
    trained_in = settings.get("scenes", NavigationSettings.scenes)
    own = run.machine or machine
    rate = sum(one.steps for one in section.runs) / max(sum(one.seconds for one in section.runs), 1e-9)
    times = " and ".join(_duration(one.seconds) for one in section.runs)
    judged = experiment.evaluation
    homes = f"{len(trained_in)} home{'s' if len(trained_in) > 1 else ''}"
    lines = [
        f"- **Task** `{experiment.task}`, senses {', '.join(f'`{one}`' for one in settings['sensors'])}; trained in "
        f"{homes}, judged in {', '.join(f'`{scene_name(one)}`' for one in judged.homes)}",
        f"- **Network** `{network.visual}` encoder, {network.features} features, a {memory} of {network.hidden}; "
        f"`{learning.algorithm}` of Stable-Baselines3, {experiment.workers} processes of {experiment.agents} agents",
        f"- **Steps** {_steps(section.runs)}, seed{'s' if len(section.runs) > 1 else ''} {seeds}; **time** {times} of "
        f"training, {rate:.0f} steps/s, on {own}",
        f"- **Judged** by {judged.episodes} episodes in each home, seed {judged.seed}, "
        f"{'the likeliest action' if judged.deterministic else 'actions drawn by their probability'}",
        f"- **Command** {_commands(section)}",
    ]
    return "\n".join(lines)


def _commands(section: Section) -> str:
    if section.config is None:
        return "`python -m agents.ppo --config FILE` with the values at the end of this section in FILE"
    config, commands = read_experiment(section.config), []
    for run in section.runs:
        flags = [f"--config {section.config.as_posix()}"]
        if run.experiment.learning.steps != config.learning.steps:
            flags.append(f"--steps {run.experiment.learning.steps}")
        if run.experiment.seed != config.seed:
            flags.append(f"--seed {run.experiment.seed}")
        if _told(run.folder) != f"runs/{section.config.stem}":
            flags.append(f"--out {_told(run.folder)}")
        commands.append(f"`python -m agents.ppo {' '.join(flags)}`")
    return ", ".join(commands)


def _told(folder: Path) -> str:
    """A run's folder as commands name it: one that was carried elsewhere stands for the one in `runs/`."""
    return f"runs/{folder.name}" if folder.is_absolute() else folder.as_posix()


def _maps(section: Section, shown: Sequence[Shown], images: str) -> str:
    lines = ["| home | success | failure |", "| --- | --- | --- |"]
    for scene in sorted({one.row["scene"] for one in shown}):
        cells = []
        for kind in RULES:
            found = [one for one in shown if one.row["scene"] == scene and one.kind == kind]
            cells += [f"![{scene}, {kind}]({images}/{_map_name(section, one)})" for one in found[:1]] or ["none"]
        lines.append(f"| `{scene}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def _values(experiment: Experiment) -> str:
    """All values that differ from the defaults, as a configuration file has them."""
    import yaml

    differing = _difference(json.loads(json.dumps(asdict(experiment))), json.loads(json.dumps(asdict(Experiment()))))
    values = {"task": experiment.task, **differing}
    text = yaml.safe_dump(values, sort_keys=False, default_flow_style=None, width=110).strip()
    return f"<details><summary>Its configuration</summary>\n\n```yaml\n{text}\n```\n\n</details>"


def _difference(values: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in values.items():
        default = defaults.get(key)
        if isinstance(value, dict) and isinstance(default, dict) and key != "env":
            value = _difference(value, default)
            default = {}
        if value != default:
            found[key] = value
    return found


def _steps(runs: Sequence[Run]) -> str:
    steps, planned = runs[0].steps, runs[0].experiment.learning.steps
    # rollouts are whole, so a training may end a little beyond what was asked for
    return f"{steps:,}" + (f" of {planned:,}" if steps < planned else "")


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60.0)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"


def _sounds(experiment: Experiment) -> bool:
    settings = experiment.task_settings
    return any(settings.get(name) for name in ("sound", "sounds", "sound_split"))


def _wrapped(text: str, width: int = 120) -> str:
    """List items that a filled-in name has made too long, broken again."""
    import textwrap

    lines: list[str] = []
    for line in text.splitlines():
        lines += textwrap.wrap(line, width, subsequent_indent="  ") if len(line) > width else [line]
    return "\n".join(lines)


def _map_name(section: Section, shown: Shown) -> str:
    return f"{section.slug}_{shown.row['scene']}_{shown.kind}.jpg"


def _copy_maps(section: Section, shown: Sequence[Shown], images: Path) -> None:
    """Maps in a form that is small enough for a page."""
    from PIL import Image

    for one in shown:
        file = io.BytesIO()
        Image.open(one.picture).convert("RGB").save(file, format="JPEG", quality=85)
        write_whole(images / _map_name(section, one), file.getvalue())


def this_machine() -> str:
    """Cores and processor of the machine that this runs on."""
    found = describe()
    return f"{found['cores used']} cores of {found['processor']}"


def run(arguments: Sequence[str] | None = None) -> int:
    """Writes the page and its pictures."""
    parser = ArgumentParser(prog=PROG, description="Write a page about trainings: tables, curves, maps.")
    parser.add_argument("runs", nargs="+", metavar="RUN", help="folder of a training; seeds of one are put together")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="such as docs/results/navigation.md")
    parser.add_argument("--images", type=Path, metavar="DIR", help="default: images/NAME beside the page's folder")
    parser.add_argument("--machine", metavar="TEXT", help="what trained; default: this machine")
    parser.add_argument("--no-maps", action="store_true", help="leave maps out, which need the trained network")
    flags = parser.parse_args(arguments)
    sections = sections_of([read_run(folder) for folder in flags.runs])
    images = flags.images or flags.out.parent.parent / "images" / flags.out.stem
    for folder in (images, flags.out.parent):
        make_writable_folder(folder)
    shown: dict[str, list[Shown]] = {}
    for section in sections:
        save_curves(images / f"{section.slug}_curve.png", section.runs)
        if not flags.no_maps and section.runs[0].steps:
            first = section.runs[0]
            shown[section.slug] = show_run(first, first.folder / "films", None)
            _copy_maps(section, shown[section.slug], images)
    link = Path(os.path.relpath(images, flags.out.parent)).as_posix()
    text = page(sections, shown, link, flags.machine or this_machine())
    write_whole(flags.out, text.encode())
    print(f"{flags.out}: {len(sections)} configurations, {sum(len(one.runs) for one in sections)} trainings")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: `run`, with mistakes as one line and exit status 2."""
    return run_command(run, PROG, arguments)


if __name__ == "__main__":
    sys.exit(main())
