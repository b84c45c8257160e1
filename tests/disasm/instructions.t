#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Instructions are those that objdump finds, at the same addresses and with
# the same targets: of C and C++ for x86_64, and of aarch64; and by objdump to the letter.
. "${top_srcdir:?}/tests/lib/tap.sh"
of=$top_builddir/tests/disasm/instructions_of

# What objdump has in FILE, as "address <tab> text", without its names and comments.
theirs() {	# OBJDUMP FILE [OPTIONS…]
	local objdump=$1 file=$2; shift 2
	"$objdump" -d -z -w --no-show-raw-insn "$@" "$file" | awk -F'\t' '/^ *[0-9a-f]+:\t/ {
		sub(/^ */, "", $1); sub(/:$/, "", $1); text = $2 (NF > 2 ? " " $3 : "")
		sub(/ *(<|#  *[0-9a-f]|\/\/).*/, "", text); sub(/ +$/, "", text); gsub(/, /, ",", text); gsub(/  +/, " ", text)
		print $1 "\t" text }'
}

# Lines that differ: an address that is no instruction there, another mnemonic, another target. Capstone writes
# AT&T suffixes that objdump leaves out, and has other names for some of the same bytes.
differences() {	# OURS THEIRS
	awk -F'\t' '
		BEGIN { same["movz mov"] = same["movn mov"] = same["orr mov"] = same["b.hs b.cs"] = same["b.lo b.cc"] = 1
			same["nop xchg"] = same["nopw cs"] = same["nopw data16"] = same["movd movq"] = same["jmpq notrack"] = 1
			same["hint xpaclri"] = same["ins mov"] = same["wait fwait"] = same["ushll uxtl"] = same["sshll sxtl"] = 1 }
		NR == FNR { their[$1] = $2; next }
		{ n++; split($3, a, " "); split(their[$1], b, " ")
		  if (!($1 in their)) print $0 ": no instruction begins there"
		  else if (a[1] != b[1] && a[1] !~ "^" b[1] "[bwlqst]$" && !((a[1] " " b[1]) in same)) print $0 ": " their[$1]
		  else if (a[2] ~ /^[0-9a-f]+$/ && b[2] ~ /^[0-9a-f]+$/ && a[2] != b[2]) print $0 ": " their[$1] }
		END { if (n < 100) print "only " n " instructions" }' "$2" "$1"
}

agrees() {	# WHAT OBJDUMP FILE
	"$of" "$3" >ours || { fail "$1" "instructions_of failed"; return; }
	theirs "$2" "$3" >theirs
	is "$1: as $2 has them" "" "$(differences ours theirs | head)"
	"$of" -o "$2" "$3" | awk -F'\t' '{ gsub(/  +/, " ", $3); sub(/^adrp x[0-9]+,0x/, substr($3, 1, index($3, ",")), $3); print $1 "\t" $3 }' >ours
	is "$1: through $2 to the letter" "" "$(awk -F'\t' 'NR == FNR { their[$1] = $2; next } $2 != their[$1] { print $0 ": " their[$1] }' \
		theirs ours | head -n 5)"
}

cat >words.cc <<'E2'
#include <algorithm>
#include <map>
#include <string>
int main(int argc, char **argv)
{
	std::map<std::string, double> words;
	for (int i = 0; i < argc; i++)
		words[argv[i]] += i * 0.5;
	return std::count_if(words.begin(), words.end(), [](auto &w) { return w.second > 1; });
}
E2
if ! command -v objdump >/dev/null; then
	skip 4 "no objdump"
elif ! gcc -O2 -g -o demo "$top_srcdir/doc/demo/demo.c" -lm 2>err || ! g++ -O1 -o words words.cc 2>>err; then
	skip 4 "no compiler: $(head -n 1 err)"
elif [ "$(uname -m)" != x86_64 ]; then
	skip 4 "this is no x86_64"
else
	agrees "C" objdump demo
	agrees "C++" objdump words
fi
if command -v aarch64-linux-gnu-gcc aarch64-linux-gnu-objdump >/dev/null &&
	aarch64-linux-gnu-gcc -O2 -o demo.aarch64 "$top_srcdir/doc/demo/demo.c" -lm 2>err; then
	agrees "aarch64" aarch64-linux-gnu-objdump demo.aarch64
else
	skip 2 "no cross compiler"
fi
done_testing
