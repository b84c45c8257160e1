#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Probes of a program whose values are known, recorded and read back: each
# size and sign, pointers, text, members, elements, bit-fields, returns.
. "${top_srcdir:?}/tests/lib/tap.sh"

[ "$(id -u)" = 0 ] || { skip 1 "probes are for root"; done_testing; }
[ -w /sys/kernel/tracing/uprobe_events ] || { skip 1 "no tracefs with uprobes here"; done_testing; }

name=ptkprobe$$
at_exit "\"$PTK\" probe -q -d 'probe_$name:*' 2>/dev/null"
cp "$top_srcdir/tests/probe/arguments.c" .

for level in O0 O2; do
	$CC -g -$level -o $name arguments.c 2>log || { skip 1 "no compiler"; done_testing; }
	out=$("$PTK" probe -x ./$name --add 'sizes $params' \
		--add 'member w->x w->y w->z a=w->parts[1].a low=w->parts[1].low high=w->parts[1].high w->name next=w->next->x nname=w->next->name text:string counter' \
		--add 'gives%return $retval:string' --add 'back=pointer%return x=$retval->x p=$retval' --add 'byte after' --add 'b2=byte%return $retval' 2>&1)
	is "-$level: adding works" 0 $?
	# what clang -O2 says of structs in registers has to be computed
	structs=$("$PTK" probe -q -x ./$name 'whole_struct small.a b=small.b:u mixed.n large.last after' 2>&1) || structs=refused
	has "-$level: it says what was added" "probe_$name:gives__return" "$out"
	"$PTK" record -q -o data -e "probe_$name:*" ./$name >log 2>&1 || fail "-$level: recording" "$(cat log)"
	out=$("$PTK" script -i data 2>&1)
	has "-$level: numbers of each size and sign" 'a=-1 b=0xc8 c=-300 d=0xea60 e=-70000 f=0xee6b2800 g=-5000000000 h=0x123456789abcdef0' "$out"
	has "-$level: members" 'x=-393211 y=5 z=-6 a=-1234' "$out"
	has "-$level: bit-fields" 'low=5 high=30' "$out"
	has "-$level: text in a struct, and behind pointers" 'name="first" next=-7 nname="second" text="some text"' "$out"
	has "-$level: a variable of the whole program" 'counter=4711' "$out"
	has "-$level: a string that is given back" 'arg1="hello"' "$out"
	has "-$level: a pointer that is given back, and what it points to" 'x=-7 p=0x[0-9a-f]+' "$out"
	has "-$level: an argument behind a floating-point one" 'after=77' "$out"
	has "-$level: an unsigned byte that is given back" 'arg1=0x4d' "$out"
	if [ "$structs" ] && [[ $level = O2 && $($CC --version) = *clang* ]]; then
		out=$("$PTK" probe -x ./$name -D 'whole_struct small.a b=small.b:u' 2>&1)
		has "-$level: a struct whose place has to be computed is refused, with what can be done" 'computed from registers.*=%REGISTER' "${out//$'\n'/ }"
	else
		has "-$level: structs by value, in registers and on the stack" 'a=-2 b=3 n=-4 last=-5 after=6' "$out"
	fi
	out=$("$PTK" probe -d "probe_$name:*"); [ "$structs" ] || out=${out#*$'\n'}; is "-$level: each is removed" 6 "$(grep -c '^Removed event' <<<"$out")"
done

out=$("$PTK" probe -x ./$name byte d 2>&1); is "a floating-point argument fails" 2 $?
has "and says why" 'floating' "$out"
out=$("$PTK" probe -x ./$name 'whole_struct mixed.d' 2>&1); has "half of a struct in a floating-point register" 'floating' "$out"
line=$(grep -n LINE arguments.c | cut -d: -f1)
has "a line of a file" "^p:probe_$name/loop_L$line .*:0x" "$("$PTK" probe -x ./$name -D "arguments.c:$line" 2>&1)"
is "an inlined function is probed wherever it is" 2 "$("$PTK" probe -x ./$name -D twice | grep -c "^p:probe_$name/twice")"
out=$("$PTK" probe -x ./$name --no-inlines -D twice 2>&1); has "but not with --no-inlines" 'there is no function twice' "$out"
has "a function of a file" "^p:probe_$name/uses " "$("$PTK" probe -x ./$name -D uses@arguments.c)"
has "and of one that it is not in" 'no function uses is written' "$("$PTK" probe -x ./$name -D uses@other.c 2>&1)"
has "a pattern" "^p:probe_$name/loop .*:0x" "$("$PTK" probe -x ./$name -D 'loop;sum+=*' 2>&1)"
has "-L marks it" '^ +3  .*LINE' "$("$PTK" probe -x ./$name -L loop 2>&1)"
has "-V shows types" 'struct whole \* +w' "$("$PTK" probe -x ./$name -V member 2>&1)"
has "--range tells from where to where" 'sum +@<loop\+\[[0-9]+-' "$("$PTK" probe -x ./$name --range -V loop)"
lacks "-V leaves others out" counter "$("$PTK" probe -x ./$name -V member 2>&1)"
has "--externs does not" counter "$("$PTK" probe -x ./$name --externs -V member 2>&1)"
out=$("$PTK" probe -x ./$name 'sizes%return a' 2>&1); has "an argument where the function returns" 'not known any more' "$out"
out=$("$PTK" probe -x ./$name "arguments.c:1" 2>&1); is "a line without code fails" 1 $?
has "with the nearest" 'nearest' "$out"
out=$("$PTK" probe -x ./$name membre 2>&1); is "an unknown function fails" 1 $?
has "and names the nearest" 'did you mean member' "$out"
has "-F lists functions" '^member$' "$("$PTK" probe -x ./$name -F)"
n=$("$PTK" probe -x ./$name -F --filter 'm*' | wc -l)
is "as many places as --max-probes says" "$n" "$("$PTK" probe -x ./$name --max-probes "$n" -D 'm*' 2>&1 | grep -c ^p:)"
has "and not one more" "more than $((n - 1)) places fit" "$("$PTK" probe -x ./$name --max-probes $((n - 1)) -D 'm*' 2>&1)"
is "-F with a filter" "$(printf 'gives\nmember')" "$("$PTK" probe -x ./$name -F --filter 'mem* | g*s & !x*')"

out=$("$PTK" stat -x, -e uprobe:./$name:sizes,uretprobe:./$name:sizes:u -e "uprobe:./$name:0x10" -- ./$name 2>&1)
has "a uprobe that goes away by itself counts" "^1,,uprobe:./$name:sizes," "$out"
has "and its return" "^1,,uretprobe:./$name:sizes:u," "$out"
out=$("$PTK" stat -e uprobe:./$name:membre -- ./$name 2>&1); has "one of an unknown function" 'did you mean member' "$out"
out=$("$PTK" stat -e uprobe:./$name -- ./$name 2>&1); has "one without a function" 'a file and a function' "$out"
"$PTK" record -q -o data -e uprobe:./$name:gives -- ./$name; is "each hit is a sample" 1 "$("$PTK" script -i data | grep -c gives)"
is "nothing is left behind" "" "$("$PTK" probe -l "probe_$name:*")"

out=$("$PTK" probe -x ./$name --watch 'sizes a b' -- sh -c "./$name; exit 3" 2>&1); is "--watch gives the command's status" 3 $?
is "and shows each hit with its arguments" 1 "$(grep -c 'sizes: (0x.*) a=-1 b=0xc8' <<<"$out")"
is "of which nothing is left" "" "$(ls /sys/kernel/tracing/instances | grep ptk_watch; grep ptk_watch /sys/kernel/tracing/uprobe_events)"
: >watched
"$PTK" probe -x ./$name --watch 'loop n' >watched 2>&1 & watcher=$!
until ./$name && grep -q 'loop: .* n=3' watched; do kill -0 $watcher || break; done
has "without a command it shows everybody's" 'loop: .* n=3' "$(cat watched)"
gone() { for i in $(seq 100); do grep -q "ptk_watch_$1" /sys/kernel/tracing/uprobe_events || break; ./$name; done; grep "ptk_watch_$1" /sys/kernel/tracing/uprobe_events; }
kill -KILL $watcher; wait $watcher 2>/dev/null
is "killed outright, the probe goes all the same" "" "$(gone $watcher)"
for signal in TERM INT HUP; do
	: >watched	# what the one before wrote says nothing of this one, which may be a shell yet
	"$PTK" probe -x ./$name --watch sizes >watched 2>&1 & watcher=$!
	until grep -q watching watched; do kill -0 $watcher || break; done
	kill -$signal $watcher; wait $watcher 2>/dev/null
	is "SIG$signal takes it away" "" "$(gone $watcher; ls /sys/kernel/tracing/instances | grep "ptk_watch_$watcher")"
done
"$PTK" probe -x ./$name --watch sizes -- sh -c 'kill -SEGV $$' >watched 2>&1; is "the command's crash is its status" 139 $?
is "and takes it away" "" "$(ls /sys/kernel/tracing/instances | grep ptk_watch; grep ptk_watch /sys/kernel/tracing/uprobe_events)"
out=$("$PTK" probe -x ./$name --watch 'sizes nosuch' -- ./$name 2>&1); has "a mistake is told" 'there is no argument' "$out"
out=$("$PTK" probe -x ./$name --watch sizes -- ./nosuch 2>&1); has "and so is a command that there is not" 'cannot run ./nosuch' "$out"

# Fields as keys of a report and of top, and in filters.
"$PTK" probe -q -x ./$name 'member w->x text:string' && "$PTK" probe -q -x ./$name 'loop n'
"$PTK" record -q -o data -e "probe_$name:*" sh -c "./$name; ./$name"
has "report --sort by a number and a text" '100\.00%  -393211  some text' "$("$PTK" report --stdio -i data --sort x,text)"
has "by a field of one event" '100\.00%  3 *$' "$("$PTK" report --stdio -i data --sort loop.n)"
has "a field that there is not" 'did you mean text' "$("$PTK" report --stdio -i data --sort txet 2>&1)"
"$PTK" record -q -o data -e "probe_$name:member" --filter 'x > 0 || text == "other"' ./$name; is "a filter over fields" "" "$("$PTK" script -i data)"
"$PTK" record -q -o data -e "probe_$name:member" --filter 'x < 0 && text == "some text"' ./$name; has "lets through what fits" 'some text' "$("$PTK" script -i data)"
(while :; do ./$name; done) & runner=$!
"$PTK" top --stdio -d 0.3 -e "probe_$name:loop" -e "uprobe:./$name:uses" -s n,sym >top.log 2>&1 & top=$!
for i in $(seq 100); do grep -q '%  3  .*loop' top.log && grep -q '%  -  .*uses' top.log && break; kill -0 $top || break; sleep 0.1; done
kill $top $runner; wait $top $runner 2>/dev/null
has "top -s by a field" '%  3  .*loop' "$(cat top.log)"
has "top of a uprobe that is there for top alone" '%  -  .*uses' "$(cat top.log)"
"$PTK" probe -q -d "probe_$name:*"

"$PTK" probe -q -n -x ./$name member; is "-n changes nothing" "" "$("$PTK" probe -l "probe_$name:*")"
"$PTK" probe -q -x ./$name --add member --add 'sizes nosuch' 2>/dev/null; is "when one fails none is added" "" "$("$PTK" probe -l "probe_$name:*")"
"$PTK" probe -q -x ./$name member && "$PTK" probe -q -x ./$name member
is "names that clash get a number" "probe_$name:member probe_$name:member_1" "$("$PTK" probe -l "probe_$name:*" | awk '{print $1}' | xargs)"
"$PTK" probe -q -d "probe_$name:*"

# C++: names as written, objects that are handed over by reference to a copy; a struct that only another file defines.
cat >cart.cc <<'CC'
#include <string>
struct opaque; extern opaque *hidden; int peek(opaque *o);
namespace shop { struct item { int price; std::string name; item(int p, const char *n) : price(p), name(n) {} };
class cart { public: int total = 40; __attribute__((noinline)) int add(item i, int n, opaque *o); };
int cart::add(item i, int n, opaque *o) { total += i.price * n + peek(o); return total; } }
int main() { shop::cart c; return c.add(shop::item(21, "pen"), 2, hidden) == 0; }
CC
echo 'struct opaque { char pad[12]; int depth; } it = { "", 5 }, *hidden = &it; int peek(opaque *o) { return o->depth; }' >opaque.cc
for level in O0 O2; do
	g++ -g -$level -o $name-cart cart.cc opaque.cc 2>log || { skip 2 "no C++ compiler"; break; }
	"$PTK" probe -q -x ./$name-cart 'shop::cart::add this->total i.price n o->depth'
	"$PTK" record -q -o data -e "probe_$name:add" ./$name-cart
	has "-$level: a method's arguments" 'total=40 price=21 n=2 depth=5' "$("$PTK" script -i data)"
	"$PTK" probe -q -d "probe_$name:*"
done
if [ -x $name-cart ]; then
	has "-F has names as written" '^shop::cart::add$' "$("$PTK" probe -x ./$name-cart -F)"
	has "and finds the nearest" 'did you mean shop::cart::add' "$("$PTK" probe -x ./$name-cart shop::cart::dad 2>&1)"
	has "-L of a method" '0  int cart::add' "$("$PTK" probe -x ./$name-cart -L shop::cart::add)"
else
	skip 3 "no C++ compiler"
fi

# Debug information that is somewhere else: below a folder, at a server.
id=$(gcc -g -O2 -Wl,--build-id -o apart arguments.c -Wl,--defsym=apart_$$=$$ && readelf -n apart | sed -n 's/.*Build ID: //p')
mkdir -p "debug/.build-id/${id:0:2}" "server/buildid/$id"
cp apart "debug/.build-id/${id:0:2}/${id:2}.debug"; cp apart "server/buildid/$id/debuginfo"; strip apart
if [ "$id" ]; then
	has "without it there are no arguments" 'no function member' "$("$PTK" probe -x ./apart -D 'member w->x' 2>&1)"
	has "--debug-root" 'x=\+8' "$("$PTK" probe -x ./apart --debug-root debug -D 'member w->x' 2>&1)"
	grep -q 'HAVE_LIBDEBUGINFOD 1' "$top_builddir/config.h" &&
		has "debuginfod" 'x=\+8' "$(DEBUGINFOD_CACHE_PATH=$TMP/cache DEBUGINFOD_URLS=file://$TMP/server "$PTK" probe -x ./apart -D 'member w->x' 2>&1)"
fi

# A marker as <sys/sdt.h> makes it, with a semaphore: the note says where it is and what it hands over.
cat >marker.c <<'C'
volatile unsigned short gate __attribute__((section(".probes"), used));
int main(void)
{
	int n = -17; char text[] = "marked";
	__asm__ volatile("990: nop\n"
		".pushsection .note.stapsdt,\"\",\"note\"\n.balign 4\n.4byte 992f-991f, 994f-993f, 3\n"
		"991: .asciz \"stapsdt\"\n992: .balign 4\n993: .8byte 990b, .Lbase, gate\n"
		".asciz \"ptk\"\n.asciz \"point\"\n.asciz \"-4@%%esi 8@%%rdi 1@$7\"\n994: .balign 4\n.popsection\n"
		".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n.Lbase: .space 1\n.popsection"
		: : "S"(n), "D"(text) : "memory");
	return gate;
}
C
if [ "$(uname -m)" = x86_64 ] && $CC -no-pie -O1 -o marker$$ marker.c 2>log; then
	at_exit "\"$PTK\" probe -q -d 'sdt_ptk:*' 2>/dev/null"
	has "markers are listed" '^sdt_ptk:point$' "$("$PTK" probe -x ./marker$$ -F)"
	has "and found" 'arg1=%si:s32 arg2=%di:u64 arg3=.7:u8' "$("$PTK" probe -x ./marker$$ -D 'sdt_ptk:*')"
	has "with the nearest where there is none" 'did you mean sdt_ptk:point' "$("$PTK" probe -x ./marker$$ sdt_ptk:pont 2>&1)"
	"$PTK" probe -q -x ./marker$$ sdt_ptk:point || fail "a marker can be probed"
	"$PTK" record -q -o data -e sdt_ptk:point ./marker$$ >log 2>&1
	is "the kernel counts the semaphore up while somebody looks" 1 $?
	has "what it hands over" 'arg1=-17 arg2=[0-9]+ arg3=7' "$("$PTK" script -i data)"
	"$PTK" probe -q -d 'sdt_ptk:*'
	./marker$$; is "and down again" 0 $?
else
	skip 6 "no marker can be made: $(head -c 100 log)"
fi

"$PTK" probe -q -x ./$name member && "$PTK" probe -q -x ./$name member
strip $name
has "-l, once the program is stripped" "0x[0-9a-f]+ in .*/$name" "$("$PTK" probe -l "probe_$name:*")"
out=$("$PTK" probe -x ./$name member 2>&1); has "a stripped program" 'stripped' "$out"
rm $name
has "-l, once it has gone" 'cannot be opened' "$("$PTK" probe -l "probe_$name:*")"
"$PTK" probe -q -d "probe_$name:*"; is "and they can be removed" "" "$("$PTK" probe -l "probe_$name:*")"
"$PTK" probe -q -d "probe_$name:*" 2>err; is "removing none fails" 1 $?
# Files that are none, or damaged, or of others.
head -c 3000 apart >cut; echo garbage >junk
has "a file that was cut short" 'no symbols' "$("$PTK" probe -x ./cut member 2>&1)"
has "one that is no program" 'not an ELF file' "$("$PTK" probe -x ./junk member 2>&1)"
has "one that is not there" 'No such file' "$("$PTK" probe -x ./nothere member 2>&1)"
has "a folder" 'not a regular file' "$("$PTK" probe -x . member 2>&1)"
for act in "-x /bin/true 0x1000" -l "-d x:y" "--watch vfs_read"; do
	# shellcheck disable=SC2086
	has "who may not is told: $act" 'probes are for root: run ptk with sudo' "$(setpriv --reuid 65534 --clear-groups "$PTK" probe $act 2>&1)"
done
is "of all that nothing is left" "" "$(grep "$TMP" /sys/kernel/tracing/uprobe_events)"
has "libc's malloc is found, though an alias" 'libc.so.6:0x' "$("$PTK" probe -x "$(ldd "$(command -v bash)" | awk '/libc\.so/ {print $3}')" -D malloc 2>&1)"
done_testing
