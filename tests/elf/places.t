#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Source lines and inlined calls of every instruction of a C++ program, against addr2line -i.
. "${top_srcdir:?}/tests/lib/tap.sh"
places_of=$top_builddir/tests/elf/places_of

for tool in addr2line objdump objcopy strip readelf g++; do
	command -v $tool >/dev/null || { skip 1 "no $tool"; done_testing; }
done

cat >prog.cc <<'END'
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>
namespace shop {
struct item { int price; std::string name; };
static inline int rebate(int p) { return p > 10 ? p - p / 10 : p; }
static inline int taxed(int p) { return rebate(p) * 119 / 100; }
template <class F> __attribute__((always_inline)) inline int fold(const std::vector<item> &v, F f)
{
	int sum = 0;
	for (const item &i : v)
		sum += f(i);
	return sum;
}
__attribute__((noinline)) int total(std::vector<item> &v)
{
	std::sort(v.begin(), v.end(), [](const item &a, const item &b) { return a.price < b.price; });
	return fold(v, [](const item &i) { return taxed(i.price); });
}
}
struct user {
	__attribute__((noinline)) int run(int n)
	{
		struct inner { __attribute__((noinline)) static int twice(int x) { return x * 2 + (int)std::to_string(x).size(); } };
		auto f = [n](int y) __attribute__((noinline)) { return y + n + (int)std::to_string(y).size(); };
		return inner::twice(n) + f(n);
	}
};
int main(int argc, char **argv)
{
	std::vector<shop::item> v;
	std::map<std::string, int> m;
	for (int i = 0; i < 1000 * argc; i++) {
		v.push_back({ i * 7 % 131, std::to_string(i) });
		m[v.back().name] = i;
	}
	std::printf("%d %zu %d\n", shop::total(v), m.size(), user().run(argc));
}
END
sed 's/shop/store/g' prog.cc >other.cc

addresses() { objdump -d --no-show-raw-insn "$1" | sed -n 's/^ *\([0-9a-f]*\):\t.*/\1/p'; }
# An address a line, with its places; what has no line is left out: addr2line names it by the symbol table.
lines() {
	awk '/^0x/ { if (NR > 1) print s; s = $0; next } { s = s " | " $0 } END { print s }' |
		sed 's/ (discriminator [0-9]*)//g' | grep -v '| ??:[?0]$'
}
ours() { addresses "${3:-$1}" | "$places_of" "$1" ${2:-} | lines; }
# $1: flags; both are made to go without the symbol table, whose names are not what DWARF says
against_addr2line() {
	if ! g++ $1 -o prog prog.cc 2>/dev/null; then skip 2 "no g++ $1"; return; fi
	objcopy -w --strip-symbol='*' prog bare
	addresses prog | addr2line -a -f -i -e bare | lines >theirs
	ours prog >have
	is "$1: every address as addr2line has it" "" "$(diff theirs have | head -n 4)"
	check "$1: hundreds of addresses" test "$(wc -l <have)" -gt 500
}
against_addr2line "-O0 -g -gdwarf-4 -no-pie"
against_addr2line "-O2 -g -gdwarf-4 -gz -ffunction-sections -Wl,--gc-sections"
# addr2line of some binutils gets parts of DWARF 5 wrong; this is not among them
against_addr2line "-O2 -g -gdwarf-5"
check "there are inlined calls in inlined calls" test "$(awk -F'|' 'NF > 6' have | wc -l)" -gt 50
[ -e prog ] || done_testing
cp have whole.places
cp prog whole
check "code of a lambda inside of a function" grep -q '[|] _ZZN4user3runEiENKUliE_clEi [|] [^|]*/prog.cc:27$' whole.places

# ---- the same program with its debug information elsewhere says the same
objcopy --only-keep-debug whole whole.debug
strip -o stripped whole
is "stripped, nothing is known" "" "$(ours stripped "" whole)"
id=$(readelf -n whole | sed -n 's/.*Build ID: //p')
if [ -n "$id" ]; then
	mkdir -p "root/.build-id/${id:0:2}"
	cp whole.debug "root/.build-id/${id:0:2}/${id:2}.debug"
	is "debug file by build-id" "" "$(ours stripped "$TMP/root" whole | diff whole.places - | head -n 4)"
else
	skip 1 "no build-ids here"
fi
if g++ -O2 -g -gdwarf-5 -gsplit-dwarf -o split prog.cc 2>/dev/null && ls ./*.dwo >/dev/null 2>&1; then
	is "split: .dwo beside it" "" "$(ours split | diff whole.places - | head -n 4)"
	rm -f ./*.dwo
	check "split: without the .dwo, lines remain" test -n "$(ours split | head -n 1)"
else
	skip 2 "g++ does not split"
fi
if command -v dwz >/dev/null; then
	cp whole alone
	if dwz alone 2>/dev/null; then is "packed by dwz" "" "$(ours alone | diff whole.places - | head -n 4)"; else skip 1 "dwz cannot pack it"; fi
	g++ -O2 -g -gdwarf-5 -o second other.cc
	cp whole first
	if dwz -m common.debug first second 2>/dev/null; then
		is "with a supplement that dwz made" "" "$(ours first | diff whole.places - | head -n 4)"
		mv common.debug kept
		mkfifo common.debug
		check "a supplement that is a pipe is not waited for" timeout 20 "$places_of" first </dev/null
	else
		skip 2 "dwz makes no supplement"
	fi
else
	skip 3 "no dwz"
fi

# ---- damaged: noise where the debug sections are
n=$(stat -c %s whole)
for part in 2 4 6 12; do
	cp whole damaged
	head -c 4096 /dev/urandom | dd of=damaged bs=1 seek=$((n - n / part)) conv=notrunc status=none
	addresses whole | timeout 20 "$places_of" damaged >/dev/null 2>&1
	s=$?
	check "noise at 1/$part from the end" test $s -le 1
done
done_testing
