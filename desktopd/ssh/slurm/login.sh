# What a login node does about a desktop that is a job of Slurm. What stands before this sets the job's name, the
# number of a job that is known already, what a new one is to be like, and what is to be done: the functions submit,
# otherwise and at the end one of open_desktop, show and stop. It tells of the job on stderr, in lines that begin with
# desktopd-job.
# shellcheck shell=sh
umask 077
PATH=$PATH:$HOME/.local/bin:$HOME/.local/share/desktopd/bin
logs=$HOME/.local/state/desktopd
NO_SLURM=71 REFUSED=72 OVER=73 LOST=74 SILENT=75 NOT_INSTALLED=127

# The number of the job of this name that waits or runs, if there is one.
find_job() {
    [ -z "$job" ] || return 0
    job=$(squeue -h -u "$(id -u)" -n "$name" -t PD,CF,R,S,RQ,RH,RS,ST -o %A) || return
    job=$(echo "$job" | sort -n | head -n 1)
}

# Slurm forgets a job minutes after its end; its accounting, where there is one, does not.
tell() {
    told=$(scontrol -o show job "$job" 2>&1) || case $told in
    *"Invalid job id"*) told="JobId=$job JobState=$(sacct -n -X -P -j "$job" -o State 2>/dev/null | head -n 1)" ;;
    *) told="JobId=$job JobState=UNKNOWN" ;;
    esac
    place=
    case $told in *JobState=PENDING*)
        place=$(squeue -h -t PD -S -p,i -o %A 2>/dev/null | grep -nx "$job" | cut -d: -f1)
        ;;
    esac
    echo "desktopd-job Place=$place $told" >&2
}

runs() {
    case $told in *JobState=RUNNING*) true ;; *) false ;; esac
}

is_over() {
    for state in PENDING RUNNING CONFIGURING SUSPENDED REQUEUED RESIZING STOPPED COMPLETING SPECIAL UNKNOWN; do
        case $told in *JobState=$state*) return 1 ;; esac
    done
}

end() {
    case $told in *JobState=FAILED*) tail -n 12 "$logs/job-$job.log" >&2 ;; esac
    exit $OVER
}

take_job() {
    mkdir -p "$logs"
    find "$logs" -name 'job-*.log' -mtime +30 -exec rm -f {} +
    mine=$(submit </dev/null) || exit $REFUSED
    mine=${mine%%;*}
    # Another computer may have submitted one at the same moment: the older is the desktop of both.
    find_job && [ -n "$job" ] || job=$mine
    [ "$job" = "$mine" ] || scancel "$mine"
}

# Each needs a connection from the node to this machine, by which srun carries stdin and stdout.
open_desktop() {
    command -v sbatch >/dev/null || exit $NO_SLURM
    command -v desktopd >/dev/null || exit $NOT_INSTALLED
    known=$job
    find_job || exit $SILENT
    if [ -z "$job" ]; then
        take_job
    elif [ -z "$known" ] && [ -n "$wishes" ]; then
        echo "Job $job is there already: options of a job and its desktop are for the next one, after 'desktopd ssh … stop'." >&2
    fi
    pause=1
    while tell && ! runs; do
        ! is_over || end
        sleep "$pause"
        [ "$pause" -ge 10 ] || pause=$((pause + 1))
    done
    folder=/tmp/desktopd-$(id -u)/job-$job
    srun --quiet --jobid="$job" --overlap --nodes=1 --ntasks=1 --nodelist="$(squeue -h -j "$job" -o %B)" \
        desktopd relay --runtime-dir="$folder" --unix-socket="$folder/http.sock"
    # The end of a job comes after that of its steps.
    for pause in 0 1 1 1 2 2 3 5 5 5; do
        sleep "$pause"
        tell
        ! is_over || end
    done
    exit $LOST
}

# Without a job, and where Slurm does not say whether there is one, it is about this machine's desktop.
find_job_or_leave() {
    if command -v squeue >/dev/null && ! find_job; then
        # The programs alone, on a machine that belongs to no cluster, are no Slurm.
        case $(squeue -h 2>&1) in
        *"configuration source"*) ;;
        *) otherwise; exit $SILENT ;;
        esac
    fi
    [ -n "$job" ] || { otherwise; exit; }
}

show() {
    find_job_or_leave
    tell
}

# The shell of the job alone is told: the daemon saves napari's layers, and ends the others.
stop() {
    find_job_or_leave
    tell
    if runs; then scancel --batch --signal=TERM "$job"; else scancel "$job"; fi
    for pause in 1 1 1 1 2 2 3 5 5 5 5; do
        sleep "$pause"
        tell
        ! is_over || return 0
    done
    scancel "$job"
}
