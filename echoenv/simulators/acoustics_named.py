"""Acoustic engines by name: `echoenv`, or `rlr` where it is installed.

The one idea: the name is the only thing that changes when engines are swapped; what belongs to one engine alone
(its settings, its ears) is looked up here, so the simulator itself knows none of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from echoenv.acoustics.acoustic_engine import AcousticEngine, TracedAcoustics
from echoenv.acoustics.air import Air
from echoenv.acoustics.engine_names import ACOUSTICS_NAMES
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.acoustics.rlr.engine import RlrAcoustics, rlr_receiver
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.errors import SettingsError, nearest
from echoenv.rays.engine import RayEngine
from echoenv.scene.pose import described
from echoenv.simulators.receivers import receiver_named


def acoustics_named(
    acoustics: str | RlrSettings,
    engine: RayEngine,
    propagation: PropagationSettings | None = None,
    air: Air | None = None,
    threads: int | None = None,
) -> AcousticEngine:
    """The acoustic engine that a user means.

    Args:
        acoustics: `echoenv`, `rlr` (its defaults), or `RlrSettings`.
        engine: Rays over the scene.
        propagation: Settings of EchoEnv's own engine; None takes its defaults.
        air: What fills the scene, for EchoEnv's own engine.
        threads: For RLR, which otherwise takes the number of its settings.

    Raises:
        SettingsError: An unknown name, with the nearest; or settings of one engine with the other.
        EngineError: RLR is not installed.
    """
    if isinstance(acoustics, RlrSettings) or acoustics == "rlr":
        _refuse_for_rlr(propagation=propagation, air=air)
        given = acoustics if isinstance(acoustics, RlrSettings) else RlrSettings(thread_count=threads or 1)
        return RlrAcoustics(engine.scene, given)
    if acoustics != "echoenv":
        hint = (
            nearest(acoustics, ACOUSTICS_NAMES)
            if isinstance(acoustics, str)
            else "give 'echoenv', 'rlr', RlrSettings()"
        )
        raise SettingsError(f"acoustics {described(acoustics)} is no engine: {hint}")
    return TracedAcoustics(engine, propagation or PropagationSettings(), air or Air())


def receiver_of(acoustics: AcousticEngine, receiver: Any) -> Any:
    """What hears, by name, file or object, as the engine wants it; the engine refuses what it cannot hear with."""
    if isinstance(receiver, Path | str) or not hasattr(receiver, "filters"):
        own = rlr_receiver(receiver) if acoustics.name == "rlr" else None
        if own is not None:
            return own
    return receiver_named(receiver)


def _refuse_for_rlr(**settings: object) -> None:
    for name, value in settings.items():
        if value is not None:
            raise SettingsError(
                f"{name}= is for EchoEnv's own acoustics, RLR does not know it: leave it out, and give "
                "acoustics=RlrSettings(...) for RLR's settings (its air is fixed, 344 m/s)"
            )
