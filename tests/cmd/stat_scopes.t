#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk stat: whose counts go into a row, what programs read of it, and who says when to count.
. "${top_srcdir:?}/tests/lib/tap.sh"

calls=$top_builddir/tests/cmd/calls
cpus=$(getconf _NPROCESSORS_ONLN)
tracing=/sys/kernel/tracing/events/syscalls/sys_enter_getppid/id
export XDG_CONFIG_HOME=$TMP
column() { cut -d, -f"$1" <<<"$2" | sort | xargs; }

# ---- groups of CPUs
if "$PTK" stat -a -x, -e cpu-clock true >/dev/null 2>&1; then
	for by in core die socket node; do
		out=$("$PTK" stat -a "--per-$by" -x, -e cpu-clock,page-faults true 2>&1)
		is "--per-$by: every CPU went into a row" "$cpus" "$(awk -F, '$5 == "cpu-clock" { n += $2 } END { print n }' <<<"$out")"
		if command -v perf >/dev/null; then
			peer=$(perf stat -a "--per-$by" -x, -e cpu-clock,page-faults true 2>&1)
			is "--per-$by: perf has the same rows" "$(column 1,2,5 "$peer")" "$(column 1,2,5 "$out")"
		else
			skip 1 "no perf to compare with"
		fi
	done
	has "the table has them in front" '^S0-D0-C[0-9]+ +[0-9]+ +[0-9.]+ msec cpu-clock' "$("$PTK" stat -a --per-core -e cpu-clock true 2>&1)"
	has "-I: a head for them" '^# +time core +cpus +counts unit events' "$("$PTK" stat -a --per-core -I 20 -e cpu-clock sleep 0.03 2>&1)"
else
	skip 10 "whole CPUs may not be counted here"
fi

# ---- threads
if [ -r $tracing ]; then
	mkfifo go gone
	{ read -r _ <go; "$calls" 321; echo >gone; } & worker=$!
	out=$("$PTK" stat --per-thread -x, -e syscalls:sys_enter_getppid sh -c 'echo >go; read -r _ <gone' 2>&1)
	lacks "--per-thread: threads that did nothing have no row" ',0,,|<not counted>' "$out"
	has "one that did has its calls, and its children's" "-$worker,321,,syscalls:sys_enter_getppid" "$out"
else
	skip 2 "tracefs cannot be read here"
fi
sleep 30 & sleeper=$!
at_exit "kill $sleeper 2>/dev/null"
out=$("$PTK" stat --per-thread -p $sleeper,$$ -x, -e page-faults,task-clock true 2>&1)
is "--per-thread -p: a row for each thread and event" 4 "$(wc -l <<<"$out")"
has "named after it" "^sleep-$sleeper," "$out"
has "the table" "stats for process id '$sleeper':" "$("$PTK" stat --per-thread -p $sleeper -e page-faults true 2>&1)"

# ---- JSON and OpenMetrics, read by real parsers
if command -v python3 >/dev/null; then
	cat >check.py <<-'PY'
	import json, sys
	for line in sys.stdin:
	    row = json.loads(line)
	    print(' '.join(sorted(row)), float(row['counter-value']) if 'counter-value' in row and row['counter-value'][0] != '<' else '')
	PY
	keys() { "$PTK" stat "$@" 2>&1 >/dev/null | python3 check.py; }
	has "-j: a row" '^counter-value event event-runtime metric-unit metric-value pcnt-running unit [0-9.]+$' "$(keys -j -e task-clock true)"
	has "-j -r: the spread" ' variance [0-9.]+$' "$(keys -j -r 2 -e page-faults true)"
	has "-j -I: the time" 'event-runtime interval ' "$(keys -j -I 20 -e page-faults sleep 0.03)"
	is "-j -I --summary: and all of it" 2 "$("$PTK" stat -j -I 1000 --summary -e duration_time true 2>&1 | python3 check.py | grep -c interval)"
	has "-j --per-thread" '^counter-value event event-runtime .*thread unit' "$(keys -j --per-thread -p $$ -e page-faults true)"
	has "-j -M: a metric" '^metric-of metric-unit metric-value $' "$(keys -j -M CPUs true)"
	has "-j: what is not there is said" '"<not (counted|supported)>"' "$("$PTK" stat -j -e mem:0x10:w -t $sleeper true 2>&1)"
	"$PTK" stat --format openmetrics -o text -e task-clock,page-faults true
	python3 - text <<-'PY' && pass "OpenMetrics" || fail "OpenMetrics" "$(cat text)"
	import re, sys
	text = open(sys.argv[1]).read()
	assert text.endswith('# EOF\n')
	types = set()
	for line in text.splitlines()[:-1]:
	    m = re.fullmatch(r'# (TYPE|HELP) (\w+) (.+)', line)
	    if m:
	        types.add(m[2])
	        continue
	    m = re.fullmatch(r'(\w+)(\{(\w+="([^"\\]|\\.)*",?)+\})? (\S+)', line)
	    assert m and m[1] in types, line
	    float(m[5])
	assert 'ptk_event{event="page-faults' in text
	PY
else
	skip 8 "no python3"
fi

# ---- metrics
out=$("$PTK" stat -x, -M CPUs,fault-rate true 2>&1)
has "-M: a metric's row" '^,,,,,[0-9.]+,CPUs \(CPUs utilized\)$' "$out"
is "-M: an event that two metrics want is counted once" 1 "$(grep -c task-clock <<<"$out")"
has "--metric-only" '^,,,,,[0-9.]+,fault-rate' "$("$PTK" stat -x, -M fault-rate --metric-only true 2>&1 | head -n 1)"
mkdir ptk; echo 'twice | mine | faults | 2 * page-faults | of my own' >ptk/metrics
out=$("$PTK" stat -x, -M twice true 2>&1)
is "a metric of one's own" "$(awk -F, '$3 ~ "page-faults" { print 2 * $1 ".00" }' <<<"$out")" "$(sed -n 's/^,,,,,\(.*\),twice (faults)$/\1/p' <<<"$out")"
has "is listed" '^ +twice +of my own' "$("$PTK" list metrics)"
echo 'thrice | mine | faults | 3 * | of my own' >more
out=$("$PTK" stat --metric-file more -M thrice true 2>&1); is "an expression that does not parse" 2 $?
has "is shown" 'more, line 1: metric thrice: .*too early' "$out"
out=$("$PTK" stat -M nosuchmetric true 2>&1); is "no such metric" 2 $?
has "is said" 'there is no metric nosuchmetric' "$out"

# ---- when to count
if [ -r $tracing ]; then
	mkfifo ctl ack
	"$PTK" stat -D -1 --control fifo:ctl,ack -x, -o out -e syscalls:sys_enter_getppid -p $$ sleep 30 & pid=$!
	exec 7<>ctl 8<>ack
	say() { echo "$1" >&7; read -r -t 20 answer <&8; is "--control: $1 is answered" ack "$answer"; }
	say ping
	"$calls" 1000 >/dev/null
	say enable
	"$calls" 100 >/dev/null
	say disable
	"$calls" 10000 >/dev/null
	say stop
	wait $pid
	is "what was enabled was counted" 100 "$(sed -n 's/^\([0-9]*\),.*/\1/p' out)"
	exec 7>&- 8>&-
	out=$("$PTK" stat -D 60000 -x, -e syscalls:sys_enter_getppid "$calls" 50 2>&1)
	has "-D: nothing before the time" '^(0|<not counted>),' "$out"
else
	skip 6 "tracefs cannot be read here"
fi
out=$("$PTK" stat --pre 'echo before' --post 'echo after' -r 2 -o out echo run)
is "--pre and --post, each run" "before run after before run after" "$(xargs <<<"$out")"
out=$("$PTK" stat -r 3 --table -e page-faults true 2>&1)
is "--table: a line a run" 3 "$(grep -cE '^ +[0-9.]+ \([+-][0-9.]+\) #+$' <<<"$out")"
out=$("$PTK" stat -r 0 -x, -e page-faults sh -c 'echo x >>runs; [ $(wc -l <runs) -lt 3 ] || kill -TERM $PPID' 2>&1)
is "-r 0: until it is told to end, a row a run" 3 "$(grep -c page-faults <<<"$out")"
"$PTK" stat --log-fd 9 -e page-faults true 9>log; has "--log-fd" 'page-faults' "$(cat log)"
has "--summary" "seconds time elapsed" "$("$PTK" stat -I 20 --summary -e page-faults sleep 0.03 2>&1)"

# ---- cgroups
mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
if [ -r $tracing ] && [ -n "$mount" ] && mkdir "$mount/ptk-test.$$" 2>/dev/null; then
	at_exit "rmdir $mount/ptk-test.$$ $mount/ptk-other.$$"
	mkdir "$mount/ptk-other.$$"
	counted=$("$PTK" stat --for-each-cgroup "ptk-test.$$,ptk-other.$$" -x, -e syscalls:sys_enter_getppid \
		sh -c "echo \$\$ >$mount/ptk-test.$$/cgroup.procs && exec $calls 777" 2>&1)
	is "--for-each-cgroup: the one that did it, and the other" "777,,syscalls:sys_enter_getppid,ptk-test.$$ " \
		"$(awk -F, '$1 == 777 { print $1 "," $2 "," $3 "," $4 }' <<<"$counted" | xargs) $(awk -F, '$4 ~ "other" && $1 ~ /^[1-9]/ { print }' <<<"$counted")"
	out=$("$PTK" stat -e syscalls:sys_enter_getppid -G "ptk-test.$$" -j sh -c "echo \$\$ >$mount/ptk-test.$$/cgroup.procs && exec $calls 55" 2>&1)
	has "-G, and JSON names it" "\"cgroup\":\"ptk-test.$$\".*\"counter-value\":\"55\"" "$out"
	out=$("$PTK" stat -e page-faults -G "ptk-tset.$$" true 2>&1); is "no such cgroup" 2 $?
	has "is said" "there is no cgroup ptk-tset.$$" "$out"
	has "with those that are near" "did you mean ptk-test.$$" "$out"
else
	skip 5 "no cgroup hierarchy of version 2 to make one in, or no tracefs"
fi

# ---- counts in a file, both ways with perf
fields() { cut -d, -f"$1" <<<"$2" | tr -d ' ' | xargs; }
live=$("$PTK" stat record -o one -x, -e task-clock,page-faults,mem:0x10:w true 2>&1); is "stat record" 0 $?
back=$("$PTK" stat report -i one -x, 2>&1)
is "stat report: the same counts" "$(fields 1-5 "$live")" "$(fields 1-5 "$back")"
is "the file is its owner's alone" 600 "$(stat -c %a one)"
has "through a pipe" '^[0-9]+,,page-faults' "$("$PTK" stat record -o - -e page-faults true 2>said | "$PTK" stat report -x, -i - 2>&1)"
out=$("$PTK" stat report -i nosuch 2>&1); is "no such file" 1 $?
head -c 100 one >cut; out=$("$PTK" stat report -i cut 2>&1); is "a file that is cut off" 1 $?
out=$("$PTK" stat report -i /dev/null 2>&1); [ $? = 1 ] && pass "no file of counts" || fail "no file of counts" "$out"
live=$("$PTK" stat record -o many -x, -I 20 -e page-faults sh -c 'sleep 0.05; true; true' 2>&1)
is "intervals" "$(fields 1,2,4 "$live")" "$(fields 1,2,4 "$("$PTK" stat report -i many -x, 2>&1)")"
if command -v perf >/dev/null; then
	of() { awk '{ for (i = 2; i <= NF; i++) if ($i ~ /^page-faults/ && $(i - 1) ~ /^[0-9]/) print $(i - 1) }' <<<"$1" | tr -d , | xargs; }
	is "perf reads the file" "$(awk -F, '$3 ~ "page-faults" { print $1 }' <<<"$back")" "$(of "$(perf stat report -i one 2>&1)")"
	is "and intervals" "$(fields 2 "$live" | sed 's/<[^>]*>//g' | xargs)" "$(of "$(perf stat report -i many 2>&1)")"
	peer=$(perf stat record -o theirs -e page-faults,task-clock true 2>&1)
	is "perf's file is read" "$(of "$peer")" "$(of "$("$PTK" stat report -i theirs 2>&1)")"
	if perf stat record -a -o theirs -e page-faults true >/dev/null 2>&1; then
		is "perf's file by core" "$(of "$(perf stat report --per-core -i theirs 2>&1)")" \
			"$(of "$("$PTK" stat report --per-core -i theirs 2>&1)")"
	else
		skip 1 "whole CPUs may not be counted here"
	fi
else
	skip 4 "no perf to compare with"
fi

# ---- wrong words
wrong() { local what=$1 part=$2; shift 2; out=$("$PTK" stat "$@" 2>&1); is "$what: status" 2 $?; has "$what: said" "$part" "$out"; }
wrong "two ways to add up" '-A and --per-core exclude each other' -a -A --per-core true
wrong "a command by cores" "a task's counts are not kept by CPU" --per-core true
wrong "-G before its events" '-G belongs behind the -e' -a -G x -e cs true
wrong "-G of a cgroup that is not there, for the default events" 'no cgroup|cgroup x' -a -G x true
wrong "cgroups of a process" 'cgroups are counted on CPUs' -p $$ --for-each-cgroup x -e page-faults true
wrong "more cgroups than events" 'more cgroups than events' -a -e page-faults -G a,b true
wrong "-x and -j" '-x and -j exclude' -x, -j true
wrong "a format" 'there is no format xml' --format xml true
wrong "intervals of OpenMetrics" 'an OpenMetrics text is one state' --format openmetrics -I 100 true
wrong "-D -1 alone" 'waits for --control' -D -1 true
wrong "-D words" 'no number of milliseconds' -D soon true
wrong "--control words" '--control does not understand' --control here true
wrong "--control and no fifo" 'is no fifo' --control fifo:"$TMP/more" true
wrong "--control and a closed descriptor" 'descriptor 77 is not open' --control fd:77 true
wrong "--log-fd closed" 'descriptor 77 of --log-fd is not open' --log-fd 77 true
"$PTK" stat record -r 2 true 2>/dev/null; is "a file of several runs" 2 $?
wrong "--table alone" '--table shows the runs' --table true
wrong "--summary alone" '--summary sums up' --summary true
wrong "--metric-only alone" 'none were named' --metric-only true
done_testing
