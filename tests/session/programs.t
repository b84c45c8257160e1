#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk record -g of real programs: interpreters, a compiler, a build that forks
# and execs again and again, libraries loaded while it records. At least 99 %
# of the samples end at the program's or the thread's first function, which
# is said by its name or, in stripped programs, by the entry of the image.
. "${top_srcdir:?}/tests/lib/tap.sh"

"$PTK" record -q -e cpu-clock -F 99 -o try.data true 2>/dev/null || { skip 1 "no samples here"; done_testing; }

# The entry point of every image in the file, as `ptk script` shows it.
entries() {	# FILE
	"$PTK" script -i "$1" --show-mmap-events 2>/dev/null | sed -n 's/.* r-xp \(\/.*\)$/\1/p' | sort -u |
		while read -r image; do printf '%s %d\n' "$image" "$(readelf -h "$image" 2>/dev/null | sed -n 's/ *Entry point address: *//p')"; done
}
# The outermost frame of each sample: its image, how far it is behind the image's entry (addresses of files without
# relocation are as in memory, and their offsets are what script shows: both are tried), and its name.
rooted() {	# WHAT FILE WANTED: samples at least
	entries "$2" >entries
	"$PTK" script -i "$2" -F ip,sym,dso --max-stack 5000 2>/dev/null | awk -v want="$3" '
		function hex(s, i, v) { v = 0; for (i = 1; i <= length(s); i++) v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1; return v }
		BEGIN { while ((getline line <"entries") > 0) { split(line, w, " "); entry[w[1]] = w[2] }; RS = ""; FS = "\n" }
		{ n++; split($NF, w, " "); image = w[3]; gsub(/[()]/, "", image); far = (hex(w[1]) - entry[image] + 4194304 * 16) % 4194304
		  if (w[2] ~ /^(_start|clone3?|__clone3?|start_thread|entry_SYSCALL.*|ret_from_fork.*|asm_.*|_dl_start_user|runtime\.(goexit|rt0_go|mstart|mcall|systemstack).*)$/ ||
		      (far >= 0 && far < 64) || image == "[kernel.kallsyms]") good++
		  else bad[w[2] " " w[3]]++ }
		END { for (b in bad) print "# " bad[b] " end in " b; print good + 0, n + 0 > "found"; exit !(n >= want && good * 100 >= n * 99) }' >bad
	if [ $? = 0 ]; then pass "$1: 99 % of the stacks end at a first function"; else
		fail "$1: 99 % of the stacks end at a first function" "$(cat found)" "$(sort -rn -k2 bad | head -n 4)"; fi
}
real() {	# NAME COMMAND…: a program that may not be here
	local name=$1; shift
	command -v "$1" >/dev/null || { skip 1 "no $1 here"; return; }
	"$PTK" record -q -e cpu-clock -F 4999 -g -o "$name.data" "$@" >/dev/null 2>&1
	rooted "$name" "$name.data" 20
}
echo 'with recursive t(a) as (select 1 union all select a + 1 from t where a < 100000) select sum(a * a) from t;' >query.sql
real sqlite3 sqlite3 -init query.sql :memory: .quit
real perl perl -e 'sub f { my $n = shift; $n < 2 ? $n : f($n - 1) + f($n - 2) } f(17); @a = sort { $a cmp $b } map { $_ * 7919 % 10007 } 1 .. 20000'
real python3 python3 -c 'import json
def f(n): return n if n < 2 else f(n - 1) + f(n - 2)
f(20); json.dumps([[i] * 50 for i in range(2000)]); sorted([str(i) for i in range(20000)], key=lambda s: s[::-1])'

# A build: make, sh, gcc, cc1plus, as; each forks, most exec.
if command -v make >/dev/null && command -v g++ >/dev/null; then
	for i in 1 2 3 4; do printf 'template <int n> int f(int x) { return f<n - 1>(x * n) + n; }\ntemplate <> int f<0>(int x) { return x; }\nint g%d(int x) { return f<200>(x); }\n' $i >f$i.cc; done
	printf 'all: f1.o f2.o f3.o f4.o\n%%.o: %%.cc\n\tg++ -O1 -c $< -o $@\n' >Makefile
	real "a make of C++" make -j2
else
	skip 1 "no make or g++ here"
fi

# A library that is loaded while it is recorded, at work on behalf of the program.
if ${CC:-cc} -O2 -fomit-frame-pointer -shared -fPIC -xc -o late.so - 2>/dev/null <<'C'
static volatile unsigned long sink;
void late(void (*back)(void)) { for (int i = 0; i < 40; i++) { back(); for (unsigned long n = 0; n < 300000; n++) sink += n; } sink++; }
C
then
	${CC:-cc} -O2 -fomit-frame-pointer -xc -o loads - -ldl <<'C'
#include <dlfcn.h>
static volatile unsigned long sink;
static void back(void) { for (unsigned long n = 0; n < 300000; n++) sink += n; sink++; }
int main(void)
{
	void *lib = dlopen("./late.so", RTLD_NOW);
	void (*late)(void (*)(void)) = (void (*)(void (*)(void)))dlsym(lib, "late");
	late(back);
	sink++;
	return 0;
}
C
	real "a library loaded late" ./loads
	has "with both sides of the call" 'late[^;]*;main|late;main' "$("$PTK" script -i "a library loaded late.data" -F ip,sym 2>/dev/null |
		awk 'BEGIN { RS = ""; FS = "\n" } { s = ""; for (i = 1; i <= NF; i++) { split($i, w, " "); s = s (s == "" ? "" : ";") w[2] } print s }' | grep -m1 'back;late;main')"
else
	skip 2 "no C compiler here"
fi
done_testing
