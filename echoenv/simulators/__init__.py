"""The simulator: a pose goes in, what is seen and heard there comes out."""
