"""Where programs of Linux keep what they need, and what others must not read or change there.

Names at home are below the home folder.
"""

from __future__ import annotations

SYSTEM = (
    *("/bin", "/etc", "/gnu", "/lib", "/lib32", "/lib64", "/nix", "/opt", "/proc", "/sbin"),
    *("/run/current-system", "/run/opengl-driver", "/run/systemd/resolve", "/run/udev"),
    *("/sys", "/usr", "/var/cache/fontconfig", "/var/lib/dbus", "/var/lib/ghostscript"),
)
"""What every program may read and run."""
DEVICES = (
    *("null", "zero", "full", "random", "urandom"),
    *("dri", "kfd", "dxg", "mali0", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools"),
    *("nvidia-modeset", "nvidia-caps", *(f"nvidia{number}" for number in range(16))),
)
SHARED_MEMORY = "/dev/shm"
KEPT = (
    *(".cache", ".config", ".local/share", ".local/state", ".nv"),
    *(".config/napari", ".config/matplotlib", ".local/share/napari"),
    *(".cache/napari", ".cache/matplotlib", ".cache/numba", ".cache/fontconfig"),
    *(".cache/mesa_shader_cache", ".cache/mesa_shader_cache_db"),
)
"""Settings and caches at home. Those below others are for when nothing else can be made there."""
STARTED = (
    *(".config/autostart", ".config/systemd", ".config/environment.d", ".config/fish"),
    *(".config/containers", ".config/openbox", ".config/plasma-workspace"),
    *(".local/share/applications", ".local/share/containers", ".local/share/dbus-1"),
    *(".local/share/flatpak", ".local/share/pipx", ".local/share/systemd", ".local/share/uv"),
)
"""Where others look for what to start, also when it has only just been made."""
PACKAGES = (".cache/pip", ".cache/uv", ".cache/conda", ".cache/pypoetry")
"""Of what is installed from there, files may be the very same (hard links)."""
CREDENTIALS = (
    *(".ssh", ".gnupg", ".password-store", ".netrc", ".pgpass", ".my.cnf", ".pypirc", ".npmrc"),
    *(".aws", ".azure", ".boto", ".docker", ".kube", ".vnc", ".config/gcloud", ".config/rclone"),
    *(".git-credentials", ".config/git/credentials", ".config/gh", ".local/share/keyrings"),
    *(".bash_history", ".python_history"),
)
SECRETS = (
    *("/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers"),
    *("/etc/sudoers.d", "/etc/ssh", "/etc/ssl/private", "/etc/letsencrypt", "/etc/munge"),
    *("/etc/kubernetes", "/etc/krb5.keytab", "/etc/docker"),
)
"""What root could read, where the desktop is his."""
