"""Habitat-Sim behind the simulator's interface; nothing else in the project imports `habitat_sim` or `magnum`."""
