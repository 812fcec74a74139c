"""Data sets on disk: layouts, writing by many processes at once, and reading at random."""
