"""The error of a setting."""

from __future__ import annotations


class ConfigError(Exception):
    """A setting that cannot be used: names the setting, its value and the remedy."""
