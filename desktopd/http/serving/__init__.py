"""How HTTP is served: uvicorn, listening sockets, proxies, prefix, headers."""
