"""What learns: policies for EchoEnv's tasks, their networks, their training and what they are compared with."""
