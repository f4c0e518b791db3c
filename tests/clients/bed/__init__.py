"""What the steps stand on: the registry of steps, installed tools, a running Shukuba."""
