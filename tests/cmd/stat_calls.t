#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every system call counted by one program is what their tracepoints count.
. "${top_srcdir:?}/tests/lib/tap.sh"

every=$top_builddir/tests/cmd/every_call events='syscalls:sys_enter_*'
[ -r /sys/kernel/tracing/events/syscalls/sys_enter_read/id ] || { skip 9 "tracefs cannot be read here"; done_testing; }
# what is open while it counts
held() { "$PTK" stat "$@" -o /dev/null sh -c 'ls -l /proc/$PPID/fd' 2>/dev/null; }
grep -q bpf-prog <<<"$(held -e "$events")" || { skip 9 "no such programs here"; done_testing; }
# waiting for a thread and being killed by one's exec are matters of luck: so are these calls of the C library
rows() { awk -F, '$3 ~ /^syscalls:/ && $3 !~ /_(futex|rt_sigprocmask)$/ { print $1, $3 }' "$1"; }

"$PTK" stat -x, --no-bpf -e "$events" -o plain "$every"
"$PTK" stat -x, -e "$events" -o split "$every"
[ "$(awk -F, '$1 > 0' plain | wc -l)" -gt 250 ] && pass "almost every call is made" || fail "almost every call is made" "$(cat plain)"
is "each counted the same, with children, threads and what they exec" "" "$(diff <(rows plain) <(rows split))"
is "the known one exactly" 1126 "$(awk -F, '$3 == "syscalls:sys_enter_getppid" { print $1 }' split)"
"$PTK" stat -x, -i -e "$events" -o split "$every"
has "-i leaves the others out" '^6,,syscalls:sys_enter_getppid,' "$(cat split)"
lacks "--no-bpf: no program" 'bpf-prog' "$(held --no-bpf -e 'syscalls:sys_enter_[a-g]*')"
lacks "a few calls need none" 'bpf-prog' "$(held -e syscalls:sys_enter_read,syscalls:sys_enter_write)"
lacks "nor do rows of threads" 'bpf-prog' "$("$PTK" stat --per-thread -p $$ -e "$events" -o /dev/null sh -c 'ls -l /proc/$PPID/fd' 2>/dev/null)"
"$PTK" stat -x, -a -e "$events" -o split "$every"
count=$(awk -F, '$3 == "syscalls:sys_enter_getppid" { print $1 }' split)
[ "${count:-0}" -ge 1126 ] && pass "-a counts them too" || fail "-a counts them too" "$count"
mkfifo go
sh -c 'read x <go; '"$every" & pid=$!
"$PTK" stat -x, -p $pid -e "$events" -o split -- sh -c "echo >go; tail -s 0.05 --pid=$pid -f /dev/null"
is "-p counts what it starts" 1126 "$(awk -F, '$3 == "syscalls:sys_enter_getppid" { print $1 }' split)"
wait
done_testing
