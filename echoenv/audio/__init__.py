"""Signals: sounds on disk, chirps, octave filters, noise, spectrograms, and the metrics of rooms.

The one idea: nothing here knows of scenes or rays. A sound is a float array whose last axis is time, beside a sample
rate; channels, where there are several, come before it.
"""
