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
echo "== report"
$PTK report --stdio -i k.data -d '[kernel.kallsyms]' -s sym -n -q 2>/dev/null | head -n 1
echo "== annotate"
$PTK annotate --stdio -i k.data -n --percent-limit 5 -d '[kernel.kallsyms]' >all 2>err; echo "status \$?"
sed '/^\$/q' all
JOB
all=$(GUEST_TIMEOUT=100 "$guest" -k 6.12 bash "$TMP/job" 2>&1); status=$?
case $status in 124|125) skip 1 "the guest did not come to its end: $(tail -n 1 <<<"$all")"; done_testing;; esac
is "the guest ran" 0 $status
part() { sed -n "/^== $1\$/,/^== /p" <<<"$all" | grep -v '^=='; }
read -r _ samples _ symbol < <(part report)
out=$(part annotate)
has "kernel functions are annotated" '^status 0$' "$out"
has "the hottest of the report is the first" "disassembly of $symbol in \\[kernel\\.kallsyms\\] for .* \\($samples samples\\)" "$out"
is "its samples are on its instructions" "$samples" "$(sed -nE 's/^ *([0-9]+) : *ffffffff[0-9a-f]{8}: .*/\1/p' <<<"$out" | awk '{ n += $1 } END { print n }')"
has "they are code" ': +ffffffff[0-9a-f]{8}: .*(ret|jmp)' "$out"
lacks "and nothing else" '\.byte' "$out"
done_testing
