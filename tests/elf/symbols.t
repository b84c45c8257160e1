#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Symbols of programs built here, against nm, objdump and readelf.
. "${top_srcdir:?}/tests/lib/tap.sh"
symbols_of=$top_builddir/tests/elf/symbols_of
CC=${CC:-cc}

for tool in nm objcopy objdump readelf strip c++filt; do
	command -v $tool >/dev/null || { skip 1 "no $tool"; done_testing; }
done

cat >prog.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
__attribute__((noinline)) static int inner(int x) { return x * 3 + 1; }
__attribute__((noinline)) int outer(int x) { return inner(x) + inner(x + 1); }
__attribute__((weak, alias("outer"))) int weak_outer(int x);
int main(int argc, char **argv)
{
	void *(*volatile f)(size_t) = malloc;
	char *p = f(100);
	puts(argv[0]);
	qsort(p, 0, 1, (int (*)(const void *, const void *))strcmp);
	free(p);
	return outer(argc);
}
END

# What we say of a place is a name that nm has there, and no function of nm's is missing.
against_nm() {
	local what=$1 file=$2 root=${3:-/nonexistent} nm_of=${4:-$2} d=${5:-}
	"$symbols_of" "$file" "$root" | grep -v -e '@plt$' -e '^build-id' | sort >ours
	nm $d "$nm_of" | awk '$2 ~ /^[TtWwi]$/ { sub(/@.*/, "", $3); print $1, $3 }' | sort >theirs
	is "$what: no name that nm has not" "" "$(comm -23 ours theirs)"
	# nm tells functions and labels by section alone; the ends of sections (_init, __bss_start) are no functions
	readelf -sW "$nm_of" | awk '($4 == "FUNC" || $4 == "IFUNC") && $7 != "UND" && $7 != "ABS" { print $2 }' | sort -u >wanted
	cut -d' ' -f1 ours | sort -u >have
	is "$what: every function's address has a name" "" "$(comm -23 wanted have)"
	has "$what: main is there" ' main$' "$(cat ours)"
}

if ! $CC -O1 -o prog prog.c 2>err; then
	skip 1 "$CC does not build a program: $(head -n1 err)"
	done_testing
fi
against_nm "as built" prog
$CC -O1 -g -no-pie -o fixed prog.c && against_nm "at fixed addresses, with debug information" fixed
if $CC -O1 -static -o static prog.c 2>/dev/null; then against_nm static static; else skip 3 "no static libc"; fi
has "of aliases the global one" ' outer$' "$("$symbols_of" prog)"
lacks "and not the weak one" ' weak_outer$' "$("$symbols_of" prog)"

# ---- PLT
stubs() {
	objdump -d --no-show-raw-insn "$1" | sed -n 's/^\([0-9a-f]*\) <\([A-Za-z_0-9]*@plt\)>:$/\1 \2/p' | sort
}
case $(uname -m) in
x86_64 | aarch64)
	for flags in "-O1" "-O1 -Wl,-z,now" "-O1 -Wl,-z,lazy" "-O1 -Wl,-z,lazy -fcf-protection=full -Wl,-z,ibtplt" "-O1 -no-pie"; do
		if ! $CC $flags -fplt -o plt prog.c 2>/dev/null; then skip 2 "no $flags"; continue; fi
		stubs plt >theirs
		"$symbols_of" plt | grep '@plt$' | sort >ours
		is "$flags: every stub that objdump names" "" "$(comm -13 ours theirs)"
		has "$flags: puts@plt is one" ' puts@plt' "$(cat ours)"
	done ;;
*) skip 1 "PLT stubs of $(uname -m) are not decoded" ;;
esac

# libc's own stubs lie in another order than their relocations, and most go to functions that are chosen at run time
libc=$(ldd plt 2>/dev/null | sed -n 's/.*libc\.so[^ ]* => \([^ ]*\).*/\1/p')
if [ "$(uname -m)" = x86_64 ] && [ -n "$libc" ]; then
	"$symbols_of" "$libc" | grep '@plt$' | sort >ours
	stubs "$libc" | comm -13 ours - >missing
	is "libc: every stub that objdump names" "" "$(cat missing)"
	# objdump gives the address of the function that chooses; it has the name of what is chosen
	nm -D --format=posix "$libc" | awk '$2 ~ /[iI]/ { sub(/@.*/, "", $1); sub(/^0*/, "", $3); print $3, $1 }' | sort -u >choosers
	objdump -d --no-show-raw-insn "$libc" | sed -n 's/^\([0-9a-f]*\) <\*ABS\*+0x\([0-9a-f]*\)@plt>:$/\1 \2/p' >chosen
	wrong=0 right=0
	while read -r stub chooser; do
		name=$(sed -n "s/^$stub \(.*\)@plt$/\1/p" ours)
		grep -q "^$chooser " choosers && [ -n "$name" ] || continue
		if grep -qx "$chooser $name" choosers; then right=$((right + 1)); else wrong=$((wrong + 1)); fi
	done <chosen
	is "libc: stubs of functions that are chosen at run time ($right of them)" 0 "$wrong"
else
	skip 2 "no libc whose stubs are decoded"
fi

# ---- separate debug files
$CC -O1 -g -Wl,--build-id=sha1 -o whole prog.c
objcopy --only-keep-debug whole whole.debug
strip -o stripped whole
lacks "a stripped program alone has no main" ' main$' "$("$symbols_of" stripped)"
id=$("$symbols_of" whole | sed -n 's/^build-id //p')
is "the build-id is readelf's" "$(readelf -n whole | sed -n 's/.*Build ID: //p')" "$id"
mkdir -p "root/.build-id/${id:0:2}"
cp whole.debug "root/.build-id/${id:0:2}/${id:2}.debug"
against_nm "stripped, debug file by build-id" stripped "$TMP/root" whole
$CC -O1 -Wl,--build-id=sha1 -DOTHER=1 -include stddef.h -o other -O2 prog.c
objcopy --only-keep-debug other "root/.build-id/${id:0:2}/${id:2}.debug"
lacks "a debug file of another build is not used" ' main$' "$("$symbols_of" stripped "$TMP/root")"

strip -o linked whole
objcopy --add-gnu-debuglink=whole.debug linked
mkdir -p .debug "rootlink$TMP"
against_nm "debuglink beside the image" "$TMP/linked" /nonexistent whole
mv whole.debug .debug/
against_nm "debuglink in .debug" "$TMP/linked" /nonexistent whole
mv .debug/whole.debug "rootlink$TMP/"
against_nm "debuglink below the debug root" "$TMP/linked" "$TMP/rootlink" whole

$CC -O1 -g -Wl,--build-id=none -o bare prog.c
objcopy --only-keep-debug bare bare.debug
strip -o bare.stripped bare
objcopy --add-gnu-debuglink=bare.debug bare.stripped
has "without build-ids, the checksum agrees" ' main$' "$("$symbols_of" "$TMP/bare.stripped")"
printf x >>bare.debug
lacks "without build-ids, the checksum differs" ' main$' "$("$symbols_of" "$TMP/bare.stripped")"

# ---- MiniDebugInfo, made as Fedora's find-debuginfo makes it
if command -v xz >/dev/null; then
	nm -D --format=posix --defined-only whole | awk '{ print $1 }' | sort >dynamic
	nm --format=posix --defined-only whole | awk '$2 ~ /[TtD]/ { print $1 }' | sort | comm -13 dynamic - >keep
	objcopy --only-keep-debug whole mini.debug
	objcopy -S --remove-section .comment --keep-symbols=keep mini.debug mini
	strip -o small whole
	xz -k mini
	objcopy --add-section .gnu_debugdata=mini.xz small
	if "$symbols_of" small /nonexistent | grep -q ' main$'; then
		# data that D keeps is no function
		against_nm "MiniDebugInfo" small /nonexistent whole
	elif grep -q 'HAVE_LIBLZMA 1' "$top_builddir/config.h"; then
		fail "MiniDebugInfo names main"
	else
		skip 3 "built without liblzma"
	fi
	head -c $(($(stat -c %s mini.xz) / 2)) mini.xz >half.xz
	strip -o broken whole
	objcopy --add-section .gnu_debugdata=half.xz broken
	check "half of it is nothing, and no harm" "$symbols_of" broken
	head -c 100000000 /dev/zero | xz -0 >bomb.xz
	strip -o bomb whole
	objcopy --add-section .gnu_debugdata=bomb.xz bomb
	if bash -c "ulimit -v 400000; '$symbols_of' whole" >/dev/null 2>&1; then
		check "one that grows beyond all measure is left alone" bash -c "ulimit -v 400000; '$symbols_of' bomb"
	else
		skip 1 "the program needs more memory as it is (sanitizers)"
	fi
else
	skip 5 "no xz"
fi

# ---- damaged
for n in 0 3 40 64 200 1000 5000; do
	head -c $n whole >cut
	"$symbols_of" cut >out 2>&1
	s=$?
	if [ $s -gt 1 ]; then fail "cut at $n bytes" "exit status $s"; else pass "cut at $n bytes"; fi
done

# ---- C++
cat >prog.cc <<'END'
#include <string>
namespace shop {
template <class T> struct cart {
	__attribute__((noinline)) T total(int n, const char *name) const { T t = n; return t + name[0]; }
	explicit cart(int); ~cart();
};
template <class T> cart<T>::cart(int) {}
template <class T> cart<T>::~cart() {}
}
int main(int argc, char **argv) { shop::cart<double> c(argc); return (int)c.total(argc, argv[0]); }
END
if command -v g++ >/dev/null && g++ -O1 -o progcc prog.cc 2>/dev/null; then
	if "$symbols_of" progcc | grep -q 'shop::cart<double>::total$'; then
		# c++filt leaves C names alone, as we do; both without parameters
		"$symbols_of" progcc | grep 'shop::' | sort >ours
		nm progcc | awk '$2 ~ /^[TtWw]$/ { print $1, $3 }' | c++filt -p | sort -u >theirs
		is "C++ names are c++filt's" "" "$(comm -23 ours theirs)"
	else
		skip 1 "built without libiberty"
	fi
else
	skip 1 "no C++ compiler"
fi

# ---- Rust
cat >prog.rs <<'END'
mod shop { #[inline(never)] pub fn total(n: usize) -> usize { std::hint::black_box(n) * 3 } }
fn main() { println!("{}", shop::total(std::env::args().count())); }
END
for mangling in legacy v0; do
	if ! command -v rustc >/dev/null || ! { rustc -C symbol-mangling-version=$mangling -o progrs prog.rs ||
	     rustc -Z unstable-options -C symbol-mangling-version=$mangling -o progrs prog.rs; } 2>/dev/null; then
		skip 1 "no Rust compiler with $mangling names"
	elif "$symbols_of" progcc 2>/dev/null | grep -q 'shop::cart<double>::total$'; then
		has "Rust names ($mangling), without hash" ' prog(rs)?::shop::total$' "$("$symbols_of" progrs)"
	else
		skip 1 "built without libiberty"
	fi
done
done_testing
