"""What stands, lies and hangs in the built-in homes: families of furniture and objects, drawn from a home's style."""
