"""Gymnasium tasks over simulators: what an agent is to do, what it senses, and how well it did.

The one idea: importing this registers the ids, `gymnasium.make("EchoEnv/PointNav-v0")`; it loads no simulator.
"""

from echoenv.envs.registration import register_envs

register_envs()
