"""Filters of system calls, as the kernel takes them: seccomp(2)."""
