"""Sound: how it gets from a source to a listener, and what the ears make of it."""
