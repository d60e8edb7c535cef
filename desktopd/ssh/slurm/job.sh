#!/bin/sh
#SBATCH --job-name=desktopd-desktop
#SBATCH --signal=B:TERM@60
# A desktop as a Slurm job: the daemon on one node, with nothing of it in the home but napari's layers.
# `desktopd ssh LOGIN --slurm OPTIONS` submits this, and finds a job of this name that is there.
# Arguments are settings of the desktop: sbatch --time=4:00:00 desktop.sh --app fiji
umask 077
# What leads to the display and the folders of the machine where the job was submitted.
unset DISPLAY WAYLAND_DISPLAY XAUTHORITY XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS SESSION_MANAGER
# A user without an entry in passwd may have no HOME either.
[ -n "$HOME" ] || export HOME="${SLURM_SUBMIT_DIR:-/}"
PATH=$PATH:$HOME/.local/bin:$HOME/.local/share/desktopd/bin
folder=/tmp/desktopd-$(id -u)/job-$SLURM_JOB_ID
# Older Slurm does not tell the end in the environment; a job without a time limit has none.
ends=${SLURM_JOB_END_TIME:-$(squeue -h -j "$SLURM_JOB_ID" -o %e)}
case $ends in
*T*:*) ends=$(date -d "$ends" +%s) ;;
*[!0-9]*) ends= ;;
esac
# Slurm tells this shell a minute before the end: napari's layers are saved then.
daemon=
trap '[ -z "$daemon" ] || kill -TERM "$daemon"' TERM
# Its output has the address with the token: only desktopd relay is to tell that.
desktopd run --runtime-dir="$folder" --unix-socket="$folder/http.sock" \
    --session-dir="$HOME/.local/state/desktopd/$SLURM_JOB_NAME" \
    ${ends:+--ends-at="$ends"} "$@" >/dev/null &
daemon=$!
while kill -0 "$daemon" 2>/dev/null; do
    wait "$daemon"
    status=$?
done
# After a fall the log is what tells why. Who has made the folder before us has his own in it, and a pipe never ends.
if [ -n "$(find "$folder" -prune -type d -user "$(id -u)" 2>/dev/null)" ]; then
    [ "$status" = 0 ] || tail -n 20 "$folder"/*.log >&2 2>/dev/null
    rm -rf "$folder"
fi
exit "$status"
