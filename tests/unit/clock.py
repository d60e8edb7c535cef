"""A clock that stands still until a test sets it, or something sleeps by it."""


class Clock:
    """Seconds; called as `time.time` is."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        """In the place of `time.sleep`."""
        self.now += seconds
