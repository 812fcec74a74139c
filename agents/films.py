"""Films and maps of what a policy does: `python -m agents.films --run runs/pointnav_depth --out films`.

The one idea: one of each kind. In every home that the policy is judged in, one success and one failure are shown, each
chosen by a rule from all judged episodes, so that nobody picked what looks best.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from agents.baselines import BASELINES, NEEDED, baseline
from agents.configuration import Experiment, read_experiment
from agents.evaluation import Acting, Row, run_episodes
from agents.film_files import FORMATS, require_format, write_film
from agents.film_frames import VIEW, film_frames, frame_time
from agents.maps import save_episode_map
from agents.recordings import Recorder, Recording
from agents.runs import AGENT, Run, completed, read_run, run_policy
from echoenv.command_line import ArgumentParser, run_command
from echoenv.datasets.atomic_files import make_writable_folder, write_whole
from echoenv.datasets.episode_scenes import scene_name
from echoenv.errors import SettingsError

PROG = "python -m agents.films"
KINDS = ("success", "failure")
RULES = {
    "success": "the success whose number of actions is the median of all successes in that home",
    "failure": "the failure that ended nearest to the goal in that home",
}

_TRIED = 3  # episodes of a kind: on another machine an episode may come out otherwise than it was judged


@dataclass(frozen=True)
class Shown:
    """An episode that is shown.

    Attributes:
        kind: `success` or `failure`.
        row: Its measures.
        picture: The map.
        film: The film, or None where none was asked for.
    """

    kind: str
    row: Row
    picture: Path
    film: Path | None


@dataclass(frozen=True)
class Shower:
    """Shows one of each kind, in a folder; what is there already, of the same policy, is kept.

    Attributes:
        experiment: Task and episodes.
        name: Of the policy.
        new_policy: Makes it for an episode.
        steps: For which it was trained; None for a baseline.
        folder: Where files go: `NAME_HOME_KIND.png`, `.json`, and the film.
        film_format: One of `FORMATS`; None leaves films out.
    """

    experiment: Experiment
    name: str
    new_policy: Callable[[int], Acting]
    steps: int | None
    folder: Path
    film_format: str | None

    def show(self, rows: Sequence[Row]) -> list[Shown]:
        """Shows one of each kind in every home where there is one.

        Args:
            rows: All judged episodes, of which some are chosen.

        Raises:
            SettingsError: The format cannot be written here.
            DatasetError: The folder cannot be written.
        """
        from tqdm import tqdm

        if self.film_format is not None:
            require_format(self.film_format)
        make_writable_folder(self.folder)
        shown = []
        with tqdm(total=len(self._homes) * len(KINDS), unit=" shown", dynamic_ncols=True) as bar:
            for home in self._homes:
                here = [row for row in rows if row["scene"] == scene_name(home)]
                recorder = Recorder(self.settings, home, self.experiment.evaluation.seed)  # opens it when it is asked
                for kind in KINDS:
                    one = self._kept(home, kind) or self._made(recorder, home, kind, here)
                    shown += [] if one is None else [one]
                    bar.update()
                recorder.close()
        return shown

    def episodes(self) -> list[Row]:
        """All judged episodes: run now, or read from this folder where they were run before."""
        from tqdm import tqdm

        make_writable_folder(self.folder)
        file, judged = self.folder / f"{self.name}_episodes.json", self.experiment.evaluation
        if file.is_file():
            found = json.loads(file.read_text(encoding="utf-8"))
            if found["about"] == self._about:
                return list(found["episodes"])
        with tqdm(total=len(judged.homes) * judged.episodes, unit=" episodes", dynamic_ncols=True) as bar:
            rows = run_episodes(
                self.new_policy, self.settings, judged.homes, judged.episodes, judged.seed,
                lambda _: bar.update(),
            )  # fmt: skip
        write_whole(file, json.dumps({"about": self._about, "episodes": rows}, indent=1).encode())
        return rows

    @property
    def settings(self) -> dict[str, Any]:
        """Values of `NavigationSettings`; a baseline has the sensors that it needs, as where it is judged."""
        task = self.experiment.task_settings
        return {**task, "sensors": NEEDED.get(self.name, ("gps",))} if self.name in BASELINES else task

    @property
    def _homes(self) -> tuple[str, ...]:
        return self.experiment.evaluation.homes

    @property
    def _about(self) -> dict[str, Any]:
        about = {"policy": self.name, "steps": self.steps, "experiment": asdict(self.experiment)}
        return dict(json.loads(json.dumps(about)))

    def _files(self, home: str, kind: str) -> tuple[Path, Path, Path | None]:
        """The note that is written last, the map, the film."""
        stem = f"{self.name}_{scene_name(home)}_{kind}"
        film = None if self.film_format is None else self.folder / f"{stem}.{self.film_format}"
        return self.folder / f"{stem}.json", self.folder / f"{stem}.png", film

    def _kept(self, home: str, kind: str) -> Shown | None:
        note, picture, film = self._files(home, kind)
        if not (note.is_file() and picture.is_file() and (film is None or film.is_file())):
            return None
        found = json.loads(note.read_text(encoding="utf-8"))
        return Shown(kind, found["row"], picture, film) if found["about"] == self._about else None

    def _made(self, recorder: Recorder, home: str, kind: str, rows: Sequence[Row]) -> Shown | None:
        note, picture, film = self._files(home, kind)
        note.unlink(missing_ok=True)  # of another policy
        recording = self._recorded(recorder, kind, rows)
        if recording is None:
            return None
        save_episode_map(picture, recording)
        gain = None if film is None else _write(film, recorder, recording)
        about = {"about": self._about, "kind": kind, "row": recording.row, "sound_gain": gain}
        write_whole(note, json.dumps(about, indent=1).encode())
        return Shown(kind, recording.row, picture, film)

    def _recorded(self, recorder: Recorder, kind: str, rows: Sequence[Row]) -> Recording | None:
        """The first episode of a kind that comes out as it was judged; None where there is none."""
        from tqdm import tqdm

        tried = ranked(rows, kind)[:_TRIED]
        for row in tried:
            recording = recorder.record(self.name, self.new_policy, int(row["number"]))
            if bool(recording.row["success"]) == (kind == "success"):
                return recording
        if tried:
            tqdm.write(f"{tried[0]['scene']}: no {kind} comes out as it was judged, with another version or machine")
        return None


def ranked(rows: Sequence[Row], kind: str) -> list[Row]:
    """Episodes of a kind, those first that `RULES` asks for; equal ones by their number."""
    if kind == "failure":
        failed = [row for row in rows if not row["success"]]
        return sorted(failed, key=lambda row: (row["distance_to_goal"], row["number"]))
    ordered = sorted((row for row in rows if row["success"]), key=lambda row: (row["steps"], row["number"]))
    middle = (len(ordered) - 1) // 2
    return sorted(ordered, key=lambda row: (abs(ordered.index(row) - middle), ordered.index(row)))


def _write(film: Path, recorder: Recorder, recording: Recording) -> float:
    frames = film_frames(recording, recorder.views(recording, VIEW))
    return write_film(film, frames, frame_time(recording), recording.heard, recording.sample_rate)


def show_run(run: Run, folder: Path, film_format: str | None) -> list[Shown]:
    """One of each kind of a trained policy, chosen from the episodes it was judged by, which are run where it was not.

    Raises:
        DatasetError: The run has no checkpoint.
        SettingsError: The format cannot be written here.
    """
    shower = Shower(run.experiment, AGENT, run_policy(run), run.steps, folder, film_format)
    return shower.show(run.episodes.get(AGENT) or shower.episodes())


def run(arguments: Sequence[str] | None = None) -> int:
    """Writes films and maps of a trained policy or a baseline."""
    parser = ArgumentParser(prog=PROG, description="Films and maps of a policy: a success and a failure in each home.")
    parser.add_argument("--run", metavar="DIR", help="folder of a training by agents.ppo")
    parser.add_argument("--config", metavar="FILE", help="in place of a run: an experiment, for a baseline")
    parser.add_argument("--baseline", metavar="NAME", help="show this one in place of the trained policy")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where files go")
    parser.add_argument("--format", default="mp4", choices=(*FORMATS, "none"), help="of films; none draws maps alone")
    flags = parser.parse_args(arguments)
    film_format = None if flags.format == "none" else require_format(flags.format)
    if (flags.run is None) == (flags.config is None):
        raise SettingsError("give either --run with a training, or --config with an experiment and --baseline")
    if flags.baseline is None:
        if flags.run is None:
            raise SettingsError("an experiment alone has no policy: give --baseline, or --run with a training")
        shown = show_run(read_run(flags.run), flags.out, film_format)
    else:
        baseline(flags.baseline)  # an unknown name ends here, before anything is opened
        trained = None if flags.run is None else read_run(flags.run)
        experiment = read_experiment(flags.config) if trained is None else trained.experiment
        shower = Shower(
            experiment, flags.baseline, lambda number: baseline(flags.baseline, number), None, flags.out, film_format
        )
        judged = {} if trained is None else trained.episodes
        shown = shower.show(judged.get(flags.baseline) or completed(shower.episodes()))
    print(_table(shown))
    return 0


def _table(shown: Sequence[Shown]) -> str:
    lines = []
    for one in shown:
        row, file = one.row, one.film or one.picture
        what = f"episode {row['number']}, SPL {row['spl']:.2f}, {row['steps']:.0f} actions"
        lines.append(f"{row['scene']:<18}{one.kind:<9}{what:<42}{file}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: `run`, with mistakes as one line and exit status 2."""
    return run_command(run, PROG, arguments)


if __name__ == "__main__":
    sys.exit(main())
