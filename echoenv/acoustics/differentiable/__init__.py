"""Energy as a function of the materials, with gradients, and materials from measured decays."""
