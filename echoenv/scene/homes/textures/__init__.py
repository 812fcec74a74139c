"""The patterns of the built-in homes, painted by code: wood, tiles, cloth, pictures, rugs, views out of windows.

The one idea: `library.texture(name)` is the only way in. A painter is a function of a pattern's name that returns an
image of floats; the library tones it, rounds it to bytes and says how large it is.
"""
