#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Code of a JIT, named by its dump (beside perf inject --jit) or its perf map.
. "${top_srcdir:?}/tests/lib/tap.sh"
jit=$(realpath "$top_builddir")/tests/session/jit
loops=60000000

"$jit" . 1 >/dev/null
[ $? -eq 77 ] && { skip 1 "the program has no code for this machine"; done_testing; }
rm -f ./*.dump
record() { "$PTK" record -q -F 2000 -e cpu-clock:u "$@" >err 2>&1 && [ "$("$PTK" script -i "$2" 2>/dev/null | wc -l)" -gt 20 ]; }
rows() { "$PTK" report --stdio -i "$@" 2>>notes | grep -v '^#' | awk '/first|second/ { print $NF, int($1) }' | sort; }

if record -o timed -k mono "$jit" . $loops; then
	out=$(rows timed)
	# Shares of time depend on what else the machine does; the order of names at each address does not.
	is "one name after the other at the same address, and the last where it was moved" "$(printf '%s\n' 'page 1 first' 'page 1 second' 'page 2 second')" \
		"$("$PTK" script -i timed -F ip,sym 2>/dev/null | awk '
			$2 == "first" || $2 == "second" {
				page = substr($1, 1, length($1) - 3)
				if (!(page in number)) number[page] = ++pages
				print "page", number[page], $2
			}' | uniq)"
	is "both are in the report" "first second" "$(cut -d' ' -f1 <<<"$out" | xargs)"
	if command -v perf >/dev/null && perf inject --jit -i timed -o injected 2>/dev/null; then
		is "as perf inject --jit has it" "$(perf report --stdio -i injected 2>/dev/null | grep -v '^#' |
			awk '/first|second/ { print $NF, int($1) }' | sort)" "$out"
	else
		skip 1 "no perf inject --jit"
	fi
else
	skip 3 "cannot sample here: $(head -n 1 err)"
fi
if record -o untimed "$jit" . $loops; then
	>notes
	is "by another clock the last name stands for all" "second" "$(rows untimed | cut -d' ' -f1)"
	has "and that is said" 'record -k mono' "$(cat notes)"
	for dump in ./*.dump; do
		head -c $(($(stat -c %s "$dump") - 40)) "$dump" >cut && cat cut >"$dump"
	done
	check "a dump cut short names what is whole in it" test -n "$(rows untimed)"
	if [ "$(id -u)" = 0 ]; then
		chown 12345 ./*.dump
		is "a dump of another user names nothing" "" "$(rows untimed)"
	else
		skip 1 "not root"
	fi
else
	skip 4 "cannot sample here: $(head -n 1 err)"
fi
if record -o map "$jit" . $loops map; then
	has "a perf map" '^first ' "$(rows map)"
	rm -f "/tmp/perf-$("$PTK" script -i map -F pid 2>/dev/null | awk 'NR == 1 { print $1 }').map"
else
	skip 1 "cannot sample here: $(head -n 1 err)"
fi
done_testing
