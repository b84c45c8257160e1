#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Wrong uses: what is said, where the caret stands, the exit status, and that nothing is spoilt.
. "${top_srcdir:?}/tests/lib/tap.sh"

# mistake WHAT STATUS REGEX WORDS...: one of the lines that ptk prints matches, and ptk ends with that status
mistake() {
	local what=$1 status=$2 regex=$3 out; shift 3
	out=$(timeout 60 "$PTK" "$@" 2>&1 >/dev/null </dev/null)
	is "$what: exit status" "$status" $?
	has "$what" "$regex" "$out"
}
caret() { "$PTK" "$@" 2>&1 >/dev/null | grep -E '^ *\^+$'; }

# ---- numbers and words
mistake "-c beyond what the kernel takes" 2 'the kernel counts to 9223372036854775807' record -c 18446744073709551615 true
mistake "-j of a branch that there is not" 2 '^there are: u, k, .*any_call' record -j foo true
is "stat -I: the caret is below the number" "     ^^^" "$(caret stat -I abc true)"
is "stat -r: and here" "     ^^" "$(caret stat -r -2 true)"
mistake "a word behind script's options" 2 '^ptk: script: foo is not understood$' script foo
mistake "a word too many" 2 '^ptk: version: one word too many: foo$' version foo
mistake "a mode that there is not" 2 '^did you mean report\?$' help repotr
mistake "a file without a name" 2 "^ptk: report: -i: the file's name is empty$" report -i ''
mistake "diff -o" 2 '^ptk: diff: -o: foo is neither 0' diff -o foo
mistake "probe -F takes one filter" 2 '^ptk: probe: one word too many: b$' probe -F a b
mistake "diff where nothing was recorded" 1 'perf.data.old' diff

# ---- what does not begin leaves the recording before it where it was
echo before >perf.data
mistake "a command that there is not" 1 'cannot run nosuchcommand' stat record -e page-faults nosuchcommand
is "the file of before is there" "before perf.data" "$(cat perf.data) $(ls perf.data*)"
rm perf.data
mistake "-r beyond the highest" 2 '^-r 1 to -r 99$' record -e dummy -o no.data -r 500 true

# ---- what can be counted, but not that way
if "$PTK" record -q -e cpu-clock -o sampled.data true 2>err; then
	mistake "branches of an event that has none" 1 'cpu-clock: branches cannot be recorded with it' record -e cpu-clock -b -o no.data true
	mkdir folder
	mistake "a folder as the program of script -s" 1 '^it is a directory$' script -i sampled.data -s ./folder
	mistake "a list with a hole" 2 '^ptk: a sort key or field is missing$' report --sort comm,,dso -i sampled.data
	mistake "what cannot be written is named" 1 'cannot write /dev/full: No space left on device' export -f json -i sampled.data -o /dev/full
	mistake "script of a function that nobody ran" 0 'nothing is left of [1-9][0-9]* samples' script -S nosuchfunction -i sampled.data
else
	skip 10 "cannot sample here: $(head -n 1 err)"
fi

# ---- descriptors that are closed: no file of ptk's takes their place
for closed in '2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
	(eval "exec $closed"; exec "$PTK" record -q -e dummy -o closed.data sh -c 'readlink /proc/$PPID/fd/2 >stands_in')
	is "with $closed, messages go nowhere" /dev/null "$(cat stands_in)"
done

# ---- no more room: it is said why, and what was recorded stays
limited() { (ulimit -f 16; exec "$PTK" "$@"); }	# KiB
limited record -e cpu-clock -F 20000 -o limited.data sh -c 'i=0; while :; do i=$((i + 1)); done' >out 2>err; status=$?
if grep -q 'cannot open' err; then
	skip 6 "cannot sample here: $(head -n 1 err)"
else
	is "a recording beyond ulimit -f fails" 1 $status
	has "and says why" '^ptk: cannot write limited.data: File too large$' "$(cat err)"
	has "and what to do" '^what was recorded .* is kept and readable; raise ulimit -f' "$(cat err)"
	has "and it is readable" '[0-9]% +sh ' "$("$PTK" report --stdio -i limited.data 2>/dev/null)"
	"$PTK" record -q -e cpu-clock -F 20000 -o more.data sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done'
	out=$(limited inject -b -i more.data -o injected.data 2>&1)
	is "what replaces a file is no part of it" "ptk: cannot write injected.data: File too large," "$out,$(ls injected.data 2>/dev/null)"
	out=$(limited archive -i more.data -o more.tar 2>&1)
	is "an archive says why, too" "ptk: cannot write more.tar: File too large," "$out,$(ls more.tar 2>/dev/null)"
fi
done_testing
