"""The tasks by their versioned ids: `gymnasium.make("EchoEnv/PointNav-v0")`.

The one idea: an id is a name for settings; whoever makes it may change any of them
(`gymnasium.make("EchoEnv/AudioGoal-v0", scenes=["room_0"], sound="telephone")`). `import echoenv.envs` registers them;
nothing of the simulator is loaded until one is made.
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym

from echoenv.envs.rewards import Reward

ENTRY_POINT = "echoenv.envs.navigation:NavigationEnv"

TASKS: dict[str, dict[str, Any]] = {
    "EchoEnv/PointNav-v0": {"sensors": ("rgb", "depth", "pointgoal_with_gps_compass")},
    "EchoEnv/AudioGoal-v0": {"sensors": ("depth", "spectrogram"), "sound": "telephone", "success_distance": 1.0},
    "EchoEnv/AudioPointGoal-v0": {
        "sensors": ("depth", "spectrogram", "pointgoal_with_gps_compass"),
        "sound": "telephone",
        "success_distance": 1.0,
    },
    "EchoEnv/Echolocation-v0": {
        "sensors": ("echo", "pointgoal_with_gps_compass", "collision"),
        "chirps": True,
        "reward": Reward(chirp=-0.02),
        "sample_rate": 44100,
    },
    "EchoEnv/MovingSource-v0": {
        "sensors": ("depth", "spectrogram"),
        "sound": "telephone",
        "goal_speed": 0.5,
        "success_distance": 1.0,
    },
}
"""Settings of each id, as far as they differ from the defaults."""


def register_envs() -> None:
    """Tell Gymnasium of the ids; those that it knows already stay as they are."""
    for name, settings in TASKS.items():
        if name not in gym.registry:
            gym.register(name, entry_point=ENTRY_POINT, kwargs=settings)
