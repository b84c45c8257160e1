#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk annotate: percentages, hot lines of loops that are known, perf's figures, what it refuses.
. "${top_srcdir:?}/tests/lib/tap.sh"
recording=$top_builddir/tests/cmd/recording
command -v gcc >/dev/null || { skip 1 "no C compiler"; done_testing; }

# The percentages (or what else the first column has) of instructions, "address value".
column() { sed -nE 's/^ *([0-9.]+) : +([0-9a-f]+):.*/\2 \1/p'; }
sum() { column | awk '{ n += $2 } END { printf "%.1f", n }'; }
annotate() { "$PTK" annotate --stdio "$@" 2>err; }

# ---- samples that are known to the last one
cat >prog.c <<'END'
int twice(int x)
{
	return 2 * x;
}
int sum(const int *from, int n)
{
	int all = 0;
	for (int i = 0; i < n; i++)
		all += twice(from[i]); /* HOT */
	return all;
}
int main(int argc, char **argv)
{
	int numbers[4] = { argc, 2, 3, 4 };
	(void)argv;
	return sum(numbers, 4) == 10;
}
END
hot=$(grep -n HOT prog.c | cut -d: -f1)
# Addresses of a function's instructions, as objdump has them
addresses() { "$1" -d --no-show-raw-insn "$2" | awk -v f="<$3>:" '$2 == f { on = 1; next } !NF { on = 0 } on { sub(":", "", $1); print $1 }'; }
made() {	# ARCH OBJDUMP COMPILER…: a program, and a recording of it
	local arch=$1 objdump=$2; shift 2
	"$@" -g -O0 -o "prog.$arch" prog.c 2>err || return
	mapfile -t at < <(addresses "$objdump" "prog.$arch" sum)
	# the call in the loop
	call=$("$objdump" -d --no-show-raw-insn "prog.$arch" | awk '/<sum>:/ { on = 1 } on && /<twice>$/ { sub(":", "", $1); print $1; exit }')
	printf '%s\n' "0 ${at[1]} 10 7 first" "0 $call 70 7 first" "0 $call 15 8 second" "0 ${at[-1]} 5 8 second" "1 $call 3 7 first" \
		"0 $(addresses "$objdump" "prog.$arch" twice | head -n 1) 100 7 first" | "$recording" "$arch.data" "$PWD/prog.$arch" "$arch" 2
}
machine() {	# ARCH OBJDUMP CALL COMPILER…
	local arch=$1 objdump=$2 word=$3; shift 3
	if ! command -v "$objdump" "$1" >/dev/null || ! made "$arch" "$objdump" "$@"; then
		skip 11 "no compiler for $arch"
		return
	fi
	out=$(annotate -i "$arch.data" sum)
	is "$arch: percentages are 100 together" 100.0 "$(sum <<<"$(sed -E 's/^( *[0-9.]+) +[0-9.]+ :/\1 :/' <<<"$out")")"
	has "$arch: the call has its share, of each event, and a name" "^ +85\.00 +100\.00 : +$call: .*$word.* <twice>$" "$out"
	has "$arch: the first column is that of the first event" '^ Percent Percent .* for cpu-clock, page-faults \(103 samples' "$out"
	has "$arch: what jumps in the loop have as target is marked" '^[ 0-9.]*: +[0-9a-f]+: > ' "$out"
	has "$arch: source lines stand before" " : $hot +all \\+= twice" "$(sed 's/  */ /g' <<<"$out")"
	is "$arch: no source lines with --no-source" 0 "$(annotate -i "$arch.data" --no-source sum | grep -c 'HOT')"
	has "$arch: the hottest line is the known one" "^ +85\.00 +100\.00  prog\.c:$hot\$" \
		"$(annotate -i "$arch.data" -l sum | sed -n '/^Source lines/{n;p}')"
	is "$arch: samples of --show-nr-samples" "85 100" "$(annotate -i "$arch.data" -n sum | sed -nE "s/^ +([0-9]+) +[0-9]+ : +$call:.*/\1/p") $(
		annotate -i "$arch.data" -n sum | sed -E 's/^( *[0-9]+) +[0-9]+ :/\1 :/' | column | awk '{ n += $2 } END { print n }')"
	has "$arch: --percent-type global-period: of all samples" "^ +42\.50 +100\.00 : +$call:" "$(annotate -i "$arch.data" --percent-type global-period sum)"
	is "$arch: hottest function first" "sum twice" \
		"$(annotate -i "$arch.data" | sed -nE 's/.*disassembly of ([^ ]+) in .*/\1/p' | paste -sd' ' | sed 's/^twice sum$/sum twice/')"
	has "$arch: through objdump alone" "^ +85\.00 +100\.00 : +$call: .*$word.* <twice>$" "$(annotate -i "$arch.data" --objdump "$objdump" sum)"
}
[ "$(uname -m)" = x86_64 ] && machine x86_64 objdump call gcc || skip 11 "this is no x86_64"
machine aarch64 aarch64-linux-gnu-objdump bl aarch64-linux-gnu-gcc
if [ "$(uname -m)" != x86_64 ] || ! [ -e x86_64.data ]; then
	skip 1 "this is no x86_64"
	done_testing
fi

# ---- filters mean what they mean in report
samples() { annotate -i x86_64.data -n "$@" sum | grep -oE '\([0-9]+ samples' | grep -oE '[0-9]+'; }
is "--comm" 20 "$(samples --comm second)"
is "--pid" 83 "$(samples --pid 7)"
is "-d of another image" "" "$(samples -d libc.so.6)"
is "--time" 10 "$(samples --time ,1.000000011)"
is "--symbol-filter" "twice" "$(annotate -i x86_64.data --symbol-filter wic | sed -nE 's/.*disassembly of ([^ ]+) in .*/\1/p')"
has "Intel's syntax" 'mov +rbp,rsp$' "$(annotate -i x86_64.data -M intel sum)"
has "bytes of instructions" ': +55 +push' "$(annotate -i x86_64.data --asm-raw sum)"
has "--percent-limit leaves functions out" "^0\$" "$(annotate -i x86_64.data --percent-limit 60 | grep -c 'disassembly of sum')"

# ---- names of what is called and used
cat >names.c <<'END'
#include <stdio.h>
int table[100];
int main(int argc, char **argv)
{
	puts(argv[0]);
	return table[3] += argc;
}
END
gcc -O1 -o direct names.c && gcc -O1 -fno-plt -o indirect names.c
for f in direct indirect; do
	echo "0 $(nm $f | awk '$3 == "main" { print $1 }') 1" | "$recording" $f.data "$PWD/$f" x86_64 1
done
out=$(annotate -i direct.data main)
has "a call through the PLT" 'call.* <puts@plt>$' "$out"
has "a variable" '# [0-9a-f]+ <table\+0xc>$' "$out"
has "a call through the GOT" 'call.*\(%rip\) +# [0-9a-f]+ <puts@got>$' "$(annotate -i indirect.data main)"

# ---- what is refused
refuses() { local what=$1 status=$2 text=$3; shift 3
	out=$("$PTK" annotate --stdio "$@" 2>&1 >/dev/null); local got=$?
	is "$what: exit status" "$status" $got
	has "$what: said" "$text" "$out"
}
refuses "a function that no sample hit" 1 'no sample hit a function called smu' -i x86_64.data smu
has "the nearest ones are named" 'did you mean sum' "$out"
refuses "a syntax that does not exist" 2 'att or intel' -i x86_64.data -M masm
refuses "percentages that do not exist" 2 'local-period' -i x86_64.data --percent-type total
refuses "an objdump that is not there" 1 '/nonexistent' -i x86_64.data --objdump /nonexistent sum
refuses "a file that is not there" 1 'No such file' -i nothing.data
mv prog.c moved.c
has "without the source file, files and lines" ": prog.c:$hot\$" "$(annotate -i x86_64.data sum)"
has "--prefix says where it is now" 'all \+= twice' "$(mkdir -p sources; cp moved.c sources/prog.c
	annotate -i x86_64.data --prefix "$PWD/sources" --prefix-strip "$(tr -dc / <<<"$PWD" | wc -c)" sum)"

# ---- loops of real programs
cat >loop.c <<'END'
#include <stdlib.h>
volatile unsigned long sink;
__attribute__((noinline)) void spin(unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		{ sink = sink * 3 + i; sink = sink * 5 + i; sink = sink * 7 + i; sink = sink * 9 + i; } /* HOT */
}
int main(int argc, char **argv) { spin(strtoul(argv[argc - 1], NULL, 10)); return 0; }
END
cat >loop.cc <<'END'
#include <cstdlib>
struct counter {
	volatile unsigned long value = 0;
	inline __attribute__((always_inline)) void add(unsigned long i)
	{
		value = value * 3 + i; value = value * 5 + i; value = value * 7 + i; value = value * 9 + i; /* HOT */
	}
};
template <class T> __attribute__((noinline)) unsigned long spin(T &sink, unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		sink.add(i);
	return sink.value;
}
int main(int, char **argv) { counter c; return spin(c, strtoul(argv[1], nullptr, 10)) == 1; }
END
cat >loop.S <<'END'
	.globl main
	.type main, @function
main:
	mov $300000000, %rax
1:	dec %rax	/* HOT */
	jnz 1b		/* HOT too */
	xor %eax, %eax
	ret
	.size main, . - main
	.section .note.GNU-stack, "", @progbits
END
run() {	# WHAT FUNCTION FILE COMPILER…
	local what=$1 function=$2 file=$3; shift 3
	"$@" -g -o loop "$file" 2>err || { skip 3 "$1 does not build: $(head -n 1 err)"; return; }
	"$PTK" record -q -F 2000 -e cpu-clock:u -o "$file.data" ./loop 20000000 2>err || { skip 3 "cannot sample here: $(head -n 1 err)"; return; }
	has "$what: the hottest line of the loop is the known one" "^[0-9]+:.*HOT" \
		"$(grep -n HOT "$file" | grep "^$(annotate -i "$file.data" -l "$function" | sed -nE '/^Source lines/{n;s/.*:([0-9]+)$/\1/p}'):")"
	is "$what: as many samples as the report has" "$("$PTK" report --stdio -i "$file.data" --no-children -n -s sym -F sample,sym 2>/dev/null |
		awk -v f="$function" '$NF == f { print $1 }')" "$(annotate -i "$file.data" -n "$function" | sum | sed 's/\.0$//')"
	perf annotate --stdio -i "$file.data" "$function" 2>/dev/null | column | awk '$2 > 0' >theirs
	if [ -s theirs ]; then
		is "$what: perf has the same percentages" "$(cat theirs)" "$(annotate -i "$file.data" "$function" | column | awk '$2 > 0')"
	else
		skip 1 "no perf that reads it"
	fi
}
run "C" spin loop.c gcc -O2

# ---- code that no file holds
jit=$(realpath "$top_builddir")/tests/session/jit
if "$PTK" record -q -F 2000 -e cpu-clock:u -k mono -o jit.data "$jit" . 30000000 2>err; then
	out=$(annotate -i jit.data first)
	has "code of a JIT is what its dump has" ': +[0-9a-f]+: > decq? +%rax' "$out"
	has "with the name that it had then" 'jne +[0-9a-f]+ <first\+0x3>$' "$out"
	is "its samples are all there" 100.0 "$(sum <<<"$out")"
	rm -f jit-*.dump
	"$PTK" record -q -F 2000 -e cpu-clock:u -o jit.data "$jit" . 30000000 map 2>err
	refuses "code of a JIT without a dump" 1 'made by a JIT' -i jit.data first
	rm -f "/tmp/perf-$("$PTK" script -i jit.data -F pid 2>/dev/null | head -n 1 | tr -d ' ').map"
else
	skip 5 "cannot sample here: $(head -n 1 err)"
fi
command -v g++ >/dev/null && run "C++, in an inlined function" 'spin<counter>' loop.cc g++ -O2 || skip 3 "no C++ compiler"
run "assembler" main loop.S gcc
if [ -e loop.cc.data ]; then
	g++ -g -O2 -o loop loop.cc
	has "inlined code is headed by its function" 'counter::add \(inlined\), loop\.cc:' "$(annotate -i loop.cc.data 'spin<counter>')"
	g++ -O1 -o loop loop.cc
	refuses "a program that was built anew" 1 'build-id differs\): (its functions cannot be told|what is in it now)' -i loop.cc.data 'spin<counter>'
	rm loop
	refuses "a program that is gone" 1 'not here to be read|no sample hit' -i loop.cc.data 'spin<counter>'
else
	skip 5 "no recording"
fi
done_testing
