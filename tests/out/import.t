#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Profiles of other tools, read: folded stacks and pprof. What is written and read again is the same.
. "${top_srcdir:?}/tests/lib/tap.sh"
corpus=$(realpath "$top_srcdir/tests/fuzz/corpus/foreign")

cat >two.folded <<'END'
server;main;loop;parse 30
server;main;loop;parse;strlen 12
server;main;loop;write_[k] 8
worker;[libz.so.1];[libz.so.1] 5
END
is "folded stacks are read and written the same" "$(cat two.folded)" "$("$PTK" export --kernel two.folded)"
is "from a pipe" "$(cat two.folded)" "$("$PTK" export --kernel -i - <two.folded)$(: | cat)"
is "from a real one" "$(cat two.folded)" "$(cat two.folded | "$PTK" export --kernel -i -)"
is "the report shares them out" "54.55 parse
21.82 strlen
14.55 write
9.09 " "$("$PTK" report -i two.folded -q --no-children -g none -t, -F overhead,sym 2>/dev/null | sed -E 's/%,\[.\]/ /; s/0x0+$//; s/ +/ /; s/^ //')"
has "kernel code is the kernel's" '\[k\] write' "$("$PTK" report -i two.folded -q --no-children -g none 2>/dev/null)"
is "filters work" "server;main;loop;parse;strlen 12" "$("$PTK" export -S strlen two.folded)"
is "commands, too" 5 "$("$PTK" export -c worker two.folded | awk '{ n += $NF } END { print n }')"
"$PTK" export -f pprof -o two.pb two.folded && gzip -k two.pb
packed=two.pb.gz
"$PTK" version --build-options | grep -q 'zlib: .* on ' || packed=
for file in two.pb $packed; do
	is "$file: pprof is read, as it was written" "$(cat two.folded)" "$("$PTK" export --kernel $file | sed 's/;\[\[/;[/g')"
done
is "by its content, not by its name" "$(cat two.folded)" "$(cp two.pb x; "$PTK" export --kernel x)"

sed 's/strlen 12/strlen 40/' two.folded >new.folded
"$PTK" flame --diff two.folded -i new.folded -o diff.html 2>/dev/null
has "two are compared" '"old":"two.folded"' "$(cat diff.html 2>/dev/null)"

# -- a real profile of another tool
out=$("$PTK" report -i "$corpus/go_cpu" --no-children -g none 2>/dev/null)
has "a Go program's profile: its samples" 'Samples: 115 .*of event .cpu' "$out"
has "and time" 'Event count \(approx\.\): 1150000000' "$out"
if command -v go >/dev/null; then
	HOME=$TMP go tool pprof -top "$corpus/go_cpu" 2>/dev/null | sed -nE 's/^ *[0-9.]+s +([0-9.]+)% +[0-9.]+% +[0-9.]+s +[0-9.]+% +(.*)$/\1 \2/p' >top
	awk 'NF >= 2 { print $1 + 0 }' top | head -7 >want
	"$PTK" report -i "$corpus/go_cpu" -q --no-children -g none -t, -F overhead,sym 2>/dev/null | sed -E 's/^ *([0-9.]+)%,\[.\] /\1 /' >got
	is "functions and shares are those of go tool pprof" "$(cat want)" "$(awk '{ print $1 + 0 }' got | head -7)"
	is "the same functions" "$(head -3 top | awk '{ print $2 }')" "$(head -3 got | awk '{ print $2 }')"
else
	skip 2 "no go tool pprof"
fi
has "a heap's bytes and objects are one event" "event 'alloc_space'" "$("$PTK" report -i "$corpus/go_heap" --no-children -g none 2>/dev/null)"

# -- what is damaged
printf 'a;b 3\nnonsense\nc;d 4\n' >some.folded
out=$("$PTK" export some.folded 2>&1)
has "lines that are none are counted" '1 of 3 lines are no folded stacks' "$out"
has "and the others used" '^c;d 4' "$out"
if [ -n "$packed" ]; then
	head -c 300 two.pb.gz | head -c -20 >cut.gz
	has "a damaged gzip file is an error" 'gzip packed is damaged' "$("$PTK" report -i cut.gz 2>&1)"
else
	skip 1 "no zlib here"
fi
head -c $(($(stat -c %s "$corpus/go_cpu") / 2)) "$corpus/go_cpu" >cut.pb
has "half a profile is said" 'parts of the profile are damaged' "$("$PTK" report -i cut.pb --stdio 2>&1)"
out=$("$PTK" timeline -i two.folded -o none.html 2>&1); status=$?
is "what it lacks is a failure" 1 $status
has "that says what it is" 'is a file of folded stacks, which lacks what ptk timeline shows' "$out"
for mode in "report --stats" "heat" "annotate"; do
	has "$mode, too" 'is a file of folded stacks' "$("$PTK" $mode -i two.folded 2>&1)"
done
has "anything else is no perf.data" 'is not a perf.data file' "$(echo hello >hello; "$PTK" report -i hello 2>&1)"
done_testing
