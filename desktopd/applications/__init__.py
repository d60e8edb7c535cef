"""What the daemon knows of an application: its command, its companion, its ends, and opening."""
