"""``desktopd start``, ``status`` and ``stop``: a daemon in the background, and how it is found."""
