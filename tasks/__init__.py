"""What is learnt offline from pictures and sounds: networks, losses, measures, data, and a command for each task."""
