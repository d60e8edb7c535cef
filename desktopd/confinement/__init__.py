"""What of this machine the programs of a locked desktop may reach, kept by the kernel."""
