"""When a service is ready, and whether it still answers: one file for each way to ask."""
