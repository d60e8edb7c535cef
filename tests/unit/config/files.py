"""Settings files for the tests."""

from pathlib import Path


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "desktopd.toml"
    path.write_text(text)
    return path
