"""What hears: microphones, arrays, ambisonics, ears from measured sets or a sphere, near sources."""
