#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Stacks at each instruction of programs: prologues, epilogues, PLT stubs of each kind, the dynamic linker's way to a
# function that is called for the first time, handlers of signals (steps_of.c says what is compared).
. "${top_srcdir:?}/tests/lib/tap.sh"

steps_of=$top_builddir/tests/unwind/steps_of
cc() { ${CC:-cc} -O2 -g0 -fno-optimize-sibling-calls "$@"; }
# WHAT FLAGS…: of steps.c
at_each() {
	local what=$1; shift
	if cc "$@" -shared -fPIC -DLIBRARY -o libsteps.so "$top_srcdir/tests/unwind/steps.c" 2>cc.log &&
	   cc -Wl,-z,lazy "$@" -o steps "$top_srcdir/tests/unwind/steps.c" ./libsteps.so 2>>cc.log; then
		right "$what" ./steps
	else
		skip 1 "$what: the compiler says $(grep -m1 . cc.log)"
	fi
}
right() {	# WHAT COMMAND…
	local what=$1 out; shift
	if out=$("$steps_of" "$@") && [[ ${out%% *} -gt 1000 ]]; then pass "$what"; else fail "$what" "$out"; fi
}
cc -o try -x c - <<<'int main(void) { return 0; }' 2>/dev/null || { skip 1 "no C compiler here"; done_testing; }
[[ $("$steps_of" ./try) != "0 of 0"* ]] || { skip 1 "programs cannot be traced here"; done_testing; }
at_each "without frame pointers" -fomit-frame-pointer
at_each "with frame pointers" -fno-omit-frame-pointer
at_each "not optimized" -O0
at_each "stubs in .plt.sec" -fcf-protection=full -Wl,-z,ibtplt
at_each "stubs that look nothing up" -Wl,-z,now
at_each "without stubs" -fno-plt
for linker in lld gold; do at_each "stubs of $linker" -fuse-ld=$linker; done
at_each "stubs of lld with landing pads" -fuse-ld=lld -fcf-protection=full -Wl,-z,force-ibt
cc -fno-inline -fomit-frame-pointer -DROUNDS=9 -pthread -o deep "$top_srcdir/tests/session/deep.c" 2>/dev/null
for how in "signal 3" "qsort 3" "alloca 3"; do right "in a program with ${how% *}" ./deep $how; done
done_testing
