"""What goes on in a thread while a test does something else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def repeating(act: Callable[[], object], pause: float = 0.0) -> Iterator[None]:
    """Call `act` again and again, `pause` seconds apart, until the block ends."""
    done = threading.Event()

    def run() -> None:
        while not done.wait(pause):
            act()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
