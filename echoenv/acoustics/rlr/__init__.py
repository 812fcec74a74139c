"""RLR, the engine of SoundSpaces 2.0, behind the same interface as ours; optional."""
