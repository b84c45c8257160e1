#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names that steer terminals (of a program, its task, its function, and of files that are not there): no mode writes
# them as they are.
. "${top_srcdir:?}/tests/lib/tap.sh"

program=$(printf 'e\033[31mv\302\233il\377x\ny') task=$(printf '\033[33mc\302\233om') function=$(printf 's\033[32my\302\233b')
cat >named.c <<'SOURCE'
#include <sys/prctl.h>
static volatile long sum;
__attribute__((noinline)) static void named(void) { for (long i = 0; i < 100000000; i++) sum += i; }
int main(int argc, char **argv) { prctl(PR_SET_NAME, argv[1], 0, 0, 0); named(); return argc < 2; }
SOURCE
${CC:-cc} -O1 -g -c named.c 2>err && objcopy --redefine-sym "named=$function" named.o 2>>err && ${CC:-cc} -o "$program" named.o 2>>err ||
	{ skip 1 "no program of that name: $(head -n 1 err)"; done_testing; }
"$PTK" record -q -e cpu-clock -c 1000000 -g -o named.data -- "./$program" "$task" 2>err || { skip 1 "cannot sample here: $(head -n 1 err)"; done_testing; }

# CSV has lines that end in CR LF (RFC 4180); nothing else of C0, DEL and C1 (which UTF-8 has, too) but tabs and newlines
controls() { LC_ALL=C sed 's/\r$//' "$@" | LC_ALL=C grep -aP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' | head -n 3 | cat -v; }
silent=()
declare -A input=([diff]="")
while read -r mode words; do
	# shellcheck disable=SC2086
	"$PTK" $mode $words ${input[$mode]--i named.data} >out 2>err </dev/null
	[ -s out ] || silent+=("$mode $words: $(head -n 1 err)")
	is "ptk $mode $words" "" "$(controls out err)"
done <<'MODES'
report --stdio
report --stdio -g none --sort comm,dso,sym,srcline
report --header-only
script
script -F +srcline,+symoff --show-mmap-events --show-task-events
script -D
script --json
annotate --stdio -l
evlist -v
buildid-list
diff named.data named.data
flame -o -
heat -o -
timeline -o -
export -f folded
export -f speedscope
export -f callgrind
export -f dot
export -f csv
export -f json
export -f gecko
export -f chrome
MODES
is "and each shows something" "" "${silent[*]}"
has "the function is there, with its letters" '\?\[32my\?\?b' "$("$PTK" script -i named.data 2>/dev/null)"
has "and so is the task" '\?\[33mc\?\?om' "$("$PTK" script -i named.data 2>/dev/null)"
is "a line of script is a line" "" "$("$PTK" script -F comm,tid,event,ip,sym,dso -G -i named.data 2>/dev/null | grep -av 'cpu-clock' | head -n 2)"

no_file=$(printf '\033[31mx\302\233')
for words in "report -i" "script -i" "stat -o /nowhere/" "record -o /nowhere/" "record -p" "stat -e" "report --sort" "help" "record -- ./"; do
	# shellcheck disable=SC2086
	"$PTK" ${words% *} "${words##* }$no_file" true >out 2>err </dev/null
	is "ptk $words: an error says it" "" "$(controls out err)"
done
done_testing
