#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk report on a C++ program: inlined calls, source lines beside perf's, functions of a stripped program.
. "${top_srcdir:?}/tests/lib/tap.sh"
command -v g++ >/dev/null || { skip 1 "no C++ compiler"; done_testing; }

cat >prog.cc <<'END'
#include <cstdlib>
namespace shop {
static inline __attribute__((always_inline)) unsigned mix(unsigned x)
{
	for (int i = 0; i < 50; i++) { x ^= x << 13; x ^= x >> 17; x ^= x << 5; }
	return x;
}
static inline __attribute__((always_inline)) unsigned twice(unsigned x) { return mix(x) + mix(x + 1); }
__attribute__((noinline)) unsigned total(unsigned n)
{
	unsigned sum = 0;
	for (unsigned i = 0; i < n; i++)
		sum += twice(i);
	return sum + (n & 1);
}
}
int main(int argc, char **argv) { return shop::total((unsigned)atoi(argv[1])) == 1; }
END
g++ -O2 -g -gdwarf-4 -fno-omit-frame-pointer -Wl,--build-id -o prog prog.cc || { skip 1 "g++ does not build a program"; done_testing; }
if ! "$PTK" record -q -F 2000 -g -e cpu-clock:u -o chains ./prog 2000000 2>err; then
	skip 1 "cannot sample here: $(head -n 1 err)"
	done_testing
fi
table() { "$PTK" report --stdio -g none "$@" 2>/dev/null | grep -v '^#' | sed 's/  */ /g; s/ $//; /^$/d'; }

out=$(table -i chains)
has "an inlined call has a row of what it and its callees used" '[0-9]+% 0\.00% prog prog \[\.\] (shop::)?mix \(inlined\)' "$out"
has "what it used itself is its function's" '[0-9.]+% (9[0-9]|100)\.[0-9]+% prog prog \[\.\] shop::total$' "$out"
has "in a call graph it stands below its caller" 'shop::total twice \(inlined\) mix \(inlined\)' \
	"$("$PTK" report --stdio -i chains -g caller,20 2>/dev/null | grep -v '^ *|$' | sed 's/.*--*//; s/^ *//; s/shop::\(mix\|twice\)/\1/' | paste -sd' ')"
is "outwards, the innermost first" "mix (inlined) twice (inlined) shop::total" \
	"$("$PTK" report --stdio -i chains --no-children -g callee,50 -S shop::total 2>/dev/null | grep -A40 '^ *|' |
	sed 's/.*-- *//; s/shop::mix/mix/; s/shop::twice/twice/; s/^ *//' | grep -A2 -m1 '^mix' | paste -sd' ')"
lacks "not with --no-inline" inlined "$("$PTK" report --stdio --no-inline -i chains 2>/dev/null)"
is "rows without callees are the same with and without" "$(table --no-children --no-inline -i chains)" "$(table --no-children -i chains)"

# ---- lines
has "--sort srcline" '^ [91][0-9.]+% prog\.cc:5$' "$(table --no-children -i chains --sort srcline)"
has "--sort srcfile" '^ [91][0-9.]+% prog\.cc$' "$(table --no-children -i chains --sort srcfile)"
has "-F +srcline" '^ [91][0-9.]+% prog prog \[\.\] shop::total prog\.cc:5$' "$(table --no-children -i chains -F +srcline)"
if command -v perf >/dev/null; then
	for keys in srcline srcfile sym,srcline dso,srcfile; do
		perf report --stdio -i chains --no-children -g none --sort $keys 2>/dev/null | grep -v '^#' |
			sed 's/  */ /g; s/ $//; /^$/d' | grep 'prog' >theirs
		is "--sort $keys as perf has it" "$(cat theirs)" "$(table --no-children -i chains --sort $keys | grep prog)"
	done
else
	skip 4 "no perf"
fi

# ---- ptk script
if "$PTK" record -q -F 2000 -e cpu-clock:u -o flat ./prog 2000000 2>/dev/null && command -v perf >/dev/null; then
	# samples of the program; the loader has files of which perf names the one that includes them
	own() { awk '/^ *prog\.cc:/ { print before, $0 } { before = $0 } ' | sort | uniq -c; }
	for fields in ip,sym,srcline ip,srcline comm,ip,sym,dso,srcline; do
		is "script -F $fields as perf has it" "$(perf script -i flat -F $fields 2>/dev/null | own)" "$("$PTK" script -i flat -F $fields 2>/dev/null | own)"
	done
	has "of which there are some" 'prog\.cc:5$' "$("$PTK" script -i flat -F ip,srcline 2>/dev/null | own)"
	has "lines of a stack" '^  prog\.cc:5$' "$("$PTK" script -i chains -F ip,sym,srcline 2>/dev/null)"
else
	skip 5 "no perf"
fi

# inlined calls of every sampled address, beside addr2line -i of the program without its symbol table, whose names it prefers
if command -v addr2line objcopy >/dev/null; then
	objcopy -w --strip-symbol='*' prog nosymbols
	"$PTK" script -i chains -F ip,sym,srcline 2>/dev/null | awk '
		/^\t/ { address = $1; name = $2; next } NF { print address, name, $1 }' >have
	for address in $(awk '$2 == "shop::total" { print $1 }' have | sort -u); do
		addr2line -C -f -i -e nosymbols "$address" | sed 's/ (discriminator.*//; s/(.*//; s,.*/,,' |
			paste -d' ' - - | sed "s/^/$address /"
	done | sort -u >want
	# of an address of the program its file offset is shown, which is its address where -no-pie is not the default
	is "script: inlined calls are those of addr2line -i" "$(sed 's/ shop::/ /' want | sort -u)" \
		"$(grep -F "$(cut -d' ' -f1 want | sort -u)" have | sed 's/ shop::/ /' | sort -u)"
	check "script: and there are some" grep -q ' mix prog.cc:5' have
else
	skip 2 "no addr2line"
fi
lacks "script --no-inline" '[(]inlined[)]' "$("$PTK" script --no-inline -i chains -F ip,sym 2>/dev/null)"

# ---- a stripped program whose debug file a server has
g++ -O2 -g -gdwarf-4 -fno-omit-frame-pointer -Wl,--build-id -o served prog.cc -Wl,--defsym=served_$$=$$
id=$(readelf -n served 2>/dev/null | sed -n 's/.*Build ID: //p')
mkdir -p "server/buildid/$id"
cp served "server/buildid/$id/debuginfo"
strip served
if [ -n "$id" ] && grep -q 'HAVE_LIBDEBUGINFOD 1' "$top_builddir/config.h" &&
   "$PTK" record -q -F 2000 -g -e cpu-clock:u -o served.data ./served 2000000 2>/dev/null; then
	export DEBUGINFOD_CACHE_PATH=$TMP/cache
	lacks "without a server there are no names" mix "$(table -i served.data)"
	has "names and inlined calls by debuginfod" 'mix \(inlined\)' "$(DEBUGINFOD_URLS=file://$TMP/server table -i served.data)"
	echo damaged >"cache/$id/debuginfo"
	lacks "a file that is not of this build is not used" mix "$(DEBUGINFOD_URLS=file://$TMP/nothing table -i served.data)"
else
	skip 3 "no debuginfod here"
fi

# ---- a stripped program, of a build that nobody has symbols of
g++ -O2 -fno-omit-frame-pointer -Wl,--build-id -DUNIQUE=$$ -o bare prog.cc -Wl,--defsym=unique_$$=$$
start=$(nm -C bare | sed -n 's/^0*\([0-9a-f]*\) . shop::total(unsigned int)$/\1/p')
strip bare
"$PTK" record -q -F 2000 -e cpu-clock:u -o stripped ./bare 2000000 2>/dev/null
has "its functions have rows" "^ [91][0-9.]+% bare bare \[\.\] \[bare\+0x$start\]\$" "$(table -i stripped)"
done_testing
