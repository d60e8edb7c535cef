"""The X display: one connection in the asyncio loop, and what is asked of it. Starts no process."""
