#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk export: every format adds up to the report, and the tools that the
# formats belong to read them.
. "${top_srcdir:?}/tests/lib/tap.sh"

${CC:-cc} -O0 -g -fno-omit-frame-pointer -pthread \
	-o burn "$top_srcdir/tests/programs/burn.c" 2>err || { skip 1 "cannot build the program: $(head -1 err)"; done_testing; }
"$PTK" record -q -e cpu-clock,task-clock -c 1000000 -g -o burn.data ./burn 300 recurse 2>err ||
	{ skip 1 "cannot sample here: $(head -1 err)"; done_testing; }
"$PTK" record -q -e cpu-clock -c 1000000 -g -o one.data ./burn 300 recurse 2>err

# Totals of an event as the report has them: samples, period.
total() { "$PTK" report -i one.data -q --no-children -g none -t, -F sample,period "$@" 2>/dev/null | awk -F, '{ n += $1; p += $2 } END { printf "%d %d", n, p }'; }
fold() { "$PTK" export -i one.data "$@" 2>/dev/null | awk '{ n += $NF } END { printf "%d", n }'; }

for filter in "" "-S big" "-d burn" "-U" "--comms burn" "--comms burn -S middle,small"; do
	read -r samples period <<<"$(total $filter)"
	is "folded has the report's samples ${filter:-(all)}" "$samples" "$(fold $filter)"
	is "and its period" "$period" "$(fold --value period $filter)"
done
out=$("$PTK" export one.data)
has "a stack is a line, outermost first" '^burn;.*main;deeper;deeper;.*work;big [0-9]+$' "$out"
lacks "nothing is marked unless asked" '_\[k\]' "$out"
has "several events stand in front" '^task-clock(:[^;]*)?;burn;.*big [0-9]+$' "$("$PTK" export burn.data 2>/dev/null)"
has "-e picks one" '^burn;.*big [0-9]+$' "$("$PTK" export -e "$("$PTK" export burn.data 2>/dev/null | sed -n 's/^\(cpu-clock[^;]*\);.*/\1/p' | head -1)" burn.data 2>/dev/null)"

# -- beside stackcollapse-perf.pl's rules over perf script
if command -v perf >/dev/null; then
	perf script -i one.data -F comm,ip,sym 2>/dev/null | awk '
		/^[^ \t]/ { comm = $1; s = ""; next }
		NF > 1 { name = $2; for (i = 3; i <= NF; i++) name = name " " $i; s = ";" name s; next }
		/^$/ && comm != "" { print comm s; comm = "" }' | grep -F ';big' | grep -cE ';work;big$' >want
	is "stacks that end in big as perf script has them" "$(cat want)" \
		"$("$PTK" export one.data | awk '/;work;big [0-9]+$/ { n += $NF } END { print n + 0 }')"
else
	skip 1 "no perf here"
fi

# -- readers
read -r samples period <<<"$(total)"
if command -v python3 >/dev/null; then
	"$PTK" export -i one.data -f json -o one.json && "$PTK" export -i one.data -o one.speedscope.json && "$PTK" export -i one.data -f csv -o one.csv
	is "json adds up" "$samples $period" "$(python3 -c '
import json
e = json.load(open("one.json"))["events"]
print(sum(s["count"] for x in e for s in x["samples"]), sum(s["period"] for x in e for s in x["samples"]))')"
	is "speedscope: weights add up, stacks are of frames" "$period nanoseconds True" "$(python3 -c '
import json
d = json.load(open("one.speedscope.json")); p = d["profiles"][0]; n = len(d["shared"]["frames"])
assert d["$schema"].startswith("https://www.speedscope.app/") and p["type"] == "sampled" and p["endValue"] == sum(p["weights"])
print(sum(p["weights"]), p["unit"], len(p["samples"]) == len(p["weights"]) and all(0 <= f < n for s in p["samples"] for f in s))')"
	is "csv adds up" "$samples $period" "$(python3 -c '
import csv
r = list(csv.DictReader(open("one.csv", newline="")))
print(sum(int(x["samples"]) for x in r), sum(int(x["period"]) for x in r))')"
	"$PTK" export -i one.data -f chrome -o one.trace.json && "$PTK" export -i one.data -f gecko -o one.gecko.json
	is "chrome: slices of a thread are nested and in time order, big is in work" "True True True" "$(python3 -c '
import json
order, seen, open_, last = True, False, {}, {}
for e in json.load(open("one.trace.json"))["traceEvents"]:
    stack = open_.setdefault(e["tid"], [])
    if e["ph"] == "B":
        seen |= e["name"] == "big" and stack[-1] == "work"
        stack.append(e["name"])
    elif e["ph"] == "E":
        stack.pop()
    order &= e.get("ts", 0) >= last.get(e["tid"], 0)
    last[e["tid"]] = e.get("ts", 0)
print(order, seen, not any(open_.values()))')"
	is "gecko: all samples, in time order, of stacks and frames that are there" "$samples True" "$(python3 -c '
import json
d = json.load(open("one.gecko.json")); t = d["threads"]
good = d["meta"]["version"] == 24 and all(
    [s[1] for s in x["samples"]["data"]] == sorted(s[1] for s in x["samples"]["data"]) and
    all(s[0] < len(x["stackTable"]["data"]) for s in x["samples"]["data"]) and
    all((p is None or p < i) and f < len(x["frameTable"]["data"]) for i, (p, f) in enumerate(x["stackTable"]["data"])) and
    all(f[0] < len(x["stringTable"]) for f in x["frameTable"]["data"]) for x in t)
print(sum(len(x["samples"]["data"]) for x in t), good)')"
	for file in gecko:one.gecko.json trace:one.trace.json; do
		is "$file is what the format's description says" "ok ${file%:*} is what its description says" "$(python3 "$(realpath "$top_srcdir")/tests/out/schemas.py" ${file%:*} ${file#*:})"
	done
	if [ -n "${PTK_SPEEDSCOPE:-}" ]; then	# dist/release of its npm package
		is "speedscope's schema holds" "ok speedscope is what its description says" "$(python3 "$(realpath "$top_srcdir")/tests/out/schemas.py" speedscope one.speedscope.json "$PTK_SPEEDSCOPE/file-format-schema.json")"
	else
		skip 1 "no speedscope (PTK_SPEEDSCOPE: dist/release of its npm package)"
	fi
else
	skip 8 "no python3"
fi
"$PTK" export -i one.data -f pprof -o one.pb
if command -v go >/dev/null && HOME=$TMP go tool pprof -h >/dev/null 2>&1; [ $? -le 2 ] && command -v go >/dev/null; then
	HOME=$TMP go tool pprof -top -sample_index=samples -nodecount=3 one.pb 2>/dev/null | awk 'NF == 6 && $1 + 0 { print $1, $6 }' >got
	"$PTK" report -i one.data -q --no-children -g none -t, -F sample,sym 2>/dev/null | sed -E 's/^ *([0-9]+),\[.\] /\1 /' | head -3 >want
	is "go tool pprof has the report's functions and samples" "$(cat want)" "$(cat got)"
	has "and the program's name" '^File: burn$' "$(HOME=$TMP go tool pprof -top one.pb 2>/dev/null)"
else
	skip 2 "no go tool pprof"
fi
"$PTK" export -i one.data -f callgrind -o one.callgrind
if command -v callgrind_annotate >/dev/null; then
	out=$(callgrind_annotate --inclusive=yes one.callgrind 2>&1)
	has "callgrind_annotate reads it, with the report's total" "^ *$(sed ':a; s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/; ta' <<<"$period") .*PROGRAM TOTALS" "$out"
	deeper=$("$PTK" report -i one.data -q -g none -t, -F overhead_children,sym 2>/dev/null | sed -n 's/%,\[\.\] deeper$//p' | sed s/100.00/100.0/)
	has "a function that calls itself has its children once" "\($deeper%\).*:deeper " "$(tr -s ' ' <<<"$out" | sed 's/( /(/g')"
else
	skip 2 "no callgrind_annotate"
fi
"$PTK" export -i one.data -f dot -o one.dot
if command -v dot >/dev/null; then
	out=$(dot -Tplain one.dot 2>&1)
	has "dot draws it" '^node .*big' "$out"
	has "with calls" '^edge ' "$out"
else
	skip 2 "no dot"
fi
"$PTK" export -i one.data -o one.sqlite
if command -v sqlite3 >/dev/null && [ -s one.sqlite ]; then
	is "sqlite: the database is whole" ok "$(sqlite3 one.sqlite 'PRAGMA integrity_check')"
	is "its samples add up" "$samples|$period" "$(sqlite3 one.sqlite 'SELECT sum(samples), sum(period) FROM samples')"
	is "so do its events" "$samples|$period" "$(sqlite3 one.sqlite 'SELECT samples, period FROM events')"
	is "its functions are the report's" "$("$PTK" report -i one.data -q --no-children -g none -t, -F sample,sym 2>/dev/null | sed -nE 's/^ *([0-9]+),\[.\] (big|middle|small)$/\2|\1/p' | sort)" \
		"$(sqlite3 one.sqlite "SELECT function, sum(samples) FROM functions WHERE function IN ('big', 'middle', 'small') GROUP BY 1 ORDER BY 1")"
	# the documented query, as it stands in the man page
	sed -n '/^WITH RECURSIVE/,/;$/p' "$top_srcdir/doc/ptk-export.1" >query.sql
	has "the documented query counts a function with what it called, once" "^work\|$("$PTK" export -i one.data | awk '/;work[; ]/ { n += $NF } END { print n }')\$" "$(sqlite3 one.sqlite <query.sql)"
else
	skip 5 "no sqlite3, or a ptk without libsqlite3"
fi

# -- hostile names
nasty=$'a<b>;"c\'\\\n\x01\xff'
cp "$(command -v bash)" "$nasty"; "$PTK" record -q -e cpu-clock -c 1000000 -g -o nasty.data "./$nasty" -c 'for ((i = 0; i < 60000; i++)); do :; done' 2>err
if "$PTK" report -i nasty.data -s comm 2>/dev/null | grep -aq 'a<b>'; then
	for format in folded speedscope callgrind dot json csv chrome gecko; do
		"$PTK" export -i nasty.data -f $format -o nasty.$format 2>/dev/null
		lacks "$format holds no control characters" "$(printf '\x01')" "$(tr '\n\r' '  ' <nasty.$format)"
		is "$format is UTF-8" "" "$(iconv -f UTF-8 -t UTF-8 nasty.$format 2>&1 >/dev/null)"
	done
	is "folded lines are stacks and numbers" 0 "$(grep -cvE '^[^;]+(;.+)? [0-9]+$' nasty.folded)"
	has "semicolons part frames alone" '^a<b>:"c' "$(cat nasty.folded)"
else
	skip 18 "no process of that name was sampled"
fi

# -- output
echo old >there; chmod 400 one.data
"$PTK" export -i not-there.data -o there 2>/dev/null; is "a failure leaves the file that was there" old "$(cat there)"
"$PTK" export -i one.data -S no_such_function -o there >out 2>&1; status=$?
is "nothing left is a failure" 1 $status
has "that says so" 'nothing is left of [0-9]+ samples' "$(cat out)"
is "and leaves the file" old "$(cat there)"
is "and nothing beside it" "" "$(ls | grep '^there\.')"
"$PTK" export -i one.data -o there && has "else it is replaced" 'work;big' "$(cat there)"
"$PTK" export -i one.data -o /dev/null; [ -c /dev/null ] && pass "a device is written to, not replaced" || fail "a device is written to, not replaced"
out=$("$PTK" export -i one.data -f speedscop 2>&1); status=$?
is "an unknown format is a usage error" 2 $status
has "with the nearest" 'did you mean speedscope' "$out"
has "and the list" 'callgrind ' "$out"
"$PTK" record -q -e cpu-clock -c 1000000 -o flat.data ./burn 100 2>/dev/null
has "an event without stacks says how to record them" 'record with -g' "$("$PTK" export flat.data 2>&1 >/dev/null)"

# -- importers of perf script's text (Firefox Profiler's and others) know three kinds of lines, and nothing else
text=$("$PTK" script -i burn.data --no-inline 2>/dev/null | awk '
	/^[^\t].* +[0-9]+(\/[0-9]+)?( +\[[0-9]+\])? +[0-9]+\.[0-9]+: +([0-9]+ +)?[A-Za-z0-9_:\/=,.-]+: *$/ {
		samples++; match($0, / +[0-9]+(\/[0-9]+)?( +\[[0-9]+\])? +[0-9]+\.[0-9]+: /); split(substr($0, RSTART), word, /[ \/]+/); tids[word[2]]; next }
	/^[ \t]+[0-9a-f]+ .+ \(.*\)$/ { frames++; next }
	NF { strange++ }
	END { for (t in tids) threads++; print samples, threads, frames, strange + 0 }')
is "lines are samples with their thread, frames, or empty" \
	"$("$PTK" script -i burn.data -G -F tid 2>/dev/null | awk '{ n++; tids[$1] } END { for (t in tids) m++; print n, m }') $(
	"$PTK" script -i burn.data --no-inline -F ip 2>/dev/null | grep -c .) 0" "$text"
done_testing
