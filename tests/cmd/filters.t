#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The options that pick samples mean the same in every mode: as many samples are left of one recording.
. "${top_srcdir:?}/tests/lib/tap.sh"
cat >prog.c <<'END'
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
volatile unsigned long sink;
__attribute__((noinline)) void spin(unsigned long n) { for (; n; n--) sink = sink * 3 + n; }
__attribute__((noinline)) void turn(unsigned long n) { for (; n; n--) sink = sink * 5 + n; }
__attribute__((noinline)) void first(unsigned long n) { spin(n); turn(n); sink++; }
__attribute__((noinline)) void second(unsigned long n) { spin(n); sink++; }
int main(int argc, char **argv)
{
	unsigned long n = strtoul(argv[argc - 1], NULL, 10);
	pid_t child = fork();
	first(n);
	if (child)
		second(n);
	return child && waitpid(child, NULL, 0) < 0;
}
END
gcc -O1 -g -fno-omit-frame-pointer -fno-optimize-sibling-calls -o prog prog.c 2>err || { skip 1 "$(head -n 1 err)"; done_testing; }
if ! "$PTK" record -q -g -F 2000 -e cpu-clock:u -o data ./prog 30000000 2>err; then
	skip 1 "cannot sample here: $(head -n 1 err)"
	done_testing
fi
pid=$("$PTK" script -i data -F pid 2>/dev/null | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')

in_report() { "$PTK" report --stdio -i data --no-children -g none -s pid,dso,sym -n -q "$@" 2>/dev/null | awk 'NF > 2 { n += $2 } END { print n + 0 }'; }
in_annotate() { "$PTK" annotate --stdio -i data -n --no-source "$@" 2>/dev/null | sed -nE 's/.* \(([0-9]+) samples\)$/\1/p' | awk '{ n += $1 } END { print n + 0 }'; }
in_diff() { "$PTK" diff -n -q -t\; -s dso,sym "$@" data data 2>/dev/null | awk -F\; 'NF > 5 { n += $6 } END { print n + 0 }'; }
in_stacks() { "$PTK" diff -n -q -t\; -g "$@" data data 2>/dev/null | awk -F\; 'NF > 5 { n += $6 } END { print n + 0 }'; }
in_export() { "$PTK" export -f folded --value samples -i data "$@" 2>/dev/null | awk '{ n += $NF } END { print n + 0 }'; }
# Of functions with names: annotate shows no others.
agree() {	# WHAT LEAST OPTIONS…
	local what=$1 least=$2 n; shift 2
	n=$(in_report -U "$@")
	[ "$n" -ge "$least" ] && pass "$what: something is left" || fail "$what: something is left" "$n samples: $*"
	is "$what: annotate" "$n" "$(in_annotate -U "$@")"
	is "$what: diff" "$n" "$(in_diff -U "$@")"
	is "$what: diff of stacks" "$n" "$(in_stacks -U "$@")"
	is "$what: export" "$n" "$(in_export -U "$@")"
}
script() { "$PTK" script -i data -G -F ip,sym "$@" 2>/dev/null | grep -vc 'unknown'; }

agree "everything" 50
agree "--comms" 50 --comms prog
agree "--pid" 20 --pid "$pid"
agree "-d" 50 -d prog
agree "-S" 5 -S turn
agree "--symbol-filter" 20 --symbol-filter pi
agree "--parent" 10 --parent '^second$'
agree "--time of half" 10 --time '0%-50%'
agree "--time of two tenths" 4 --time 10%/2,10%/9
first=$("$PTK" script -i data -F time --ns 2>/dev/null | awk 'NR == 10 { print $1 + 0; exit }')
agree "--time from the tenth sample" 20 --time "$first,"
agree "several together" 2 --pid "$pid" -S spin --parent '^first$' --time '0%-90%'
for options in "--comms prog" "--pid $pid" "-S turn" "--time 10%/2,10%/9" "--time $first,"; do
	# shellcheck disable=SC2086
	is "script $options" "$(in_report -U $options)" "$(script $options)"
done
is "what one half leaves out the other has" "$(in_report)" \
	"$(($(in_report --time "0%-50%") + $(in_report --time "50%-100%")))"
# ---- CPUs
for mode in "report --stdio" "annotate --stdio" export script; do
	# shellcheck disable=SC2086
	has "$mode -C where samples do not say their CPU" 'do not say on which CPU' "$("$PTK" $mode -i data --cpu 0 2>&1)"
done
if "$PTK" record -q -a -F 500 -e cpu-clock -o data ./prog 10000000 2>err; then
	for options in "--cpu 0" "--cpu 0-1023"; do
		# shellcheck disable=SC2086
		is "$options of all CPUs: report and script" "$(in_report $options)" "$("$PTK" script -i data -F ip $options 2>/dev/null | wc -l)"
	done
	is "each CPU has its part" "$(in_report)" "$(for cpu in $("$PTK" script -i data -F cpu 2>/dev/null | tr -d '[] ' | sort -u); do
		in_report --cpu "$((10#$cpu))"; done | awk '{ n += $1 } END { print n }')"
else
	skip 3 "cannot sample all CPUs: $(head -n 1 err)"
fi
done_testing
