#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk script --json and -s PROGRAM, beside the text of the same samples.
. "${top_srcdir:?}/tests/lib/tap.sh"

examples=$(realpath "$top_srcdir")/doc/examples
${CC:-cc} -g -O1 -fno-omit-frame-pointer -o burn "$top_srcdir/tests/programs/burn.c" 2>err || { skip 1 "no compiler"; done_testing; }
"$PTK" record -q -g -e cpu-clock:u -F 2000 -o stacks -- ./burn 100 2>err && [ -n "$("$PTK" script -i stacks -G 2>/dev/null)" ] ||
	{ skip 1 "cannot sample here: $(head -n 1 err)"; done_testing; }
n=$("$PTK" script -i stacks -G | wc -l)

is "a line for each sample" "$n" "$("$PTK" script -i stacks --json | wc -l)"
out=$("$PTK" script -i stacks -s "$examples/tasks.awk" 2>&1); status=$?
is "an example in awk" "0 $n burn" "$status $(awk '{ print $1, $3 }' <<<"$out")"
is "its periods" "$("$PTK" script -i stacks -G -F period | awk '{ n += $1 } END { printf "%.0f\n", n }')" "$(awk '{ print $2 }' <<<"$out")"

if command -v python3 >/dev/null; then
	cat >lines.py <<'PY'
# The lines of `ptk script -F comm,pid,tid,cpu,time,event,period,ip,sym,symoff,dso` from JSON.
import json, sys
for line in sys.stdin:
    s = json.loads(line)
    frames = [" ".join([f["ip"][2:], f.get("sym", "[unknown]")]) + ("+0x%x" % f["symoff"] if "sym" in f else "") for f in s["stack"]]
    print(s["comm"], "%d/%d" % (s["pid"], s["tid"]), "%d.%06d:" % (s["time"] // 10**9, s["time"] % 10**9 // 1000),
          s["period"], s["event"] + ":", *frames)
PY
	"$PTK" script --no-inline -i stacks -F comm,pid,tid,time,period,event,ip,sym,symoff 2>/dev/null |
		awk -v RS= '{ $1 = $1; print }' | sed -E 's/ (0*)([0-9a-f]+ [^ ]+)/ \2/g' >text
	"$PTK" script -i stacks --json | python3 lines.py >json
	# addresses of the text are offsets into the file: names and distances are compared
	names() { sed -E 's/ [0-9a-f]+ ([^ ]+\+0x|\[unknown\])/ \1/g' "$1"; }
	is "the same samples and frames as the text has" "" "$(diff <(names text) <(names json) | head -n 6)"
	out=$("$PTK" script -i stacks -s "$examples/hottest.py" -- 3)
	top=$("$PTK" report -i stacks --stdio --no-children -s sym -g none 2>/dev/null | awk '!/^#/ && NF { print $1, $3; exit }')
	is "an example in Python names the function that the report names" "$top" "$(awk '/^ *[0-9.]+% / { print $1, $2; exit }' <<<"$out")"
	has "and who calls it" '100.00%  from ' "$out"
	is "only what was asked for" "['comm', 'time']" "$("$PTK" script -i stacks --json -F comm,time |
		python3 -c 'import json, sys; print(sorted(json.loads(sys.stdin.readline())))')"
	is "other records" "PERF_RECORD_EXIT" "$("$PTK" script -i stacks --json --show-task-events |
		python3 -c 'import json, sys; print([r["record"] for r in map(json.loads, sys.stdin) if "record" in r][-1])')"
else
	skip 5 "no python3"
fi
cat >fold.awk <<'AWK'
# As stackcollapse-perf.pl reads the text: the task's name, then functions from the outermost to the innermost.
/^\t/ { sub(/^\t *[0-9a-f]+ /, ""); sub(/ \([^()]*\)$/, ""); sub(/\+0x[0-9a-f]+$/, ""); stack = ";" $0 stack; next }
/^$/ { if (stack != "") count[comm stack]++; stack = ""; next }
{ comm = $0; sub(/ +[0-9]+ .*/, "", comm); sub(/^ +/, "", comm); stack = "" }
END { for (s in count) print s, count[s] }
AWK
is "folded by a script that reads perf's text" "$("$PTK" export --format folded --no-inline -i stacks 2>/dev/null | sort)" \
	"$("$PTK" script --no-inline -i stacks | awk -f fold.awk | sort)"
if "$PTK" record -q -a -e sched:sched_switch -o switches -- sleep 0.05 2>err; then
	"$PTK" script -i switches -F trace >text 2>/dev/null
	is "fields of a tracepoint" "$(sed -E 's/.*next_comm=(.*) next_pid=([0-9]+) .*/\2 \1/' text)" \
		"$("$PTK" script -i switches --json | sed -E 's/.*"next_comm":"([^"]*)","next_pid":([0-9]+).*/\2 \1/')"
else
	skip 1 "no tracepoints here"
fi

"$PTK" script -i stacks -s sh -- -c 'cat >/dev/null; exit 7'
is "the program's exit status" 7 $?
out=$("$PTK" script -i stacks -s head -- -n 1 2>&1); status=$?
is "a program that has read enough is no failure" "0 1" "$status $(wc -l <<<"$out")"
out=$("$PTK" script -i stacks -s sh -- -c 'kill -TERM $$' 2>&1); status=$?
is "one that is killed is" 1 $status
has "which and by what" 'sh was ended by signal 15' "$out"
out=$("$PTK" script -i stacks -s nosuchprogram 2>&1); status=$?
is "one that is not there" 1 $status
echo 'print(1)' >plain.py
has "one that is not executable: what to do" 'chmod \+x plain.py' "$("$PTK" script -i stacks -s plain.py 2>&1)"
done_testing
