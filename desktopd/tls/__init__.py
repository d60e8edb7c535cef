"""TLS of the daemon's servers: certificates in files, and one of our own making."""
