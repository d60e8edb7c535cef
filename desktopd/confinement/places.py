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
CREDENTIALS = (
    *(".ssh", ".gnupg", ".password-store", ".netrc", ".pgpass", ".my.cnf", ".pypirc", ".npmrc"),
    *(".aws", ".azure", ".boto", ".docker", ".kube", ".vnc", ".config/gcloud", ".config/rclone"),
    *(".git-credentials", ".config/git/credentials", ".config/gh", ".local/share/keyrings"),
    *(".jupyter", ".local/share/jupyter/runtime", ".huggingface", ".cache/huggingface/token"),
    *(".kaggle", ".pip", ".config/pip", ".condarc", ".cargo", ".s3cfg", ".config/op", ".pki"),
    *(".mozilla", ".thunderbird", ".config/chromium", ".config/google-chrome", ".subversion"),
    *(".Xauthority", ".ICEauthority", ".bash_history", ".python_history", ".zsh_history"),
    *(".irods", ".omero", ".globus", ".smbcredentials", ".davfs2", ".cdsapirc", ".mc", ".oci"),
    *(".apptainer", ".singularity", ".config/containers", ".config/code-server", ".config/sops"),
    *(".vault-token", ".databrickscfg", ".config/hub", ".config/glab-cli", ".config/pypoetry"),
    *(".m2/settings.xml", ".gem/credentials", ".config/filezilla", ".config/Nextcloud"),
    *(".config/microsoft-edge", ".config/BraveSoftware", ".config/vivaldi", ".fetchmailrc"),
    *(".terraform.d", ".viminfo"),
    *(".msmtprc", ".local/share/kwalletd", ".local/share/remmina", ".config/wandb"),
    *(".var", ".config/github-copilot", ".ollama", ".ngc", ".Renviron", ".synapseConfig"),
    *(".authinfo", ".streamlit/secrets.toml", ".gradle/gradle.properties", ".config/syncthing"),
    *(".ipython", ".mysql_history", ".psql_history", ".local/share/fish/fish_history"),
)
SECRETS = (
    *("/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers"),
    *("/etc/sudoers.d", "/etc/ssh", "/etc/ssl/private", "/etc/letsencrypt", "/etc/munge"),
    *("/etc/kubernetes", "/etc/krb5.keytab", "/etc/docker"),
)
"""What root could read, where the desktop is his."""
