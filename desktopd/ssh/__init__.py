"""A desktop on another machine, from a laptop: one ssh connection, and no other open port.

Runs on the laptop, where there is no X; what runs on the other machine is in host_scripts.
"""
