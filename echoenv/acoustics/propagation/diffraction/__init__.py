"""Sound that bends round edges: edges of a mesh, ways over one or two of them, what is left of the sound."""
