#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk stat: exact counts, the table, fields, files, exit status, signals, errors.
. "${top_srcdir:?}/tests/lib/tap.sh"

calls=$top_builddir/tests/cmd/calls
tracing=/sys/kernel/tracing/events/syscalls/sys_enter_getppid/id
field() { awk -F, -v e="$1" '$3 == e { print $1 }' <<<"$2"; }

# ---- exact counts
if [ -r $tracing ]; then
	for how in '' fork exec thread; do
		# shellcheck disable=SC2086
		out=$("$PTK" stat -x, -e syscalls:sys_enter_getppid "$calls" 12345 $how 2>&1)
		is "getppid is counted to the call ${how:+(by $how)}" 12345 "$(field syscalls:sys_enter_getppid "$out")"
	done
	out=$("$PTK" stat -i -x, -e syscalls:sys_enter_getppid "$calls" 77 fork 2>&1)
	is "-i leaves children out" 0 "$(field syscalls:sys_enter_getppid "$out")"
	out=$("$PTK" stat -x, -e '{syscalls:sys_enter_getppid,syscalls:sys_exit_getppid}' "$calls" 99 2>&1)
	is "both events of a group" "99 99" "$(cut -d, -f1 <<<"$out" | xargs)"
	out=$("$PTK" stat -a -x, -e syscalls:sys_enter_getppid "$calls" 5000 2>&1)
	[ "$(field syscalls:sys_enter_getppid "$out")" -ge 5000 ] && pass "-a counts it too" || fail "-a counts it too" "$out"
	all=$(find /sys/kernel/tracing/events/syscalls -maxdepth 1 -name 'sys_enter_*' | wc -l)
	out=$("$PTK" stat -e 'syscalls:sys_enter_*' true 2>&1)
	is "a glob gives a row for each" "$all" "$(grep -c 'syscalls:sys_enter_' <<<"$out")"
	# the descriptors are closed behind our back, and nothing of ours is held meanwhile
	out=$({ timeout 20 "$PTK" stat --no-bpf -o out -e 'syscalls:sys_enter_*' true; } | cat; echo "end ${PIPESTATUS[0]}")
	is "a pipe ends with the command" "end 0" "$out"
	out=$("$PTK" stat -x, -e syscalls:sys_enter_write --filter 'count > 3' sh -c 'echo 12345; echo 1' 2>&1 >/dev/null)
	is "--filter" 1 "$(field syscalls:sys_enter_write "$out")"
else
	skip 10 "tracefs cannot be read here"
fi
out=$("$PTK" stat -x, -e page-faults,page-faults:u,minor-faults,major-faults true 2>&1)
all=$(field page-faults "$out")
[ "${all:-0}" -gt 10 ] && pass "page faults are counted" || fail "page faults are counted" "$out"
is "minor and major ones make them up" "$all" $(($(field minor-faults "$out") + $(field major-faults "$out")))
if command -v perf >/dev/null && peer=$(perf stat -x, -e page-faults true 2>&1); then
	peer=$(field page-faults "$peer")
	[ $((all - peer)) -lt 8 ] && [ $((peer - all)) -lt 8 ] && pass "as many as perf counts" || fail "as many as perf counts" "$all $peer"
else
	skip 1 "no perf to compare with"
fi

# ---- the table
out=$("$PTK" stat true 2>&1); is "the default events" 0 $?
has "header" "^ Performance counter stats for 'true':$" "$out"
has "CPUs utilized" '^ +[0-9.]+ msec task-clock(:u)? +# +[0-9.]+ CPUs utilized$' "$out"
has "rates" '^ +[0-9,]+      page-faults(:u)? +# +[0-9.]+ [KM]?/sec' "$out"
has "elapsed" '^ +[0-9]+\.[0-9]{9} seconds time elapsed$' "$out"
has "user" '^ +[0-9.]+ seconds user$' "$out"
has "sys" '^ +[0-9.]+ seconds sys$' "$out"
for event in context-switches cpu-migrations cycles instructions branches branch-misses; do
	has "$event" " $event(:u)?( |$)" "$out"
done
if grep -q '<not supported>' <<<"$out"; then
	is "one line says why" 1 "$(grep -c 'not supported: ' <<<"$out")"
else
	skip 1 "all of it is supported here"
fi
has "-d" ' LLC-load-misses' "$("$PTK" stat -d true 2>&1)"
has "-d -d" ' iTLB-load-misses' "$("$PTK" stat -d -d true 2>&1)"
has "-dd" ' iTLB-load-misses' "$("$PTK" stat -dd true 2>&1)"
out=$("$PTK" stat -n true 2>&1)
has "-n: the time" 'seconds time elapsed' "$out"
lacks "-n: no events" 'task-clock' "$out"
has "thousands" '[0-9],[0-9]{3},[0-9]{3} ns   duration_time' "$("$PTK" stat -B -e duration_time sleep 0.01 2>&1)"
lacks "no thousands but on a terminal" '[0-9],[0-9]' "$("$PTK" stat -e duration_time sleep 0.01 2>&1)"
lacks "--no-big-num" '[0-9],[0-9]' "$("$PTK" stat --no-big-num -e duration_time sleep 0.01 2>&1)"
has "a process" "stats for process id '$$':" "$("$PTK" stat -p $$ -e task-clock true 2>&1)"
has "a thread" "stats for thread id '$$':" "$("$PTK" stat -t $$ -e task-clock true 2>&1)"
has "what does not run is not counted, and why" '<not counted>.*task-clock.*not counted: nothing of what was looked at ran' \
	"$("$PTK" stat -t $$ -e task-clock true 2>&1 | tr '\n' ' ')"

# ---- fields
out=$("$PTK" stat -x, -e task-clock,page-faults,mem:0x10:w,duration_time true 2>&1)
is "seven fields a row" "7 7 7 7" "$(awk -F, '{ print NF }' <<<"$out" | xargs)"
has "value, unit, event, time, percent, number, its unit" '^[0-9.]+,msec,task-clock(:u)?,[0-9]+,100\.00,[0-9.]+,CPUs utilized$' "$out"
has "nothing but rows" '^[0-9]+,ns,duration_time,' "$out"
has "a tab" "^[0-9.]+	msec	task-clock" "$("$PTK" stat -x '\t' -e task-clock true 2>&1)"
out=$("$PTK" stat -r 3 -x, -e page-faults true 2>&1)
has "-r: the spread behind the name" '^[0-9]+,,page-faults(:u)?,[0-9.]+%,[0-9]+,100\.00' "$out"
out=$("$PTK" stat -r 3 -e page-faults true 2>&1)
has "-r: the runs" "for 'true' \(3 runs\):" "$out"
has "-r: mean and error" 'page-faults(:u)? .*\( \+- +[0-9.]+% \)$' "$out"
has "-r: of the time" '[0-9.]+ \+- [0-9.]+ seconds time elapsed' "$out"
out=$("$PTK" stat -r 1000000 -e page-faults sh -c 'kill -TERM $PPID' 2>&1)
has "-r: told to end, prints the runs that there were" 'seconds time elapsed' "$out"
out=$("$PTK" stat -I 20 -x, -e duration_time sleep 0.09 2>&1)
[ "$(wc -l <<<"$out")" -ge 3 ] && pass "-I: a row an interval" || fail "-I: a row an interval" "$out"
has "-I: the time in front" '^ +0\.[0-9]{9},[0-9]+,ns,duration_time' "$out"
# a file of its own gets many intervals at once, none lost and in order
"$PTK" stat -I 10 -o gathered -x, -e duration_time sleep 0.35
sed 1,2d gathered | sort -nc && [ "$(sed 1,2d gathered | wc -l)" -ge 20 ] && pass "-I -o: all intervals, in order" ||
	fail "-I -o: all intervals, in order" "$(cat gathered)"
is "-I -o: together they are all of the time" yes "$(awk -F, 'NF > 2 { sum += $2; end = $1 } END { print ((sum - end * 1e9) ^ 2 < 1e6 ? "yes" : "no") }' gathered)"
if strace true 2>/dev/null; then
	strace -o calls "$PTK" stat -I 10 -o gathered -e duration_time sleep 0.35
	strace -o each "$PTK" stat -I 10 -e duration_time sleep 0.35 2>seen
	[ "$(grep -c '^write(' calls)" -le 8 ] && [ "$(grep -c '^write(' each)" -ge 20 ] && pass "-I -o: written together, elsewhere each at once" ||
		fail "-I -o: written together, elsewhere each at once" "$(grep '^write(' calls each)"
else
	skip 1 "strace cannot trace here"
fi
out=$("$PTK" stat -I 10 --interval-count 2 -x, -e duration_time sleep 30 2>&1); is "--interval-count ends it" "0 2" "$? $(wc -l <<<"$out")"
out=$("$PTK" stat --timeout 30 -x, -e duration_time sleep 30 2>&1); is "--timeout ends it" "0 1" "$? $(wc -l <<<"$out")"
if out=$("$PTK" stat -a -A -x, -e cpu-clock true 2>&1); then
	is "-A: a row a CPU" "$(getconf _NPROCESSORS_ONLN)" "$(grep -c '^CPU[0-9]*,[0-9.]*,msec,cpu-clock' <<<"$out")"
	has "system wide" "stats for 'system wide':" "$("$PTK" stat -a -e cpu-clock true 2>&1)"
	has "some CPUs" "stats for 'CPU\(s\) 0':" "$("$PTK" stat -C 0 -e cpu-clock true 2>&1)"
else
	skip 3 "whole CPUs may not be counted here"
fi

# ---- files
"$PTK" stat -o file -e page-faults true 2>err; is "-o: nothing on standard error" "" "$(cat err)"
has "-o: the table is in the file" "for 'true'" "$(cat file)"
"$PTK" stat -o file --append -e page-faults false; is "the status is the command's" 1 $?
is "--append" 2 "$(grep -c 'Performance counter stats' file)"
"$PTK" stat -o file -e page-faults true; is "without it the file is new" 1 "$(grep -c 'Performance counter stats' file)"
if [ -w /dev/full ]; then
	out=$("$PTK" stat -o /dev/full true 2>&1); is "a full disk" 1 $?
	has "is said with the file's name" 'cannot write /dev/full: No space' "$out"
	"$PTK" stat -e page-faults true 2>/dev/full; is "as standard error: the exit status tells" 1 $?
	"$PTK" stat -e page-faults --log-fd 3 true 3>/dev/full 2>err; is "as descriptor 3" 1 $?
else
	skip 4 "no /dev/full"
fi
out=$("$PTK" stat -o no/such/folder true 2>&1); is "a file that cannot be made" 1 $?
has "is named" 'cannot write no/such/folder' "$out"

# ---- commands and signals
"$PTK" stat -o file sh -c 'exit 7'; is "exit status" 7 $?
"$PTK" stat -o file -- sh -c 'exit 8'; is "-- before the command" 8 $?
is "the command's own options are its own" "-e x" "$("$PTK" stat -o file echo -e x | sed 's/^x/-e x/')"
out=$("$PTK" stat -e page-faults sh -c 'kill -9 $$' 2>&1); is "a signal is 128 + N" 137 $?
has "and said" 'sh was ended by signal 9 \(Killed\)' "$out"
out=$("$PTK" stat no-such-command 2>&1); is "no such command" 1 $?
has "is said" 'cannot run no-such-command: No such file' "$out"
lacks "without a table" 'Performance counter' "$out"
# told to end: the signal goes on to the command, its end is counted
mkfifo ready
"$PTK" stat -o file -e page-faults sh -c 'trap "exit 3" TERM; echo >ready; i=0; while [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done' & pid=$!
read -r _ <ready; kill -TERM $pid; wait $pid; is "told to end: the command's status" 3 $?
has "and what was counted" 'page-faults' "$(cat file)"
out=$(trap '' HUP; "$PTK" stat -e page-faults sh -c 'kill -HUP $PPID; exit 4' 2>&1); is "an ignored signal (nohup) stays ignored" 4 $?
# without a command: until the signal, or until the task ends
sleep 30 & target=$!
"$PTK" stat -o file -e page-faults -p $target & pid=$!
until [ -d /proc/$pid/fdinfo ] && grep -qs pidfd <(ls -l /proc/$pid/fd) ; do kill -0 $pid 2>/dev/null || break; done
kill -INT $pid; wait $pid; is "-p without a command: ^C ends it, status 0" 0 $?
has "and prints" "process id '$target'" "$(cat file)"
"$PTK" stat -o file -e page-faults -p $target & pid=$!
until grep -qs pidfd <(ls -l /proc/$pid/fd); do kill -0 $pid 2>/dev/null || break; done
kill $target; wait $target 2>/dev/null; wait $pid; is "the target's end is the end" 0 $?

# ---- wrong words
wrong() { local what=$1 status=$2 part=$3; shift 3; out=$("$PTK" stat "$@" 2>&1); is "$what: status" "$status" $?; has "$what: said" "$part" "$out"; }
wrong "nothing to count" 2 'what is to be counted'
wrong "no such process" 2 'there is no process 2147483647' -p 2147483647 true
wrong "no process id" 2 'x1 is no process id' -p 1,x1 true
wrong "no such thread" 2 'there is no thread 2147483647' -t 2147483647
wrong "no such CPU" 2 'CPU 65000 is not online' -C 0,65000 true
wrong "no list of CPUs" 2 'not a list of CPUs' -C 0- true
wrong "no such user" 2 'there is no user no-such-user' -u no-such-user true
wrong "no such event" 2 'did you mean cycles' -e cylces true
wrong "all and one" 2 'exclude each other' -a -p $$ true
wrong "-A for a task" 2 '-A and --per-… go with -a or -C' -A true
wrong "-r without a command" 2 '-r repeats a command' -r 3 -a
wrong "-I too short" 2 'shorter than 10 ms' -I 1 true
wrong "-I 0" 2 'an interval of 0 ms is shorter than 10 ms' -I 0 true
wrong "--append without -o" 2 'append is for the file' --append true
wrong "no false 0" 0 '<not supported> +context-switches:u' -e context-switches:u true
has "but why" 'context-switches:u is not supported: it happens in the kernel' "$out"
done_testing
