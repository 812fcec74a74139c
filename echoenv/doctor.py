"""`python -m echoenv.doctor`: what works on this machine, and what to install where something does not.

The one idea: nothing is concluded from a package's presence; each part is tried on a small room, and what it said is
shown. Habitat-Sim is tried in a process of its own, because it ends the process where no graphics can be had.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import json
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from echoenv.command_line import ArgumentParser, run_command
from echoenv.errors import EchoEnvError, EngineError

PROG = "python -m echoenv.doctor"

_SECONDS = 180.0  # a first start in software may take a minute
_HABITAT_TRIAL = (sys.executable, "-c", "from echoenv.doctor import try_simulator; print(try_simulator('habitat'))")

_LAB_TRIAL = (
    sys.executable,
    "-c",
    "from echoenv.simulators.habitat_lab.registration import require_habitat_lab; print(require_habitat_lab())",
)


@dataclass(frozen=True)
class Finding:
    """What was found out about one part.

    Attributes:
        kind: `simulator`, `acoustics`, `device` or `library`.
        name: As it is called in EchoEnv's arguments, or the package's name.
        works: Whether it did what it is for, here and now.
        needed: Whether EchoEnv is of no use without it.
        version: Of what it rests on; "" where it has none.
        note: What was done and how long it took, or what to install.
    """

    kind: str
    name: str
    works: bool
    needed: bool
    version: str
    note: str


def examine(progress: Callable[[str], None] = lambda _: None) -> list[Finding]:
    """Tries every simulator, acoustic engine, device and library.

    Args:
        progress: Is told what is being tried.
    """
    trials: list[tuple[str, Callable[[], Finding]]] = [
        ("the built-in simulator (a first run compiles kernels, a minute or two)", _builtin),
        ("Habitat-Sim", _habitat),
        ("SoundSpaces' data", _soundspaces),
        ("RLR", _rlr),
        ("Habitat-Sim's audio", _habitat_audio),
    ]
    found = []
    for what, trial in trials:
        progress(what)
        found.append(trial())
    progress("devices")
    return [*found, *_devices(), *_libraries()]


def try_simulator(backend: str, **settings: Any) -> str:
    """Opens a small room in a backend, looks, listens and walks; says how long that took.

    Raises:
        EchoEnvError: The backend does not work.
    """
    from echoenv.simulators.simulator import Simulator

    began = time.perf_counter()
    with Simulator(_room(), backend=backend, **settings) as simulator:
        simulator.set_agent_state([2.0, 0.0, 2.0], 0.0)
        depth = simulator.step("move_forward")["depth"]
        echo = simulator.echo()
    if not (abs(float(depth[depth.shape[0] // 2, depth.shape[1] // 2]) - 1.75) < 0.05 and np.abs(echo).max() > 0.0):
        raise EngineError("it runs, but what it shows of a small room is wrong")
    return f"looked, listened and walked in a small room in {time.perf_counter() - began:.1f} s"


def _room() -> Any:
    """A box, 4 x 2.6 x 4 m."""
    from echoenv.scene.arrays import scene_from_arrays

    corners = np.array([[x, y, z] for x in (0.0, 4.0) for y in (0.0, 2.6) for z in (0.0, 4.0)])
    faces = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    return scene_from_arrays(corners, np.array(faces), name="small room")


def _builtin() -> Finding:
    version = importlib.import_module("echoenv").__version__
    try:
        note, works = try_simulator("builtin"), True
    except EchoEnvError as error:
        note, works = str(error), False
    return Finding("simulator", "builtin", works, True, version, note)


def _habitat() -> Finding:
    from echoenv.simulators.habitat.library import habitat_library

    try:
        version = str(habitat_library().__version__)
    except EchoEnvError as error:
        return Finding("simulator", "habitat", False, False, "", str(error))
    done = _tried(_HABITAT_TRIAL)
    if done is None:
        return Finding("simulator", "habitat", False, False, version, f"no picture within {_SECONDS:.0f} s")
    if done.returncode == 0:
        return Finding("simulator", "habitat", True, False, version, done.stdout.strip().splitlines()[-1])
    last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
    hint = "on a machine without a GPU it needs software rendering (Mesa's EGL: libegl1, libgl1-mesa-dri)"
    return Finding("simulator", "habitat", False, False, version, f"{last[:160]}; {hint}")


def _soundspaces() -> Finding:
    try:
        importlib.import_module("echoenv.simulators.soundspaces.soundspaces_simulator")
    except ImportError as error:
        return Finding("simulator", "soundspaces", False, False, "", f"cannot be loaded ({error})")
    note = "reads SoundSpaces 1.0 folders; data_dir= is the one that holds metadata/ and binaural_rirs/"
    return Finding("simulator", "soundspaces", True, False, "", note)


def _rlr() -> Finding:
    from echoenv.acoustics.rlr.library import rlr_library

    try:
        rlr_library()
        note = try_simulator("builtin", acoustics="rlr")
    except EchoEnvError as error:
        return Finding("acoustics", "rlr", False, False, "", str(error))
    return Finding("acoustics", "rlr", True, False, _version("rlr-audio-propagation"), note)


def _habitat_audio() -> Finding:
    from echoenv.simulators.habitat.library import habitat_library, has_audio_sensor

    try:
        library = habitat_library()
    except EchoEnvError:
        return Finding("acoustics", "habitat", False, False, "", "needs habitat-sim built with --audio")
    works = has_audio_sensor(library)
    note = "habitat-sim has its AudioSensor" if works else "this habitat-sim was built without --audio"
    return Finding("acoustics", "habitat", works, False, str(library.__version__), note)


def _devices() -> list[Finding]:
    import warp as wp

    from echoenv.processor import available_cores
    from echoenv.rays.engine import RayEngine

    engine = RayEngine(_room())
    note = f"{platform.processor() or platform.machine()}, {available_cores()} cores, rays by {engine.description}"
    found = [Finding("device", "cpu", True, True, "", note)]
    for device in wp.get_cuda_devices():
        try:
            hits = RayEngine(_room(), device=str(device)).intersect([[2.0, 1.3, 2.0]], [[0.0, 0.0, -1.0]])
            works = abs(float(hits.distance[0]) - 2.0) < 1e-3
            found.append(Finding("device", str(device), works, False, f"sm_{device.arch}", device.name))
        except (RuntimeError, EchoEnvError) as error:
            found.append(Finding("device", str(device), False, False, "", str(error).splitlines()[0]))
    if len(found) == 1:
        found.append(Finding("device", "cuda", False, False, "", "no NVIDIA GPU with a driver was found"))
    return found


def _libraries() -> list[Finding]:
    version = _version("torch")
    note = "the learners" if version else "for the learners: pip install 'echoenv[learn]'"
    return [Finding("library", "torch", bool(version), False, version, note), _habitat_lab()]


def _habitat_lab() -> Finding:
    version = _version("habitat-lab")
    advice = "for Habitat-Lab on our scenes: pip install habitat-lab==0.3.320260507 (numpy 1.26), see docs/habitat.md"
    if not version:
        return Finding("library", "habitat-lab", False, False, "", advice)
    done = _tried(_LAB_TRIAL)
    works = done is not None and done.returncode == 0
    note = f"imports, {'with' if _installed('habitat_sim') else 'without'} habitat-sim" if works else advice
    return Finding("library", "habitat-lab", works, False, version, note)


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _tried(command: Sequence[str]) -> subprocess.CompletedProcess[str] | None:
    """What a process of its own said; None where it took too long."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None


def _version(package: str) -> str:
    """Version of an installed package, "" where it is not."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def table(findings: Sequence[Finding]) -> str:
    """Findings as lines for people."""
    widths = [max(len(getattr(one, part)) for one in findings) for part in ("kind", "name", "version")]
    lines = []
    for one in findings:
        columns = (one.kind.ljust(widths[0]), one.name.ljust(widths[1]), "works" if one.works else "-".ljust(5))
        lines.append("  ".join((*columns, one.version.ljust(widths[2]), one.note)).rstrip())
    return "\n".join(lines)


def run(arguments: Sequence[str] | None = None) -> int:
    """Examines this machine and prints what was found.

    Returns:
        0 where EchoEnv works here; 1 where it does not.
    """
    parser = ArgumentParser(prog=PROG, description="Say what of EchoEnv works on this machine.")
    parser.add_argument("--json", action="store_true", help="print a list of findings as JSON")
    flags = parser.parse_args(arguments)
    quiet = flags.json or not sys.stderr.isatty()
    findings = examine(lambda what: None if quiet else print(f"trying {what} ...", file=sys.stderr))
    print(json.dumps([asdict(one) for one in findings], indent=1) if flags.json else table(findings))
    return 0 if all(one.works for one in findings if one.needed) else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: `run`, with mistakes as one line and exit status 2."""
    return run_command(run, PROG, arguments)


if __name__ == "__main__":
    sys.exit(main())
