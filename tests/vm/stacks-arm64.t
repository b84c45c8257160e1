#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Stacks on arm64 (tests/vm/arm64): at each instruction of programs, and as `record -g` has them; without and with frame
# pointers, with signed return addresses, which this model of a CPU really signs.
. "${top_srcdir:?}/tests/lib/tap.sh"

vm=$top_srcdir/tests/vm/arm64 build=$top_builddir/vm-aarch64
missing=${GUEST_SKIP:-$("$vm" --ready-elf)} || :
[ -z "$missing" ] || { skip 1 "$missing"; done_testing; }
out=$("$vm" --build "$top_srcdir" "$build" 2>&1) || { fail "ptk is built for arm64" "$out"; done_testing; }
cp -r "$build/root" .

cc() { aarch64-linux-gnu-gcc -O2 -g0 -fno-optimize-sibling-calls "$@" || fail "the programs are built"; }
declare -A flags=([plain]=-fomit-frame-pointer [pointers]=-fno-omit-frame-pointer [signed]="-fomit-frame-pointer -mbranch-protection=standard")
recordings=("plain signal 20" "pointers signal 5" "signed signal 5" "signed qsort 5")
cd root || exit 99
for kind in "${!flags[@]}"; do cc ${flags[$kind]} -fno-inline -fno-ipa-icf -DROUNDS=200000 -o deep-$kind "$top_srcdir/tests/session/deep.c"; done
cc ${flags[signed]} -Wl,-z,lazy -fno-inline -DROUNDS=9 -o deep "$top_srcdir/tests/session/deep.c"
{
	echo "/steps_of /deep signal 2"
	for how in "${recordings[@]}"; do
		echo "/ptk record -q -e cycles:u -c 1000000 -g -o /tmp/d /deep-$how"
		echo "/ptk script -i /tmp/d -F ip,sym,dso"
	done
} >jobs
cd ..
all=$(GUEST_CPU=max,pauth-impdef=on GUEST_TIMEOUT=${GUEST_TIMEOUT:-150} "$vm" root 2>&1); status=$?
case $status in 124|125) skip 1 "the guest did not come to its end: $(tail -n 1 <<<"$all")"; done_testing;; esac
is "the guest ran" 0 $status
# what the job of that number printed
job() { sed -n "/^@@ $1\$/,/^@@ $1 [0-9]/p" <<<"$all" | grep -v '^@@'; }

# All but two instructions, where the call frame information begins one too late: the first of _start, and the first of
# the dynamic linker's way to a function that is called for the first time.
stepped() {	# WHAT JOB
	local right steps places
	read -r right _ steps _ < <(job "$2" | tail -n 1)
	places=$(job "$2" | sed -n 's/^after [0-9]* steps, [a-z ]*: \([0-9a-f]*\) .*/\1/p' | sort -u | wc -l)
	if [ "${right:-0}" -gt 1000 ] && ((${steps%,} - right < 10 && places <= 2)); then pass "$1"; else fail "$1" "$(job "$2")"; fi
}
wanted() {	# DEPTH: calls of ping and pong
	local i s=
	for ((i = $1; i > 0; i--)); do ((($1 - i) % 2)) && s="pong $s" || s="ping $s"; done
	echo "$s"
}
# At least 99 % of the samples in leaf.
recorded() {	# WHAT JOB STACK
	local samples good
	job "$2" | awk 'BEGIN { RS = ""; FS = "\n" } { line = ""
		for (i = 1; i <= NF; i++) { split($i, w, " "); line = line (w[3] ~ /libc\.so/ ? "-" : w[2]) " " }
		if (line ~ /^leaf /) print line }' >names
	samples=$(wc -l <names) good=$(grep -cE "^leaf $3main - - _start $" names)
	if [ "$samples" -gt 2 ] && ((good * 100 >= samples * 99)); then pass "$1"; else
		fail "$1" "$good of $samples" "wanted: $3" "$(sort names | uniq -c)"; fi
}
stepped "at each instruction, in and out of a signal handler" 1
n=3
for how in "${recordings[@]}"; do
	read -r _ way depth <<<"$how"
	case $way in
	signal) inner='handler \[\[vdso\][^ ]* (- )+by_signal ';;
	qsort) inner='compare (- )+by_qsort ';;
	*) inner=;;
	esac
	recorded "record -g: $how" $n "$inner$(wanted "$depth")"
	((n += 2))
done
done_testing
