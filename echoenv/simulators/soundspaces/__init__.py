"""SoundSpaces 1.0 behind the simulator's interface: precomputed sound and cached views on a graph."""
