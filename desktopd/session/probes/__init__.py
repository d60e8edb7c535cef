"""How a service shows that it is ready."""
