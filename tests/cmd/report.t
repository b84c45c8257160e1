#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk report over recordings of a program whose profile is known, and beside
# perf on the same files.
. "${top_srcdir:?}/tests/lib/tap.sh"

${CC:-cc} -O0 -g -fno-omit-frame-pointer -pthread \
	-o burn "$top_srcdir/tests/programs/burn.c" 2>err || { skip 1 "cannot build the program: $(head -1 err)"; done_testing; }
"$PTK" record -q -e cpu-clock -F 9000 -g -o burn.data ./burn 1500 2>err ||
	{ skip 1 "cannot sample here: $(head -1 err)"; done_testing; }

# share FILE-OF-"PERCENT%,NAME" NAME: the whole percent
share() { awk -F, -v name="$2" '$2 ~ "(^|] )" name "$" { n += $1 } END { printf "%d", n + 0.5 }' "$1"; }
near() { local d=$(($2 - $3)); [ "${d#-}" -le 3 ] && pass "$1" || fail "$1" "wanted $2 within 3, got $3"; }

# -- a known profile
"$PTK" report -i burn.data --no-children -g none -F overhead,sym -t, >flat 2>err
is "a report has nothing to complain of" "" "$(cat err)"
near "big has 60 %" 60 "$(share flat big)"
near "middle has 30 %" 30 "$(share flat middle)"
near "small has 10 %" 10 "$(share flat small)"
is "self adds up to 100 %" 100 "$(awk -F% '/^[^#]/ && NF > 1 { n += $1 } END { printf "%.0f", n }' flat)"
"$PTK" report -i burn.data -g none -F overhead_children,sym -t, >children 2>&1
near "helper has what small used" 10 "$(share children helper)"
[ "$(share children main)" -ge 97 ] && pass "main has everything" || fail "main has everything" "$(cat children)"

out=$("$PTK" report -i burn.data --no-children -S small -g callee 2>&1)
has "callers of small: helper, work, main" 'small.*helper.*work.*main' "$(tr '\n' ' ' <<<"$out" | sed 's/.*\[\.\] small//')"
out=$("$PTK" report -i burn.data --no-children -S small -g caller 2>&1 | sed '/\[\.\] small/,$!d')
has "and from the outermost inwards" 'main.*work.*helper.*small' "$(tr '\n' ' ' <<<"$out")"
out=$("$PTK" report -i burn.data --no-children -S small -g folded,0,count,caller 2>&1)
has "folded: a chain a line, with its samples" '^[0-9]+ .*;main;work;helper;small$' "$out"

"$PTK" record -q -e cpu-clock -F 5000 -g -o deep.data ./burn 200 recurse 2>err
"$PTK" report -i deep.data -g none -F overhead_children,sym -t, >children 2>&1
[ "$(share children deeper)" -le 100 ] && [ "$(share children deeper)" -ge 90 ] &&
	pass "a function that calls itself has no more than everything" || fail "recursion" "$(cat children)"

# -- tasks
"$PTK" record -q -e cpu-clock -F 5000 -o fork.data ./burn 100 fork
out=$("$PTK" report -i fork.data -s pid,sym 2>&1)
has "a forked child's functions are named" '[0-9]+:burn +\[\.\] big' "$out"
"$PTK" record -q -e cpu-clock -F 5000 -o exec.data ./burn 100 exec
out=$("$PTK" report -i exec.data -s comm,dso,sym 2>&1)
has "so are those of what a child executes, under its new name" 'exe +burn +\[\.\] big' "$out"
"$PTK" record -q -e cpu-clock -F 5000 -o thread.data ./burn 100 thread
out=$("$PTK" report -i thread.data -s comm,sym 2>&1)
has "a thread that renames itself is shown by its new name" 'renamed +\[\.\] big' "$out"
out=$("$PTK" report -i thread.data --comms renamed -s comm 2>&1)
has "--comms keeps the threads of a name" '100\.00% +renamed' "$out"

# -- forms
out=$("$PTK" report -i burn.data -n --show-total-period --no-children -g none 2>&1)
has "columns of -n and --show-total-period" '^# Overhead +Samples +Period +Command +Shared Object +Symbol' "$out"
has "the event's line" "^# Samples: [0-9]+[K ]? of event 'cpu-clock(:.*)?'" "$out"
out=$("$PTK" report -i burn.data --no-children -g none -t';' -s comm,dso,sym -S big 2>&1)
has "-t pads nothing" '^100\.00%;burn;burn;\[\.\] big$' "$out"
out=$("$PTK" report -i burn.data --no-children -g none --percent-limit 20 2>&1)
lacks "--percent-limit hides rows" '\[\.\] small' "$out"
has "and says how much it was" '^# [0-9]+ more below 20%, together [0-9.]+%' "$out"
out=$("$PTK" report -q -i burn.data -s dso --no-children -g none 2>&1)
lacks "-q has no comments" '^#' "$out"
is "the same from standard input" "$("$PTK" report -i burn.data 2>&1)" "$("$PTK" report -i - <burn.data 2>&1)"
out=$("$PTK" record -q -e cpu-clock -o - true 2>/dev/null | "$PTK" report --stdio -i - -s prev_comm 2>&1)
has "fields of events in a pipe are refused, with what to do" 'write it to a file' "$out"
"$PTK" record -q -e cpu-clock -F 5000 -o - ./burn 100 2>/dev/null | "$PTK" report -i - -s sym >out 2>&1
has "and through a pipe" '\[\.\] big' "$(cat out)"
is "a reader that leaves early is no error" "" "$( { "$PTK" report -i burn.data | head -n 1 >/dev/null; } 2>&1)"
out=$("$PTK" report -i burn.data --header-only 2>&1)
has "--header-only tells the machine" "^# hostname : $(uname -n)" "$out"
lacks "and no rows" 'Overhead' "$out"
has "--stats counts records" '^ +SAMPLE events: +[0-9]+ +\( *[0-9.]+%\)' "$("$PTK" report -i burn.data --stats 2>&1)"

# -- what is wrong
"$PTK" record -q -e context-switches -c 1000000 -o none.data true 2>/dev/null
out=$("$PTK" report -i none.data 2>&1); status=$?
is "a file without samples is no failure" 0 "$status"
has "and said so" 'has no samples' "$out"
out=$("$PTK" report -i burn.data nosuchfunction 2>&1)
has "filters that leave nothing are told" 'nothing is left' "$out"
"$PTK" report -i burn.data --sort comm,symbl >out 2>&1
is "a wrong key is a usage error" 2 $?
has "with the nearest" 'did you mean symbol' "$(cat out)"
has "under a caret" '^ +\^\^\^\^\^$' "$(cat out)"
"$PTK" report -i burn.data --call-graph=calller >out 2>&1 && fail "a wrong call graph is an error" || pass "a wrong call graph is an error"
"$PTK" report -i not-there.data >out 2>&1
is "a missing file is a failure" 1 $?
has "that names it" 'not-there\.data' "$(cat out)"
"$PTK" report -i burn.data -p '(' >out 2>&1
is "a wrong expression is a usage error" 2 $?

# -- beside perf
command -v perf >/dev/null || { skip 8 "no perf here"; done_testing; }
perf_records perf.data -e cpu-clock -F 5000 -g ./burn 250 recurse
perf_records perf-flat.data -e cpu-clock -F 5000 ./burn 250 thread
# Functions of the program: the kernel's and libc's are named by rules of our own.
ours() { "$PTK" report -i "$@" -t, -q 2>/dev/null | grep -F ',burn,[.]' | sort; }
theirs() { perf report --stdio -i "$@" -t, -q 2>/dev/null | sed -E 's/ *, */,/g; s/^ +| +$//g' | grep -F ',burn,[.]' | sort; }
for file in perf burn; do
	how=(--no-children -g none -F sample,period,comm,dso,sym)
	[ -n "$(ours $file.data "${how[@]}")" ] && pass "$file.data: rows to compare" || fail "$file.data: rows to compare"
	is "$file.data: samples and periods as perf has them" "$(theirs $file.data "${how[@]}")" "$(ours $file.data "${how[@]}")"
	how=(--children -g none -F overhead_children,overhead,comm,dso,sym)
	is "$file.data: children as perf has them" "$(theirs $file.data "${how[@]}")" "$(ours $file.data "${how[@]}")"
done
is "flat samples of a thread as perf has them" "$(theirs perf-flat.data -F sample,period,comm,dso,sym)" \
	"$(ours perf-flat.data -F sample,period,comm,dso,sym)"
tree() { sed -E 's/ +$//; /^#/d; /^$/d'; }
is "the call graph of a function as perf draws it" \
	"$(perf report --stdio -i perf.data --no-children -S big -g caller -F overhead,sym 2>/dev/null | tree)" \
	"$("$PTK" report -i perf.data --no-children -S big -g caller -F overhead,sym --percentage absolute 2>/dev/null | tree)"
done_testing
