#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A recorder that cannot keep up: stack bytes are given up first, then samples,
# and never what tells of tasks and mappings; all of it is counted and said.
# What is recorded stops its recorder (its parent) for as long as it wants to.
. "${top_srcdir:?}/tests/lib/tap.sh"

${CC:-cc} -O2 -fomit-frame-pointer -fno-optimize-sibling-calls -fno-inline -g0 -pthread \
	-o deep "$top_srcdir/tests/session/deep.c" 2>cc.log || { skip 1 "no C compiler here"; done_testing; }
cat >storm.sh <<'SH'
./deep plain 500
kill -STOP $PPID
./deep plain 500
for ((i = 0; i < 20; i++)); do /bin/true; done
kill -CONT $PPID
./deep plain 64
SH
"$PTK" record -e cpu-clock -F 4999 -m 64 -g -o stopped.data bash storm.sh 2>said || { skip 1 "no samples here"; done_testing; }
number() { sed -n "s/^ptk: \([0-9]*\) $1.*/\1/p" said; }
pressed=$(number 'stacks gave up most of their bytes for want of time')
lost=$(number 'samples were lost')
check "stacks that gave up their bytes are said" test "${pressed:-0}" -gt 0
check "samples that were lost are said" test "${lost:-0}" -gt 0
is "as many as the file has" "$lost" "$("$PTK" report --stdio -g none -i stopped.data 2>/dev/null | sed -n 's/^# Total Lost Samples: //p')"
is "no record of tasks or mappings was lost" "" "$(number 'records of tasks and mappings')"
tasks() { "$PTK" script -i stopped.data --show-task-events --show-mmap-events 2>/dev/null; }
tasks >tasks
is "every program that was run has its COMM" 20 "$(grep -c 'PERF_RECORD_COMM exec: true:' tasks)"
is "its mappings" 20 "$(grep -c '^ *true .*PERF_RECORD_MMAP2 .* r-xp .*/true$' tasks)"
is "and its EXIT" 20 "$(grep -c '^ *true .*PERF_RECORD_EXIT(' tasks)"
has "what was given up is shown as cut, not as a root" '\[cut\]' "$("$PTK" report --stdio -g none -i stopped.data 2>/dev/null)"
done_testing
