"""How fast EchoEnv is, beside its peers and its limit, on this machine: `python -m benchmarks` prints one table.

The one idea: every figure is a `Row` that carries its target and how it was taken; each subject is a module whose
`SECTIONS` are functions that yield rows. A peer that is not installed is a row that says how to install it.
"""
