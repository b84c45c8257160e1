#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk list: what it shows, what it refuses, and the same names as perf's list.
. "${top_srcdir:?}/tests/lib/tap.sh"

out=$("$PTK" list)
is "exit status" 0 $?
has "hardware events with their aliases" '^  cpu-cycles OR cycles +\[Hardware event\]' "$out"
has "software events" '^  cpu-clock +\[Software event\]' "$out"
has "cache events" '^  L1-dcache-load-misses +\[Hardware cache event\]' "$out"
has "raw syntax" '^  rNNN ' "$out"
has "breakpoint syntax" '^  mem:<addr>' "$out"
if grep -q '(not supported here)' <<<"$out"; then
	has "one line says why some are not supported" '^Not supported here: .' "$out"
else
	skip 1 "every event is supported here"
fi

names=$("$PTK" list --raw-dump)
is "each name once" "" "$(sort <<<"$names" | uniq -d)"
is "sections follow each other as asked" "$("$PTK" list --raw-dump sw)" "$("$PTK" list --raw-dump software)"
lacks "a section alone" 'Hardware' "$("$PTK" list sw)"
is "a glob" "L1-dcache-store-misses
L1-dcache-stores" "$("$PTK" list --raw-dump 'l1-dcache-store*' | sort)"
lacks "a raw dump has no patterns" 'rNNN|<addr>' "$names"
has "groups of metrics" '^pipeline$' "$("$PTK" list metricgroups)"
is "each once" "" "$("$PTK" list metricgroups | sort | uniq -d)"
has "a word is looked for anywhere" '^context-switches$' "$("$PTK" list --raw-dump switch)"
has "an alias is found" '^cpu-migrations$' "$("$PTK" list --raw-dump 'migrations')"
lacks "--no-desc" 'switches from' "$("$PTK" list --no-desc sw)"

err=$("$PTK" list cpu-clokc 2>&1)
is "nothing matches: exit status" 1 $?
has "nothing matches: the word and a nearer one" 'no event matches cpu-clokc' "$err"
has "the nearest" 'cpu-clock' "$err"
"$PTK" list --nonsense >/dev/null 2>&1
is "a wrong option is a usage error" 2 $?

if command -v python3 >/dev/null; then
	check "--json is JSON, with the names of the list" python3 -c '
import json, subprocess, sys
ptk = sys.argv[1]
events = json.loads(subprocess.check_output([ptk, "list", "--json"]))["events"]
names = subprocess.check_output([ptk, "list", "--raw-dump"], text=True).split("\n")[:-1]
assert [e["name"] for e in events if e["section"] not in ("raw", "breakpoint")] == names, "not the same names"
assert all(isinstance(e["supported"], bool) and e["section"] for e in events)
' "$PTK"
else
	skip 1 "no python3"
fi

if command -v perf >/dev/null; then
	for section in hw sw cache tracepoint; do perf list --raw-dump $section 2>/dev/null; done |
		tr ' ' '\n' | grep -E '^[a-zA-Z_0-9-]+(:[a-zA-Z_0-9]+)?$' | sort -u >theirs
	# perf lists what is counted by words that ptk shows as aliases, too
	{ "$PTK" list --raw-dump; "$PTK" list --no-desc | sed -n 's/^  .* OR \([^ ]*\) .*/\1/p'; } | sort -u >ours
	is "every name that perf lists" "" "$(comm -23 theirs ours | head)"
else
	skip 1 "no perf"
fi

if "$PTK" list --raw-dump tracepoint >tracepoints 2>&1; then
	# probes that somebody has set stand behind them
	"$PTK" list --raw-dump probe >probes 2>/dev/null
	is "tracepoints are in the order of their names" "" "$(grep -vxF -f probes tracepoints | LC_ALL=C sort -c -t: -k1,1 -k2,2 2>&1 | head -1)"
	is "a glob over tracepoints" "sched:sched_switch" "$("$PTK" list --raw-dump 'sched:sched_switc?')"
else
	has "why there are no tracepoints" 'tracefs|tracepoints' "$(cat tracepoints)"
	skip 1 "no tracepoints"
fi
# As a user who may not read them: a word that may well be a tracepoint's is not just "no event".
if [ "$(id -u)" = 0 ] && cp "$PTK" /tmp/ptk-list-test.$$ 2>/dev/null && at_exit "rm -f /tmp/ptk-list-test.$$" &&
   ! setpriv --reuid=65534 --regid=65534 --clear-groups ls /sys/kernel/tracing/events >/dev/null 2>&1 &&
   setpriv --reuid=65534 --regid=65534 --clear-groups "/tmp/ptk-list-test.$$" version >/dev/null 2>&1; then
	has "tracepoints that cannot be read are no reason to say that there is none" 'tracepoints could not be looked through' \
		"$(setpriv --reuid=65534 --regid=65534 --clear-groups "/tmp/ptk-list-test.$$" list sched_swi 2>&1)"
else
	skip 1 "no other user here who may not read tracepoints"
fi
done_testing
