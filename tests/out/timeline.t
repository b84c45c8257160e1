#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk timeline: what tasks did adds up to what the switches say, in the page and in the trace.
. "${top_srcdir:?}/tests/lib/tap.sh"

command -v python3 >/dev/null || { skip 1 "no python3"; done_testing; }
cat >work.sh <<'END'
for i in 1 2 3; do (for ((k = 0; k < 8000; k++)); do :; done; ./napper 0.05; for ((k = 0; k < 4000; k++)); do :; done) & done
wait
END
cp "$(command -v bash)" worker; cp "$(command -v sleep)" napper	# names that nothing else here has
"$PTK" record -q -a -m 4M -e sched:sched_switch,sched:sched_waking,cpu-clock -o sched.data ./worker work.sh 2>err ||
	{ skip 1 "cannot record switches here: $(head -1 err)"; done_testing; }
"$PTK" timeline -i sched.data -o sched.html 2>said
has "it says what it wrote" '^ptk: sched\.html: [0-9.]+ s, [0-9]+ switches, [0-9]+ samples' "$(cat said)"
lacks "a page loads nothing" '(src|href)=|https?:|url\(|@import' "$(cat sched.html)"
"$PTK" timeline -i sched.data -o sched.json 2>/dev/null
"$PTK" timeline -i sched.data -o work.json --follow worker 2>/dev/null
"$PTK" script -i sched.data -F tid,cpu,time,event,trace --ns >sched.txt 2>/dev/null

# Runs of tasks that are whole: the CPU's switches follow on each other. A task that is gone when it switches is -1.
cat >runs.py <<'END'
import re, sys
on, ran, broken = {}, {}, set()
for line in open('sched.txt', errors='replace'):
    m = re.match(r'\s*(-?\d+)\s+\[(\d+)\]\s+(\d+)\.(\d{9}): *sched:sched_switch: .*prev_pid=(\d+) .*next_pid=(\d+)', line)
    if not m:
        continue
    cpu, time, prev, next = m[2], int(m[3]) * 10**9 + int(m[4]), int(m[5]), int(m[6])
    if cpu in on and on[cpu][0] == prev:
        ran[prev] = ran.get(prev, 0) + time - on[cpu][1]
    else:
        broken.add(prev)
        if cpu in on:
            broken.add(on[cpu][0])
    on[cpu] = next, time
for task, _ in on.values():
    broken.add(task)
for tid in sorted(ran):
    if tid and tid not in broken:
        print(tid, ran[tid])
END
python3 runs.py >want
cat >got.py <<'END'
import json, re, sys
wanted = {int(line.split()[0]) for line in open('want')}
if sys.argv[1].endswith('.html'):
    data = json.loads(re.search(r'application/json">(.*?)</script>', open(sys.argv[1], encoding='utf-8').read(), re.S)[1])
    ran = {t['tid']: t['spent'][0] for t in data['tasks']}
else:
    ran = {}
    for e in json.load(open(sys.argv[1]))['traceEvents']:
        if e.get('name') == 'runs':
            ran[e['tid']] = ran.get(e['tid'], 0) + round(e['dur'] * 1000)
for tid in sorted(ran):
    if tid in wanted:
        print(tid, ran[tid])
END
[ "$(wc -l <want)" -ge 3 ] && pass "switches of several tasks were recorded" || fail "switches of several tasks were recorded" "$(cat want)"
is "the page's tasks ran as long as their switches say" "$(cat want)" "$(python3 got.py sched.html)"
is "those of the trace, too" "$(cat want)" "$(python3 got.py sched.json)"

python3 - >facts <<'END'
import json
trace = json.load(open('sched.json'))
events, other = trace['traceEvents'], json.load(open('work.json'))['traceEvents']
spans = {}
for e in events:
    if e['ph'] == 'X':
        spans.setdefault((e['pid'], e['tid']), []).append((e['ts'], e['ts'] + e['dur']))
print('overlap', sum(a[1] > b[0] + 0.002 for s in spans.values() for a, b in zip(sorted(s), sorted(s)[1:])))
print('samples', sum(e['args']['samples'] for e in events if e['ph'] == 'i'))
flows = {p: {e['id'] for e in events if e['ph'] == p} for p in 'sf'}
print('flows', flows['s'] == flows['f'] and len(flows['s']) > 0)
sleeping = {e['args']['name'] for e in events if e['ph'] == 'M' and e['name'] == 'thread_name'}
of = {(e['pid'], e['tid']): e['args']['name'] for e in events if e['ph'] == 'M' and e['name'] == 'thread_name'}
print('slept', sum(e['dur'] >= 20000 for e in events if e['ph'] == 'X' and e['name'] == 'sleeps' and of.get((e['pid'], e['tid'])) == 'napper'))
print('followed', sorted({e['args']['name'] for e in other if e['ph'] == 'M' and e['name'] == 'thread_name' and e['pid']} - {"worker", "napper", "ptk"}))
END
is "the trace is what the format's description says" "ok trace is what its description says" "$(python3 "$(realpath "$top_srcdir")/tests/out/schemas.py" trace sched.json)"
is "spans of a track do not overlap" "overlap 0" "$(grep overlap facts)"
is "every sample of a task is there" "samples $(grep -c '^ *[1-9][0-9]* .* cpu-clock' sched.txt)" "$(grep samples facts)"
is "wakeups have both ends" "flows True" "$(grep flows facts)"
if grep -q '"lost":0' sched.json; then
	is "three tasks slept, as they were told to (a late switch is no sleep)" "slept 3" "$(grep slept facts)"
else
	skip 1 "the kernel lost events"
fi
is "--follow takes what was started, and nothing else" "followed []" "$(grep followed facts)"

"$PTK" record -q --switch-events -e cpu-clock -o records.data bash work.sh 2>err
"$PTK" timeline -i records.data -o records.html 2>said
has "SWITCH records do, too" ', [1-9][0-9]* switches' "$(cat said)"
"$PTK" record -q -e cpu-clock -o flat.data bash work.sh 2>err
has "without either, it says how to record them" 'record -a -e sched:sched_switch' "$("$PTK" timeline -i flat.data -o flat.html 2>&1)"
"$PTK" timeline -i sched.data --follow no-such-command -o none.html >out 2>&1; is "nothing left is a failure" 1 $?
[ -e none.html ] && fail "that writes no file" || pass "that writes no file"
done_testing
