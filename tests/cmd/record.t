#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk record: what it says, what it leaves behind, and that perf reads it.
. "${top_srcdir:?}/tests/lib/tap.sh"

"$PTK" record -q -e cpu-clock -o probe.data true 2>err || { skip 1 "no perf events here: $(head -n 1 err)"; done_testing; }

# ---- exit status and messages
out=$("$PTK" record -e cpu-clock -o a.data sh -c 'exit 7' 2>&1); is "the command's exit status is passed on" 7 $?
has "the last line says what was written" '\[ ptk record: Captured and wrote [0-9.]+ MB a\.data \([0-9]+ samples\) \]' "$out"
"$PTK" record -q -e cpu-clock -o a.data sh -c 'kill -9 $$' >out 2>&1; is "and 128 + the signal that ended it" 137 $?
is "-q is quiet" "" "$(cat out)"
is "the file is its owner's alone" 600 "$(stat -c %a a.data)"
check "the one before is kept" test -s a.data.old
out=$("$PTK" record -e cpu-clock -o new.data /nonexistent/command 2>&1); is "a command that is not there" 1 $?
has "is named" 'cannot run /nonexistent/command' "$out"
check "and no file is left behind" test ! -e new.data
"$PTK" record -q -e cpu-clock -o a.data true; cp a.data before; "$PTK" record -q -e cpu-clock -o a.data /nonexistent/command 2>/dev/null
check "nor is the one that was there lost" cmp a.data before
"$PTK" record -q -e cpu-clock -r 100 -o a.data true 2>/dev/null; is "a priority that there is not" 2 $?
check "does not cost the recording before it either" cmp a.data before
out=$("$PTK" record -p 4194304 sleep 1 2>&1); is "a process that is not there is a usage error" 2 $?
has "with a caret" '^ +\^{7}$' "$out"
out=$("$PTK" record -e cpu-clokc true 2>&1); is "so is an unknown event" 2 $?
has "with the nearest names" 'did you mean.*cpu-clock' "$out"
"$PTK" record >out 2>&1; is "so is nothing to record" 2 $?
out=$("$PTK" record -F 99 -c 5 true 2>&1); is "so are -F and -c together" 2 $?
out=$("$PTK" record -e cpu-clock --call-graph dwafr true 2>&1); is "so is an unknown kind of call chain" 2 $?
out=$("$PTK" record -q -e cpu-clock -F 99999999 -o a.data true 2>&1 && "$PTK" record -e cpu-clock -F 99999999 -o a.data true 2>&1)
has "a rate above the limit is lowered, and that is said" 'lowered to [0-9]+' "$out"
out=$("$PTK" record -e cpu-clock --strict-freq -F 99999999 -o a.data true 2>&1); is "or fails, if asked" 1 $?
if [ ! -e /sys/bus/event_source/devices/cpu ] && [ ! -e /sys/bus/event_source/devices/armv8_pmuv3_0 ]; then
	out=$("$PTK" record -e cycles -o hw.data true 2>&1); is "a hardware event that this machine lacks fails" 1 $?
	has "and says why" 'not supported|no hardware|virtual' "$out"
	has "the default falls back to cpu-clock, and says so" 'sampling cpu-clock' "$("$PTK" record -o a.data true 2>&1)"
else
	skip 3 "this machine has a CPU PMU"
fi

# ---- where it may write
ln -s before link.data; out=$("$PTK" record -e cpu-clock -o link.data true 2>&1); is "not through a symbolic link" 1 $?
has "which is said" 'symbolic link' "$out"
if [ "$(id -u)" = 0 ]; then
	touch foreign.data; chown 65534 foreign.data
	out=$("$PTK" record -e cpu-clock -o foreign.data true 2>&1); is "not over another user's file" 1 $?
else
	skip 1 "only root can make another user's file"
fi

# ---- a program whose events are known
cat >prog.c <<'C'
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	for (int i = 0; i < 500; i++)
		syscall(SYS_getppid);
	if (argc > 1) {
		prctl(PR_SET_NAME, "renamed");
		for (int i = 0; i < 20; i++)
			syscall(SYS_getppid);
		return 0;
	}
	if (!fork()) {
		execl("/proc/self/exe", "prog", "child", (char *)0);
		_exit(1);
	}
	wait(0);
	return 0;
}
C
tracing=/sys/kernel/tracing/events/syscalls/sys_enter_getppid
if [ -r $tracing/id ] && ${CC:-cc} -o prog prog.c 2>/dev/null; then
	out=$("$PTK" record -e syscalls:sys_enter_getppid -o exact.data ./prog 2>&1)
	has "each event of the command and of its child is a sample" '\(1020 samples\)' "$out"
	out=$("$PTK" record -a -e syscalls:sys_enter_getppid --filter "common_pid != $$" -o all.data ./prog 2>&1)
	has "system-wide as well" '\(10[2-9][0-9] samples\)' "$out"
	"$PTK" record -q -a -e syscalls:sys_enter_getppid -e cpu-clock -o - ./prog >pipe.data
	"$PTK" record -q -z -e syscalls:sys_enter_getppid -o packed.data ./prog 2>packed.err
	has "a filter's wrong field is named" 'nosuchfield' "$("$PTK" record -e syscalls:sys_enter_getppid --filter 'nosuchfield > 1' true 2>&1)"
	"$PTK" record -q -v -a -e syscalls:sys_enter_getppid -o v.data true 2>v.err
	has "system-wide, ptk is left out" "filter common_pid != [0-9]+" "$(cat v.err)"
	"$PTK" record -q -v -a --include-self -e syscalls:sys_enter_getppid -o v.data true 2>v.err
	lacks "unless it is wanted" "filter" "$(cat v.err)"
	if command -v perf >/dev/null; then
		script=$(perf script -i exact.data -F comm,event,trace 2>&1)
		is "perf finds the samples" 1020 "$(grep -c sys_enter_getppid <<<"$script")"
		is "of the thread under its new name" 20 "$(grep -c '^ *renamed ' <<<"$script")"
		records=$(perf script -i exact.data --show-task-events --show-mmap-events 2>&1)
		has "and the fork" 'PERF_RECORD_FORK' "$records"
		has "the exec" 'PERF_RECORD_COMM exec: (prog|exe)' "$records"
		has "the mappings" 'PERF_RECORD_MMAP2.*r-xp .*/prog' "$records"
		has "the exits" 'PERF_RECORD_EXIT' "$records"
		is "in a pipe, too" 1020 "$(perf script -i - -F comm,event <pipe.data 2>/dev/null | grep -Ec '(prog|exe|renamed) +syscalls:sys_enter_getppid')"
		if [ -s packed.err ]; then skip 1 "no zstd"; else
			is "and packed" 1020 "$(perf script -i packed.data -F event 2>/dev/null | grep -c sys_enter_getppid)"
		fi
		has "perf evlist shows the events" 'syscalls:sys_enter_getppid' "$(perf evlist -i exact.data)"
		header=$(perf report -i exact.data --header-only 2>&1)
		for fact in hostname 'os release' arch 'nrcpus online' cpudesc cmdline 'pmu mappings' 'time of first sample'; do
			has "the header has: $fact" "^# $fact" "$header"
		done
		has "build-ids of what was mapped" '^[0-9a-f]{40} .*/prog$' "$(perf buildid-list -i exact.data 2>&1)"
		is "as file(1) has it" "$(readelf -n prog | sed -n 's/.*Build ID: //p')" "$(perf buildid-list -i exact.data | sed -n 's|^\([0-9a-f]*\) .*/prog$|\1|p')"
		"$PTK" record -q -e cpu-clock -c 1000000 --call-graph dwarf,4096,raw -o dwarf.data sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done'
		has "raw dwarf samples have registers and stack" 'STACK_USER.*sample_stack_user: 4096' "$(perf evlist -v -i dwarf.data)"
		check "which perf can walk" sh -c 'perf script -i dwarf.data -F ip,sym --no-inline 2>/dev/null | grep -q _start'
	else
		skip 22 "no perf here"
	fi
else
	skip 29 "no tracefs, or no compiler"
fi

# ---- what ends it
sleep 60 & sleeper=$!; at_exit "kill $sleeper 2>/dev/null"
out=$("$PTK" record -e cpu-clock -p $sleeper -o p.data true 2>&1); is "-p with a command that ends" 0 $?
"$PTK" record -e context-switches -a -o int.data >int.out 2>&1 & recorder=$!
until [ -s int.data ]; do kill -0 $recorder 2>/dev/null || break; done
kill -INT $recorder; wait $recorder; is "SIGINT ends a recording well" 0 $?
has "with its last line" 'Captured and wrote' "$(cat int.out)"
mkfifo end; sh -c 'read x <end' & target=$!
"$PTK" record -e cpu-clock -p $target -o gone.data >gone.out 2>&1 & recorder=$!
until [ -s gone.data ]; do kill -0 $recorder 2>/dev/null || break; done
echo >end; wait $target; wait $recorder; is "the end of every task that was named ends it" 0 $?
out=$("$PTK" record -e cpu-clock -F 4000 --max-size 4K -a -o size.data sleep 60 2>&1)
check "--max-size ends it" test "$(stat -c %s size.data)" -lt 1000000

# ---- the disk is full
if [ "$(id -u)" = 0 ] && [ -r $tracing/id ] && mkdir small && mount -t tmpfs -o size=1m tmpfs small 2>/dev/null; then
	at_exit "umount $PWD/small"
	out=$("$PTK" record -e 'raw_syscalls:sys_enter' -o small/full.data dd if=/dev/zero of=/dev/null bs=1 count=100000 2>&1)
	is "a full disk is a failure" 1 $?
	has "which names the file" 'small/full\.data' "$out"
	has "and says what is kept" '[0-9]+ bytes\) is kept' "$out"
	samples=$(sed -n 's/.*(\([0-9]*\) samples).*/\1/p' <<<"$out")
	has "which is readable to the last sample" "SAMPLE events: +$samples( |\$)" "$("$PTK" report --stats -i small/full.data 2>&1)"
	has "and named: mappings and names are written before samples" '^ +[0-9.]+% +dd( |$)' "$("$PTK" report --sort comm -i small/full.data 2>/dev/null)"
else
	skip 5 "no small disk can be mounted here"
fi

# ---- the recorder is killed: what it wrote is there, up to the last whole record
( while :; do head -c 1 /dev/zero >/dev/null; done ) & loop=$!; at_exit "kill $loop 2>/dev/null"
"$PTK" record -e cpu-clock -p $loop --no-buffering -o killed.data 2>/dev/null & recorder=$!
until [ "$(stat -c %s killed.data 2>/dev/null || echo 0)" -gt 20000 ]; do kill -0 $recorder 2>/dev/null || break; done
kill -KILL $recorder; wait $recorder 2>/dev/null; kill $loop
out=$("$PTK" report --stats -i killed.data 2>&1); is "a killed recorder's file is readable" 0 $?
has "with its samples" 'SAMPLE events: +[1-9]' "$out"
has "and its side-band records" 'COMM events: +[1-9]' "$out"
done_testing
