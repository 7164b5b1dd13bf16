"""What touches the world, one folder for each who is on the other side."""
