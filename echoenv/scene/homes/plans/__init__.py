"""Floor plans of the built-in homes: those behind Replica's names, and those drawn by chance."""
