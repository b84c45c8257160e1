#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk script beside perf script on the same files.
. "${top_srcdir:?}/tests/lib/tap.sh"

command -v perf >/dev/null || { skip 1 "no perf here to compare with"; done_testing; }
${CC:-cc} -g -O1 -fno-omit-frame-pointer -fno-optimize-sibling-calls -xc -o prog - <<'C' || { skip 1 "no compiler"; done_testing; }
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
volatile unsigned long sink;
__attribute__((noinline)) void leaf(int n) { for (int i = 0; i < n; i++) sink += i; sink++; }
__attribute__((noinline)) void middle(int n) { leaf(n); sink++; leaf(n); sink++; }
int main(int argc, char **argv)
{
	int i;
	for (i = 0; i < 30; i++)
		middle(1000000);
	if (argc > 1)
		return 0;
	for (i = 0; i < 3; i++)
		if (!fork()) {
			middle(3000000);
			execl(argv[0], argv[0], "again", NULL);
		}
	while (wait(NULL) > 0)
		getppid();
	return sink == 1;
}
C
# By perf, so that its files are read, too; by ptk where it dies of its own file (see perf_records).
record() {
	local file=$1; shift
	perf record -q -o "$file" "$@" >/dev/null 2>&1 && perf report --stats -i "$file" >/dev/null 2>&1 && return
	rm -f "$file"; "$PTK" record -q -o "$file" "$@" >/dev/null 2>&1
}
# Of the same place in libc, the kernel … the two may choose different names; of the program's own there is one.
same_names() { sed -E '/\/prog\)/!s/ [^ ]+ \((\/|\[)/ (\1/'; }
both() { # what file options...
	local what=$1 file=$2; shift 2
	local ours theirs
	theirs=$(perf script --no-inline -i "$file" "$@" 2>/dev/null | same_names)
	ours=$("$PTK" script --no-inline -i "$file" "$@" 2>"$TMP/err" | same_names)
	if [ -z "$theirs" ]; then skip 1 "perf shows nothing: $what"; return; fi
	if [ "$ours" = "$theirs" ]; then pass "$what"
	else fail "$what" "$(diff <(echo "$theirs") <(echo "$ours") | head -n 12)" "$(head -n 3 "$TMP/err")"; fi
}

if record flat -e cpu-clock:u -F 2000 ./prog; then
	both "one event, no stacks" flat
	both "other fields" flat -F comm,pid,tid,time,event,ip,sym,dso
	both "fields added and taken away" flat -F +pid,-period,+misc
	both "nanoseconds" flat --ns
	both "tasks and mappings" flat --show-task-events --show-mmap-events
	t=$(perf script -i flat -F time 2>/dev/null | sed -n '20s/[: ]//gp')
	both "from a time on" flat --time "$t,"
	both "up to a time" flat --time ",$t"
	pid=$(perf script -i flat -F pid | sed -n '20s/ //gp')
	both "of a process" flat --pid "$pid"
	has "-D tells of mappings" 'PERF_RECORD_MMAP2 [0-9]+/[0-9]+: .* r-xp .*/prog$' "$("$PTK" script -i flat -D)"
	is "-D shows every record" "$(perf script -i flat -D 2>/dev/null | grep -ac '^\. \.\.\. raw event')" \
		"$("$PTK" script -i flat -D | grep -ac '^\. \.\.\. raw event')"
	head -c $(($(stat -c %s flat) / 2)) flat >half
	n=$("$PTK" script -i half 2>/dev/null | grep -c .)
	check "half a file shows what is whole in it ($n samples)" test "$n" -gt 10
else
	skip 11 "perf cannot sample here"
fi
if record stacks -g -e cpu-clock:u -F 2000 ./prog; then
	both "stacks" stacks
	both "stacks of fewer frames" stacks --max-stack 2
	both "stacks hidden" stacks -G
	both "stacks as addresses" stacks -F comm,tid,ip
else
	skip 4 "perf cannot sample stacks here"
fi
if record regs -e cpu-clock:u -F 2000 --user-regs=ax,ip,sp ./prog && perf script -i regs -F uregs >/dev/null 2>&1; then
	both "registers" regs -F comm,time,uregs
else
	skip 1 "perf cannot record registers here"
fi
if record two -e cpu-clock:u,page-faults:u,context-switches -d ./prog; then
	both "several events" two -F comm,tid,time,event,period
	both "data addresses" two -F comm,tid,time,event,addr,ip
else
	skip 2 "perf cannot record several events here"
fi
if record trace -e syscalls:sys_enter_getppid,sched:sched_process_fork,sched:sched_process_exit ./prog; then
	both "tracepoints" trace
	both "their fields alone" trace -F time,event,trace
	is "-f with fields is -F" "$("$PTK" script -i trace -F time,event,trace)" "$("$PTK" script -i trace -f time,event,trace)"
else
	skip 3 "no tracepoints here"
fi
# Tracepoints of many kinds: all that this kernel has of these. ptk records, as perf may die of its own file (see tap.sh).
# maple_tree:ma_op is none of them: libtraceevent 1.7 cannot read its format, the one that perf brings along can.
kinds=
for kind in sched:{sched_switch,sched_wakeup,sched_waking,sched_wakeup_new,sched_process_fork,sched_process_exec} \
	sched:{sched_process_exit,sched_process_wait,sched_process_free,sched_migrate_task} signal:{signal_generate,signal_deliver} \
	task:{task_newtask,task_rename} timer:{hrtimer_init,hrtimer_start,hrtimer_cancel,hrtimer_expire_entry,timer_start,timer_init} \
	irq:{softirq_entry,softirq_exit,softirq_raise} workqueue:{workqueue_queue_work,workqueue_execute_start} \
	kmem:{kmalloc,kfree,kmem_cache_alloc,kmem_cache_free,mm_page_alloc,mm_page_free,rss_stat} rcu:rcu_utilization \
	exceptions:page_fault_user raw_syscalls:{sys_enter,sys_exit} filemap:mm_filemap_add_to_page_cache percpu:percpu_alloc_percpu \
	syscalls:sys_{enter,exit}_{openat,mmap,write,execve,exit_group,newfstatat} writeback:writeback_dirty_inode \
	mmap:vm_unmapped_area lock:contention_begin cgroup:cgroup_attach_task ext4:ext4_da_write_begin; do
	[ -e "/sys/kernel/tracing/events/${kind/://}/format" ] && kinds+=${kinds:+,}$kind
done
if [ -n "$kinds" ] && "$PTK" record -q -m 8M -e "$kinds" -o kinds sh -c 'ls /; sleep 0.001; kill -CHLD $$; echo x >x' >/dev/null 2>&1; then
	both "tracepoints of many kinds" kinds
	n=$(perf script -i kinds -F event 2>/dev/null | sort -u | wc -l)
	if [ "$n" -ge 30 ]; then pass "of them $n were there"; else skip 1 "only $n kinds of tracepoints came here"; fi
	both "and with addresses of kernel functions in their fields" kinds -F event,trace
else
	skip 3 "no tracepoints here"
fi
if "$PTK" record -q -a --switch-events -e cpu-clock:u -F 500 -o switches -- ./prog again 2>/dev/null; then
	both "context switches" switches --show-switch-events -F comm,pid,tid,time,event
	both "namespaces and control groups" switches --show-namespace-events --show-cgroup-events -F comm,tid,time,event,ip
else
	skip 2 "no context switches here"
fi
if "$PTK" probe -q -x ./prog --add 'ptk_script_test=middle n' 2>/dev/null; then
	at_exit '"$PTK" probe -q -d "probe_prog:ptk_script_test*"'
	"$PTK" record -q -g -e probe_prog:ptk_script_test -o probe -- ./prog again 2>/dev/null
	both "a probe with an argument" probe
	both "and with stacks as addresses" probe -F comm,tid,time,event,trace,ip
else
	skip 2 "no uprobes here"
fi
made=$(realpath "$top_builddir")/tests/cmd/made
"$made" branches branches && "$made" memory memory && "$made" sleeps sleeps
both "a name with spaces" branches
both "branches" branches -F +brstack
both "branches and images" branches -F +brstack,+dso
both "branches as functions" branches -F ip,brstacksym,dso
both "what memory accesses met" memory
both "some of it" memory -F comm,time,data_src,weight,ip
both "physical addresses, sizes of pages" memory -F tid,phys_addr,data_page_size,code_page_size,ins_lat
both "a tracepoint with a stack" sleeps
both "the column of flags" sleeps -F comm,event,flags,ip
is "raw data" "$(perf script -i sleeps -F comm,event -G 2>/dev/null | wc -l)" \
	"$("$PTK" script -i sleeps -F comm,raw 2>/dev/null | grep -c 'raw\[[46][48]\] 3[ab] 01')"

perf record -q -e cpu-clock:u -F 2000 -g -o - ./prog >stream 2>/dev/null
# While something on the machine records mappings with build-ids, the kernel marks perf's as such, too, and perf's reader
# dies of them (see record_mmap).
if perf script --no-inline -i - <stream >theirs.all 2>/dev/null && [ -s theirs.all ]; then
	"$PTK" script --no-inline -i - <stream 2>/dev/null | same_names >ours.text
	is "a pipe" "" "$(diff <(same_names <theirs.all) ours.text | head -n 12)"
else
	skip 1 "perf cannot read its own stream"
fi
if "$PTK" record -q -e cpu-clock:u -F 2000 -g -o ours ./prog >/dev/null 2>&1; then
	both "a file that ptk wrote" ours
else
	skip 1 "ptk cannot sample here"
fi

[ -e flat ] || cp ours flat
out=$("$PTK" script -i flat -F comm,tmie 2>&1); status=$?
is "a field that is none: exit status 2" 2 $status
"$PTK" script -i flat -F comm,metric >/dev/null 2>err; status=$?
is "a field of perf's that is not here: exit status 2" 2 $status
has "with what answers instead" "metric.*ptk stat -M" "$(tr '\n' ' ' <err)"
has "what is meant" 'did you mean time' "$out"
has "and those that there are" 'fields are comm tid pid .*raw' "$out"
out=$("$PTK" script -i flat -F trace:iregs 2>&1); status=$?
is "a field that the samples do not have is no matter where there is no such event" 0 $status
out=$("$PTK" script -i flat -F addr 2>&1); status=$?
is "a field that they do not have: exit status 2" 2 $status
has "which" 'cpu-clock:u do not have the field addr' "$out"
out=$("$PTK" script -i nothing 2>&1); status=$?
is "no such file: exit status 1" 1 $status
has "which file" 'nothing' "$out"
done_testing
