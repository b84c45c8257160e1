#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What every mode has in common: help, unknown words, exit status.
. "${top_srcdir:?}/tests/lib/tap.sh"

out=$("$PTK"); is "no mode: the list of modes, status 0" 0 $?
has "which names record" '^ +record ' "$out"
out=$("$PTK" repot 2>&1); is "an unknown mode is a usage error" 2 $?
has "and gets the nearest names" 'did you mean report' "$out"
for mode in $("$PTK" help --words); do
	out=$("$PTK" "$mode" -h); is "$mode -h works" 0 $?
	is "and ptk help $mode prints the same" "$out" "$("$PTK" help "$mode")"
	out=$("$PTK" "$mode" --nosuchoption 2>&1); is "$mode: an unknown option is a usage error" 2 $?
	has "with a caret below it" '^ +\^{14}$' "$out"
done
out=$("$PTK" record --cal-graph fp true 2>&1)
has "an unknown option gets the nearest names" 'did you mean.*--call-graph' "$out"
out=$("$PTK" help nosuchmode 2>&1); is "help on an unknown mode is a usage error" 2 $?
has "ptk version says its version" '^ptk version [0-9]' "$("$PTK" version)"
has "and the libraries" 'libdw: \[ on' "$("$PTK" version --build-options)"
if python3 -c 1 2>/dev/null; then
	check "version --json is JSON" sh -c "'$PTK' version --json | python3 -m json.tool"
else
	skip 1 "no python3"
fi
"$PTK" version >/dev/full 2>err; is "output that cannot be written is a failure" 1 $?

# completion, in a bash of its own
complete() {	# words of the line so far, the last one being completed
	bash -c '. "$1"; shift; PATH=$1:$PATH; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ptk; printf "%s\n" "${COMPREPLY[@]}"' \
		- "$top_srcdir/doc/ptk.bash" "$(dirname "$PTK")" "$@" 2>&1
}
has "completion knows the modes" '^report$' "$(complete ptk rep)"
has "and a mode's options" '^--call-graph$' "$(complete ptk record --ca)"
has "and events" '^cpu-clock$' "$(complete ptk stat -e cpu-cl)"
if "$PTK" list sched:sched_switch >/dev/null 2>&1; then
	has "and tracepoints, of which bash makes three words" '^sched_switch$' "$(complete ptk stat -e cpu-clock,sched : sched_swi)"
	has "and what follows one in a list" '^sched_switch,cpu-clock$' "$(complete ptk stat -e sched : sched_switch,cpu-cl)"
else
	skip 2 "no tracepoints here"
fi
has "and what help explains" '^record$' "$(complete ptk help rec)"
done_testing
