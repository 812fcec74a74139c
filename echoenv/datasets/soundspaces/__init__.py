"""The layout of SoundSpaces 1.0: binaural responses on a grid, its graph and cached views, read and written.

The one idea: a folder is read as its own code reads it (`SoundSpacesFolder`), and what that code passes over in silence
is counted and said.
"""

from echoenv.datasets.soundspaces.audio_goal import AudioGoal, heard_second, spectrogram
from echoenv.datasets.soundspaces.folder import SoundSpacesFolder
from echoenv.datasets.soundspaces.rules import MP3D, REPLICA, SoundSpacesRules, rules_named
from echoenv.datasets.soundspaces.scene_files import SoundSpacesScene

__all__ = [
    "MP3D",
    "REPLICA",
    "AudioGoal",
    "SoundSpacesFolder",
    "SoundSpacesRules",
    "SoundSpacesScene",
    "heard_second",
    "rules_named",
    "spectrogram",
]
