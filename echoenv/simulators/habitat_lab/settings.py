"""What Habitat-Lab's configuration has no place for: where data lie, who computes sound, how much is kept.

The one idea: everything that Habitat-Lab can say (sizes, poses, steps, sliding, agents) is taken from there alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from echoenv.errors import SettingsError, nearest


@dataclass(frozen=True)
class LabSettings:
    """Settings of EchoEnv's simulator in Habitat-Lab.

    Attributes:
        data_dir: Folder with real data sets, where scenes' names are looked up before the built-in homes.
        scenes_kept: Scenes that stay in memory when episodes go from one to another.
        device: `cpu`, `cuda`, `cuda:1`.
        threads: Threads on a CPU; None takes all cores. With many processes side by side (VectorEnv) give 1.
        acoustics: Who computes sound: `echoenv`, or `rlr`.
        receiver: What hears, `kemar` or any that a `Simulator` takes.
        sample_rate: Of all sounds [Hz]: 44100 as SoundSpaces' Replica, 16000 as its Matterport3D.
        response_duration: Length of impulse responses [s].
        seed: Of the stochastic part of sound.
        options: Further arguments of `Simulator`, by name (`propagation`, `air`, `materials`, `up`).

    Raises:
        SettingsError: A number is out of range.
    """

    data_dir: str | Path | None = None
    scenes_kept: int = 3
    device: str = "cpu"
    threads: int | None = None
    acoustics: Any = "echoenv"
    receiver: Any = "kemar"
    sample_rate: int = 44100
    response_duration: float = 1.0
    seed: int = 0
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.scenes_kept, int) or self.scenes_kept < 1:
            raise SettingsError(f"scenes_kept {self.scenes_kept!r} must be a whole number of 1 or more")
        if not self.response_duration > 0.0:
            raise SettingsError(f"response_duration {self.response_duration!r} must be seconds above 0")

    def changed(self, changes: dict[str, Any]) -> LabSettings:
        """These settings with some of them changed.

        Raises:
            SettingsError: There is no such setting, with the nearest.
        """
        names = [each.name for each in fields(self)]
        for name in changes:
            if name not in names:
                raise SettingsError(f"setting '{name}' is not known to EchoEnvSim-v0: {nearest(name, names)}")
        return replace(self, **changes)

    def for_simulator(self) -> dict[str, Any]:
        """The arguments with which a scene's `Simulator` is made."""
        return {
            "device": self.device,
            "threads": self.threads,
            "acoustics": self.acoustics,
            "receiver": self.receiver,
            "sample_rate": self.sample_rate,
            "seed": self.seed,
            **self.options,
        }
