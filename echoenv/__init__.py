"""EchoEnv."""
