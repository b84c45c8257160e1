#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Functions of the kernel in a guest with Debian's Linux 6.12, read from /proc/kcore.
. "${top_srcdir:?}/tests/lib/tap.sh"
guest=$top_srcdir/tests/vm/mirror
ready=$("$guest" --list) || { skip 1 "$ready"; done_testing; }
[[ " $ready" = *" 6.12 "* ]] || { skip 1 "there is no guest with 6.12: tests/vm/mirror --setup fetches it"; done_testing; }

cat >job <<JOB
cd /tmp
$PTK record -q -e cpu-clock:k -F 500 -o k.data -- dd if=/dev/zero of=/dev/null bs=64k count=600 2>/dev/null
$PTK annotate --stdio -i k.data -n --percent-limit 5 -d '[kernel.kallsyms]' >all 2>err; echo "status \$?"
cat all
JOB
all=$(GUEST_TIMEOUT=100 "$guest" -k 6.12 bash "$TMP/job" 2>&1); status=$?
case $status in 124|125) skip 1 "the guest did not come to its end: $(tail -n 1 <<<"$all")"; done_testing;; esac
is "the guest ran" 0 $status
has "kernel functions are annotated" '^status 0$' "$all"
titles=$(sed -nE 's/.*disassembly of [^ ]+ in \[kernel\.kallsyms\] for .* \(([0-9]+) samples\)$/\1/p' <<<"$all")
is "the hottest is the first" "$(sort -rn <<<"$titles")" "$titles"
is "all of their samples are on their instructions" "$(awk '{ n += $1 } END { print n }' <<<"$titles")" \
	"$(sed -nE 's/^ *([0-9]+) : *ffffffff[0-9a-f]{8}: .*/\1/p' <<<"$all" | awk '{ n += $1 } END { print n }')"
has "they are code" ': +ffffffff[0-9a-f]{8}: .*(ret|jmp)' "$all"
lacks "and nothing else" '\.byte' "$all"
done_testing
