#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk heat: cells hold the samples of their time.
. "${top_srcdir:?}/tests/lib/tap.sh"

command -v python3 >/dev/null || { skip 1 "no python3"; done_testing; }
${CC:-cc} -O0 -g -fno-omit-frame-pointer -pthread \
	-o burn "$top_srcdir/tests/programs/burn.c" 2>err || { skip 1 "cannot build the program: $(head -1 err)"; done_testing; }
"$PTK" record -q -e cpu-clock -c 1000000 -g -o burn.data ./burn 300 recurse 2>err ||
	{ skip 1 "cannot sample here: $(head -1 err)"; done_testing; }
"$PTK" heat -i burn.data -o burn.html --column 100ms 2>said
has "it says what it wrote" '^ptk: burn\.html: columns of 0\.1 s' "$(cat said)"

cat >cells.py <<'END'
import json, re, sys
data = json.loads(re.search(r'application/json">(.*?)</script>', open(sys.argv[1], encoding='utf-8').read(), re.S).group(1))
event = data['events'][0]
for cell in event['cells']:
    print(cell[0], sum(cell[2::2]) * event['scale'] // 1000000)
END
python3 cells.py burn.html >cells
"$PTK" script -i burn.data -F time 2>/dev/null | awk '
	NF { ns = sprintf("%.0f", $1 * 1e9); q = ns - ns % 2000000; if (!n++) first = q; cells[(q - first) / 2000000]++ }
	END { for (c in cells) print c, cells[c] }' | sort -n >want
if [ -s want ]; then
	# times are printed in microseconds: one of a cell's edge may be printed as of the next
	is "as many samples as there are" "$(awk '{ n += $2 } END { print n }' want)" "$(awk '{ n += $2 } END { print n }' cells)"
	is "cells have the samples of their time" "0" "$(join -a1 -a2 -e0 -o 1.2,2.2 <(sort want) <(sort cells) | awk '{ d = $1 - $2; if (d > 1 || d < -1) n++ } END { print n + 0 }')"
else
	skip 2 "no times"
fi
"$PTK" heat -i burn.data -o burn.html --column 1 >out 2>&1; is "a width without a unit is a usage error" 2 $?
"$PTK" heat -i burn.data -o wide.html --column 50us >out 2>&1
[ -s wide.html ] || has "too many columns are refused" 'too wide' "$(cat out)"
"$PTK" heat -i burn.data -S nothing -o none.html >out 2>&1; is "nothing left is a failure" 1 $?
has "that says so" 'nothing is left' "$(cat out)"

# -- latencies
if "$PTK" record -q -a -g -e sched:sched_waking,sched:sched_switch -o lat.data sleep 0.2 2>err &&
	"$PTK" record -q -g -e syscalls:sys_enter_clock_nanosleep,syscalls:sys_exit_clock_nanosleep \
	-o nap.data bash -c 'for i in 1 2 3; do sleep 0.02; sleep 0.4; done' 2>err; then
	cat >latency.py <<'END'
import json, re, sys
data = json.loads(re.search(r'application/json">(.*?)</script>', open(sys.argv[1], encoding='utf-8').read(), re.S).group(1))
l, event = data['latency'], data['events'][0]
rows = {}
for cell in event['cells']:
    rows[cell[0] % 50] = rows.get(cell[0] % 50, 0) + sum(cell[2::2])
print('pairs', l['pairs'], sum(rows.values()), 'unmatched', l['unmatched_from'], l['unmatched_to'])
print('sleeps', l['pairs'], l['shortest'] >= 20e6, l['longest'] >= 400e6, sum(n for r, n in rows.items() if r < 25), sum(n for r, n in rows.items() if r >= 25))
END
	"$PTK" heat -i nap.data --from syscalls:sys_enter_clock_nanosleep --to syscalls:sys_exit_clock_nanosleep -o sleeps.html 2>said
	is "sleeps take as long as they were told to, the long ones above" "sleeps 6 True True 3 3" "$(python3 latency.py sleeps.html | grep sleeps)"
	"$PTK" heat -i lat.data --from sched:sched_waking --to sched:sched_switch --key pid=next_pid -o wake.html 2>said
	"$PTK" script -i lat.data -F event,trace 2>/dev/null | python3 -c '
import re, sys
waits, pairs, lost, strange = set(), 0, 0, 0
for line in sys.stdin:
    waking, switch = re.search(r"sched_waking: .* pid=(\d+)", line), re.search(r"sched_switch: .*next_pid=(\d+)", line)
    if waking:
        lost += waking[1] in waits
        waits.add(waking[1])
    elif switch and switch[1] in waits:
        waits.remove(switch[1])
        pairs += 1
    elif switch:
        strange += 1
print("pairs", pairs, pairs, "unmatched", lost + len(waits), strange)' >want
	is "every wakeup has the switch that it led to, the rest is counted" "$(cat want)" "$(python3 latency.py wake.html | grep pairs)"
	has "and said" 'samples of sched:sched_switch have no sched:sched_waking before them' "$(cat said)"
	out=$("$PTK" heat -i lat.data --from sched:sched_waking --to sched:sched_switch --key next_pit -o none.html 2>&1); status=$?
	is "a field that is not there is a usage error" 2 $status
	has "with what there is" 'it has common_type' "$out"
	has "an event that is not there has its nearest" 'did you mean sched:sched_switch' "$("$PTK" heat -i lat.data --from sched:sched_waking --to sched:sched_swich -o none.html 2>&1)"
	has "what never belongs together is said" 'belong together' "$("$PTK" heat -i nap.data --from syscalls:sys_exit_clock_nanosleep --to syscalls:sys_enter_clock_nanosleep -o none.html 2>&1)"
	[ -e none.html ] && fail "and writes no file" || pass "and writes no file"
else
	skip 8 "cannot record tracepoints here: $(head -1 err)"
fi
done_testing
