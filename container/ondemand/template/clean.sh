# The end, of itself or by the scheduler: the desktop saves what it can, and its folder goes.
# shellcheck shell=bash
if [ -n "$SCRIPT_PID" ]; then
    kill -TERM "$SCRIPT_PID" 2>/dev/null
    while kill -0 "$SCRIPT_PID" 2>/dev/null; do sleep 0.2; done
fi
[ -z "$folder" ] || rm -rf "$folder"
