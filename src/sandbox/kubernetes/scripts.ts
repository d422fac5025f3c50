/** Of a pod: the container that takes the workspace in, the one of the command, and the one that keeps what it leaves. */
export const FEED = 'feed'
export const COMMAND = 'command'
export const KEEP = 'keep'

/** The volume of a run, whole, where the command is not. */
export const VOLUME = '/foretoken-volume'

/** The part of the volume that the command's container has beside its workspace: pipes, and what is told of the command. */
export const SHARED = '/foretoken'

/** Waits until everything was brought in. */
export const FEED_SCRIPT = `
set -e
cd ${VOLUME}
mkdir -p workspace inputs shared kept
mkfifo shared/out shared/err
until [ -e fed ]; do sleep 0.1; done
`

/** Takes so many bytes of an archive, in a folder: where the way in cannot be closed, only their number tells the end. */
export const UNPACK_SCRIPT = `
set -e
umask 0
mkdir -p "$2"
head -c "$1" | tar -x -f - -C "$2"
`

/** Everything was brought in. */
export const FED_SCRIPT = `: >${VOLUME}/fed`

/**
 * The first process of the command's container: nothing in there can kill it, and all ends with it. Arguments: seconds until
 * the command is asked to end, seconds until it is killed, processes at most or nothing, variables to forget, command. Both
 * clocks begin before the command, since later there may be no process left to have; one that is killed strikes no more.
 * Only this shell knows the word that begins the message of the one that cannot start the command.
 */
export const SUPERVISE_SCRIPT = `
late=
trap 'late=1' TERM
mkdir -p /tmp/home
read -r word </proc/sys/kernel/random/uuid
exec 3>${SHARED}/out 4>${SHARED}/err
(exec 3>&- 4>&-; sleep "$1" && kill -TERM 1) &
(exec 3>&- 4>&-; trap '' TERM; sleep "$2" && kill -KILL -1) &
if [ -n "$3" ]; then ulimit -u "$3" 2>/dev/null || ulimit -p "$3" || exit 125; fi
unset $4
shift 4
: >${SHARED}/begun
sh -c 'exec "$@"' "$word" "$@" </dev/null >&3 2>&4 3>&- 4>&- &
command=$!
wait "$command"
code=$?
if [ -n "$late" ]; then
  : >${SHARED}/late
  kill -TERM -1
  wait "$command"
  code=$?
fi
case $code in 126 | 127) echo "$word" >${SHARED}/word ;; esac
cd /sys/fs/cgroup
for file in memory.events memory.peak cpu.stat memory/memory.oom_control memory/memory.max_usage_in_bytes \\
  cpu/cpu.stat cpu,cpuacct/cpu.stat cpuacct/cpuacct.usage cpu,cpuacct/cpuacct.usage; do
  if [ -r "$file" ]; then while read -r line; do echo "$file $line"; done <"$file"; fi
done >${SHARED}/counters
exit "$code"
`

/** Keeps the outputs, each up to so many bytes, counts what is more, and stays until it was fetched. */
export const KEEP_SCRIPT = `
trap 'exit 0' TERM
cd ${VOLUME}
keep() {
  head -c "$2" >"kept/$1"
  wc -c >"kept/$1.more"
}
keep out "$1" <shared/out &
out=$!
keep err "$2" <shared/err &
err=$!
wait "$out" "$err"
: >kept/done
while :; do
  sleep 3600 &
  wait $!
done
`

/** What was told of the command and what it said, as an archive; waits for the end of its outputs for so many tenths of a second. */
export const TOLD_SCRIPT = `
cd ${VOLUME}
left=$1
until [ -e kept/done ] || [ "$left" -le 0 ]; do
  sleep 0.1
  left=$((left - 1))
done
set --
for file in begun late word counters; do if [ -f "shared/$file" ]; then set -- "$@" "shared/$file"; fi; done
tar -c -f - "$@" kept
`

/** The workspace as an archive; what the command made unreadable even for itself is made readable. */
export const WORKSPACE_SCRIPT = `
cd ${VOLUME}/workspace
chmod -R u+rX . 2>/dev/null
tar -c -f - .
`
