"""The names of the acoustic engines, for command lines and simulators alike.

The one idea: whoever only lists them does not wait until an engine is loaded.
"""

ACOUSTICS_NAMES = ("echoenv", "rlr")
"""EchoEnv's own engine, and RLR, that of SoundSpaces 2.0."""
