#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The cache of images: the same names with it, without it and from a damaged one; and never names of less than there is.
. "${top_srcdir:?}/tests/lib/tap.sh"
for tool in objcopy strip readelf; do command -v $tool >/dev/null || { skip 1 "no $tool"; done_testing; }; done
CC=${CC:-cc}
export XDG_CACHE_HOME=$TMP/cache HOME=$TMP/home
mkdir "$HOME" "$XDG_CACHE_HOME"
cache=$XDG_CACHE_HOME/ptk

# large enough to be worth a file
cat >prog.c <<'END'
volatile unsigned sink;
volatile char large[100000] = { 1 };
__attribute__((noinline)) static void busy_loop(void) { for (unsigned i = 0; i < 60000000; i++) sink += i; }
int main(void) { busy_loop(); return (int)sink == large[7]; }
END
$CC -O1 -g -Wl,--build-id=sha1 -o prog prog.c || { skip 1 "$CC does not build a program"; done_testing; }
id=$(readelf -n prog | sed -n 's/.*Build ID: //p')
cp prog whole
if ! "$PTK" record -q -F 1000 -e cpu-clock -o data ./prog 2>err; then skip 1 "cannot sample here: $(head -n 1 err)"; done_testing; fi
rows() { "$PTK" report --stdio -s dso,sym -i data "$@" 2>&1 | grep -v '^#' | sed 's/  */ /g; s/ $//; /^$/d'; }

want=$(rows --no-cache)
has "a function of the program has a name" 'prog \[\.\] busy_loop' "$want"
check "--no-cache makes no cache" test ! -e "$cache"
is "the first report, which fills the cache" "$want" "$(rows)"
check "it is there, for its owner alone" test "$(stat -c %a "$cache" 2>/dev/null)" = 700
check "the program has an entry by its build-id" test -s "$cache/$id-symbols"
is "the second, which reads it" "$want" "$(rows)"

# ---- damaged
for file in "$cache"/*; do
	head -c 100 /dev/urandom | dd of="$file" bs=1 seek=40 conv=notrunc status=none
done
is "every file of it damaged" "$want" "$(rows)"
for file in "$cache"/*; do : >"$file"; done
is "every file of it empty" "$want" "$(rows)"
check "what was damaged was made anew" test -s "$cache/$id-symbols"
chmod 777 "$cache"
is "a folder that others may write to" "$want" "$(rows)"
chmod 700 "$cache"

# ---- strip leaves the build-id as it is
strip -o prog whole
is "stripped since, the cache has its names" "$want" "$(rows)"
rm -rf "$cache"
lacks "without a cache it has none" busy_loop "$(rows)"
lacks "and again, from the cache" busy_loop "$(rows)"
cp whole prog
is "not stripped any more, names of less are not used" "$want" "$(rows)"
strip -o prog whole
rm -rf "$cache"
rows >/dev/null
strip -o stripped whole
mkdir -p "$HOME/.debug/.build-id/${id:0:2}/${id:2}"
cp whole "$HOME/.debug/.build-id/${id:0:2}/${id:2}/elf"
is "perf's build-id cache has it whole by now" "$want" "$(rows)"
cp "$(type -P true)" prog
is "it has the program that was replaced" "$want" "$(rows --no-cache)"
rm prog
is "and the one that is gone" "$want" "$(rows --no-cache)"
strip -o prog whole
mv "$HOME/.debug/.build-id/${id:0:2}/${id:2}/elf" "$HOME/.debug/.build-id/${id:0:2}/${id:2}/debug"
rm -rf "$cache"
is "or its debug file" "$want" "$(rows)"
rm -rf "$HOME/.debug" "$cache"
rows >/dev/null
mkdir .debug
objcopy --only-keep-debug whole .debug/prog.debug
objcopy --add-gnu-debuglink=.debug/prog.debug stripped linked
cp linked prog
is "a debug file that .gnu_debuglink names" "$want" "$(rows)"

cp "$(type -P true)" prog
rm -rf "$cache"
out=$(rows)
lacks "a program that was replaced does not name the old one's functions" busy_loop "$out"
has "which is said" 'prog was replaced since the recording \(build-id differs\)' "$out"

# ---- lines
cp whole prog
rm -rf "$cache" .debug
lines() { rows -s sym,srcline "$@"; }
want=$(lines --no-cache)
has "a line of the program" 'busy_loop prog\.c:' "$want"
is "lines, when they are looked up" "$want" "$(lines)"
check "are kept" test -s "$cache/$id-places"
is "and read" "$want" "$(lines)"
head -c 100 /dev/urandom | dd of="$cache/$id-places" bs=1 seek=70 conv=notrunc status=none
is "not when they are damaged" "$want" "$(lines)"
strip -g -o prog whole
rm -rf "$cache"
lacks "without debug information there are none" 'prog\.c:' "$(lines)"
check "which is kept, too" test -s "$cache/$id-places"
mkdir -p "$HOME/.debug/.build-id/${id:0:2}/${id:2}"
cp whole "$HOME/.debug/.build-id/${id:0:2}/${id:2}/debug"
is "until there is some" "$want" "$(lines)"
rm -rf "$HOME/.debug"
if $CC -O1 -g -gsplit-dwarf -Wl,--build-id=sha1 -o prog prog.c 2>/dev/null && ls ./*.dwo >/dev/null 2>&1 &&
   "$PTK" record -q -F 1000 -e cpu-clock -o data ./prog 2>/dev/null; then
	mkdir away
	mv ./*.dwo away
	lines >/dev/null
	mv away/*.dwo .
	is "nor are answers kept that want a .dwo file" "$(lines --no-cache)" "$(lines)"
else
	skip 1 "$CC does not split"
fi

# ---- unwind rows
if "$PTK" record -q -F 1000 -e cpu-clock --call-graph dwarf -o stacks ./whole 2>/dev/null; then
	check "recording keeps unwind rows" test -s "$cache/$id-rows"
	# how many samples there are depends on the machine, what share of them is whole does not
	whole_stacks() {
		"$PTK" script -i "$1" -F ip,sym 2>/dev/null | awk '
			/ busy_loop$/ { n++; getline; called += / main$/ }
			END { exit !(n && called >= 0.98 * n) }'
	}
	"$PTK" record -q -F 1000 -e cpu-clock --call-graph dwarf -o again ./whole 2>/dev/null
	check "and stacks by them are whole" whole_stacks again
	for file in "$cache"/*-rows; do head -c 64 /dev/urandom | dd of="$file" bs=1 seek=60 conv=notrunc status=none; done
	"$PTK" record -q -F 1000 -e cpu-clock --call-graph dwarf -o damaged ./whole 2>/dev/null
	check "so are they with damaged ones" whole_stacks damaged
else
	skip 3 "no user registers here"
fi
done_testing
