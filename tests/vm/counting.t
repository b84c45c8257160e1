#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Hardware counters, on a machine that has them: an arm64 guest under QEMU whose
# cycles and instructions are exact (tests/vm/arm64; --setup gets it ready).
. "${top_srcdir:?}/tests/lib/tap.sh"

vm=$top_srcdir/tests/vm/arm64 build=$top_builddir/vm-aarch64
missing=${GUEST_SKIP:-$("$vm" --ready)} || :
if [ -n "$missing" ]; then
	skip 1 "$missing"
	done_testing
fi
if ! out=$("$vm" --build "$top_srcdir" "$build" 2>&1); then
	fail "ptk is built for arm64" "$out"
	done_testing
fi

# 2 * COUNT + 4 instructions of the loop, see loop.S
insn=20000004
cat >"$build/root/jobs" <<'JOBS'
/ptk stat -x, -e instructions:u,cycles:u /loop
/ptk stat -x, -e {instructions:u,cycles:u} /loop
/ptk stat -x, -e instructions:u,instructions:k,instructions /loop
/ptk stat --no-big-num -e cycles:u,instructions:u,inst_retired:u,cpu_cycles:u,instructions:u,cycles:u,instructions:u,cycles:u,instructions:u,cycles:u /loop
/ptk stat -x, -I 10 -e instructions:u /loop
/ptk stat -x, -M IPC,frontend-bound /loop
/ptk stat --no-big-num -e {instructions:u,instructions:u,instructions:u,instructions:u,instructions:u,instructions:u,instructions:u,instructions:u,instructions:u}:W /loop
/ptk stat -x, -e {instructions:u,instructions:u,instructions:u,instructions:u,instructions:u,instructions:u,instructions:u,instructions:u,instructions:u} /loop
/ptk stat -x, -r 3 -e instructions:u /loop
/ptk stat -a --per-core -x, -e cycles /loop
/ptk stat -x, -e armv8_pmuv3/inst_retired/u,r8:u /loop
/ptk stat -j -e instructions:u /loop
/ptk stat --no-big-num -e cache-misses,instructions:u /loop
/ptk record -o /tmp/r -e cycles:u -c 1000000 /loop
/ptk report -i /tmp/r --stdio -n
/ptk record -o /tmp/r -e cycles:u,instructions:u -F 1000 /loop
/ptk report -i /tmp/r --stdio
JOBS
log=$(GUEST_TIMEOUT=${GUEST_TIMEOUT:-300} "$vm" "$build/root" 2>&1); status=$?
# An emulated machine beside other tests may starve: that says nothing of ptk.
case $status in 124|125) skip 1 "the guest did not come to its end: $(tail -n 1 <<<"$log")"; done_testing;; esac
job() { sed -n "/^@@ $1\$/,/^@@ $1 [0-9]/p" <<<"$log" | grep -v '^@@'; }
status() { sed -n "s/^@@ $1 \([0-9]*\)/\1/p" <<<"$log"; }
value() { awk -F, -v e="$2" '$3 == e { print $1; exit }' <<<"$1"; }

out=$(job 1)
is "instructions, to the last" $insn "$(value "$out" instructions:u)"
is "four cycles each, as the clock of the guest has it" $((4 * insn)) "$(value "$out" cycles:u)"
has "instructions a cycle" ',0\.25,insn per cycle$' "$out"
out=$(job 2); is "in a group as well" "$insn $((4 * insn))" "$(value "$out" instructions:u) $(value "$out" cycles:u)"
out=$(job 3); is "user space is counted apart" $insn "$(value "$out" instructions:u)"
is "user and kernel make up all" "$(value "$out" instructions)" "$(awk -F, '$3 ~ ":" { n += $1 } END { print n }' <<<"$out")"
out=$(job 4)
is "ten events for seven counters: all are estimates" 10 "$(grep -cE '\([0-9]+\.[0-9]+%\)$' <<<"$out")"
is "none of them far off" 10 "$(awk -v want=$insn '$2 ~ /^(instructions|inst_retired)/ && $1 > want * 0.9 && $1 < want * 1.1 { n++ }
	$2 ~ /cycles/ && $1 > 4 * want * 0.9 && $1 < 4 * want * 1.1 { n++ } END { print n }' <<<"$out")"
has "a line says so, and how many counters there are" '10 of 10 counts are estimates: .* took turns on about 7 counters' "$out"
out=$(job 5)
[ "$(wc -l <<<"$out")" -ge 4 ] && pass "intervals" || fail "intervals" "$out"
is "add up to all of it" $insn "$(awk -F, '{ n += $2 } END { print n }' <<<"$out")"
out=$(job 6)
has "-M IPC" '^,,,,,0\.25,IPC \(insn per cycle\)$' "$out"
has "-M frontend-bound, of events that Arm has" '^,,,,,[0-9.]+,frontend-bound \(% of all cycles\)$' "$out"
out=$(job 7)
has "a weak group that does not fit is broken, and that is said" 'does not fit the PMU' "$out"
is "its events are counted" 9 "$(grep -cE '^ +[0-9]+ +instructions:u ' <<<"$out")"
out=$(job 8)
is "of one that is not weak as many as there are counters for it" 6 "$(grep -cE '^[0-9]+,,instructions:u,' <<<"$out")"
has "the others are not" '<not (supported|counted)>,,instructions:u' "$out"
out=$(job 9); has "-r: the same each time" "^$insn,,instructions:u,0\.00%," "$out"
out=$(job 10); has "-a --per-core" '^S0-D0-C0,1,[0-9]+,,cycles,' "$out"
out=$(job 11)
is "the PMU's own name" $insn "$(value "$out" armv8_pmuv3/inst_retired/u)"
is "and number" $insn "$(value "$out" r8:u)"
has "-j" "\"counter-value\":\"$insn\"" "$(job 12)"
out=$(job 13)
has "what this CPU does not count is said" '<not supported> +cache-misses' "$out"
has "the rest is counted" "^ +$insn +instructions:u" "$out"
is "a period of a million cycles: a sample each" 80 "$(job 14 | sed -n 's/.*(\([0-9]*\) samples).*/\1/p')"
has "all of them in the loop" '^ +(9[0-9]|100)\.[0-9]+% +[0-9]+ +loop +loop +\[\.\]' "$(job 15)"
is "by frequency, two events" 0 "$(status 16)"
has "both have a report" "of event 'cycles:u'" "$(job 17)"
has "both have a report" "of event 'instructions:u'" "$(job 17)"
done_testing
