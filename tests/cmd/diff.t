#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk diff: what changed is named first and with its ratio, what did not is said not to have; of known samples
# and of real programs.
. "${top_srcdir:?}/tests/lib/tap.sh"
recording=$top_builddir/tests/cmd/recording
command -v gcc >/dev/null || { skip 1 "no C compiler"; done_testing; }

cat >prog.c <<'END'
#include <stdlib.h>
#ifndef TIMES
#define TIMES 1
#endif
volatile unsigned long sink;
static __attribute__((noinline)) void work(unsigned long n) { for (; n; n--) sink = sink * 3 + n; }
__attribute__((noinline)) void steady(unsigned long n) { work(0); for (; n; n--) sink = sink * 3 + n; }
__attribute__((noinline)) void other(unsigned long n) { for (; n; n--) sink = sink * 3 + n; }
__attribute__((noinline)) void victim(unsigned long n) { for (n *= TIMES; n; n--) sink = sink * 3 + n; }
int main(int argc, char **argv)
{
	/* in turn and often: a machine that gets slower meanwhile does so for all; and not in step with the sampling */
	unsigned random = 1;
	for (unsigned long rounds = strtoul(argv[argc - 1], NULL, 10); rounds; rounds--) {
		steady(2 * (random >> 16 & 8191));
		random = random * 1103515245 + 12345;
		other(random >> 16 & 8191);
		random = random * 1103515245 + 12345;
		victim(random >> 16 & 8191);
		random = random * 1103515245 + 12345;
	}
	return 0;
}
END
gcc -O1 -fno-omit-frame-pointer -fno-inline -o prog prog.c 2>err && gcc -O1 -fno-omit-frame-pointer -fno-inline -DTIMES=2 -o slow prog.c || {
	skip 1 "$(head -n 1 err)"; done_testing; }
diff_of() { "$PTK" diff "$@" 2>err; }
rows() { grep -v '^#' | sed 's/  */ /g; s/^ //; /^$/d'; }

# ---- samples that are known
for f in main steady other victim; do declare "$f=$(nm prog | awk -v f=$f '$3 == f { print $1 }')"; done
made() { "$recording" "$1" "$PWD/prog" "$(uname -m)" "${2:-1}"; }
printf '0 %s\n' "$steady 500" "$other 300" "$victim 200" "$main 1" | made old
printf '0 %s\n' "$steady 500" "$other 300" "$victim 400" | made new
printf '0 %s\n' "$steady 252" "$other 147" "$victim 103" | made half
printf '%s\n' "0 $steady 500" "1 $other 300" | made two 2
printf '%s\n' "1 $steady 500" | made rare 2
out=$(diff_of old new)
has "the slower one is first" '^19\.98% \+13\.35% [0-9.]+% grew prog \[\.\] victim$' "$(rows <<<"$out" | head -n 1)"
has "what lost of its share shrank" '^49\.95% -8\.28% [0-9.]+% shrank prog \[\.\] steady$' "$(rows <<<"$out" | sed -n 2p)"
has "one sample more or less is chance" '^0\.10% -0\.10% [0-9.]+% ~gone prog \[\.\] main$' "$(rows <<<"$out")"
has "how many rows changed" '^# 3 of 4 rows changed by more than sampling noise' "$out"
has "the files and their samples" '^# New +new: 1200 samples, period 1200000$' "$out"
has "-c ratio is of periods" '^19\.98% 2\.000 [0-9.]+% grew prog \[\.\] victim$' "$(diff_of -c ratio old new | rows | head -n 1)"
has "-c delta: what grew, then what shrank least" 'victim.*other.*steady' "$(diff_of -c delta old new | rows | paste -sd' ')"
has "-c wdiff" '^19\.98% 200000 ' "$(diff_of -c wdiff:1,1 old new | rows | head -n 1)"
has "-F" '\(400000 \* 100 / 1200000\) - \(200000 \* 100 / 1001000\)' "$(diff_of -F old new)"
has "-n and -p" ' 200000 400000 200 400 prog ' "$(diff_of -n -p old new | rows)"
is "-b leaves out what one file has alone" 3 "$(diff_of -b old new | rows | wc -l)"
is "-o 0 sorts by the baseline" "steady other victim main" "$(diff_of -o 0 old new | rows | sed 's/.* //' | paste -sd' ')"
is "-S takes shares of what is left" "100.00%" "$(diff_of -S victim old new | rows | cut -d' ' -f1)"
has "--percentage absolute keeps them" '^19\.98% ' "$(diff_of --percentage absolute -S victim old new | rows)"
is "-t" 'prog,[.] victim' "$(diff_of -t, -q old new | head -n 1 | cut -d, -f5-)"
is "--sort dso is one row without a difference" "100.00% +0.00% 0.00% ~ prog" "$(diff_of -s dso old new | rows)"
out=$(diff_of old half)
has "a run half as long with the same shares: nothing changed" '^# Nothing changed by more than sampling noise\.$' "$out"
has "and no row claims it" '^0$' "$(rows <<<"$out" | grep -cE 'grew|shrank|% new|% gone')"
has "the same the other way round" '^# Nothing changed' "$(diff_of half old)"
out=$(diff_of old two)
has "an event that one file has alone is said" 'page-faults is in two alone' "$(cat err)"
has "the event in common is compared" "Event 'cpu-clock'" "$out"
has "what appeared and what went" '^100\.00% -100\.00% [0-9.]+% gone prog \[\.\] steady \+100\.00% [0-9.]+% new prog \[\.\] other' \
	"$(diff_of rare two | rows | paste -sd' ')"

# ---- what is refused
refuses() { local what=$1 status=$2 text=$3; shift 3
	out=$("$PTK" diff "$@" 2>&1 >/dev/null); local got=$?
	is "$what: exit status" "$status" $got
	has "$what: said" "$text" "$out"
}
refuses "a difference that does not exist" 2 'did you mean ratio' -c raito old new
refuses "weights that are none" 2 'wdiff:1,2' -c wdiff old new
refuses "three files" 2 'one word too many: old' old new old
refuses "a key that does not exist" 2 'symbol' -s smybol old new
refuses "a file that is not there" 1 'nothing' old nothing
is "no names: perf.data.old and perf.data" "victim" "$(cp old perf.data.old; cp new perf.data; diff_of | rows | head -n 1 | sed 's/.* //')"

# ---- real runs
record() { "$PTK" record -q -g -F 5000 -e cpu-clock:u -o "$1" "./$2" "${3:-20000}" 2>err; }
if ! record before prog || ! record after slow; then
	skip 5 "cannot sample here: $(head -n 1 err)"
	done_testing
fi
out=$(diff_of --comms prog,slow -s sym -c ratio before after | rows)
has "a program whose one function was made twice as slow names it first" ' grew \[\.\] victim$' "$(head -n 1 <<<"$out")"
# beside what did not change: the machine itself may have been faster or slower
is "with the right ratio" yes "$(awk '$NF == "victim" { v = $2 } $NF == "steady" { s = $2 } END {
	print (s && v / s > 1.45 && v / s < 2.75 ? "yes" : v " beside " s) }' <<<"$out")"
# One comparison of twenty claims a change by its making: not three in a row. Machines have moods, so both run at a time.
for try in 1 2 3; do
	record one prog &
	record two prog 15000
	wait $!
	out=$(diff_of -s sym one two)
	grep -q '^# Nothing changed' <<<"$out" && break
done
has "two runs of the same program, one longer than the other: nothing changed" '^# Nothing changed' "$out"
has "by stacks" ' grew .*main;victim$' "$(diff_of -g before after | rows)"
has "--children: callers have what their callees used" '^(9[0-9]|100)\.[0-9]+% .* main$' "$(diff_of --children -s sym before after | rows | grep ' main$')"
done_testing
