"""Gymnasium tasks over simulators: what an agent is to do, what it senses, and how well it did."""
