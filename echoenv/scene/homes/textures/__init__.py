"""Textures of the built-in homes, painted by code."""
