#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Annotated functions in the browser: the same listing as ptk annotate prints; hot lines, jumps and calls.
. "${top_srcdir:?}/tests/lib/tap.sh"

cp "$top_srcdir/tests/programs/burn.c" . && ${CC:-cc} -O0 -g -fno-omit-frame-pointer -pthread -o burn burn.c 2>err ||
	{ skip 1 "cannot build the program: $(head -1 err)"; done_testing; }
"$PTK" record -q -e cpu-clock:u -F 4000 -o burn.data ./burn 200 2>err || { skip 1 "cannot sample here: $(head -1 err)"; done_testing; }
"$PTK" annotate --stdio -q -i burn.data big >text 2>err || { skip 1 "no disassembly here: $(head -1 err)"; done_testing; }

screen() { LC_ALL=C "$PTK" report -i burn.data -s sym --screen "$1" --script "$2" 2>&1 | awk '/^----$/ { s = ""; next } { s = s $0 "\n" } END { printf "%s", s }'; }
selected() { screen "$1" "$2" | grep ' <$'; }
# "ADDRESS PERCENT MNEMONIC" of either
of_text() { awk '$2 == ":" && $3 ~ /^[0-9a-f]+:$/ { print $3, $1, $4 == ">" ? $5 : $4 }' "$1"; }
of_screen() { sed -n 's/^ *\([0-9.]*\) *| *\([0-9a-f]*:\) *[|+>-]* *[v^*<>]* *\([a-z]*\).*/\2 \1 \3/p' | awk '{ print NF == 3 ? $0 : $1 " 0.00 " $2 }'; }

is "the listing is that of ptk annotate" "$(of_text text)" "$(screen 100x80 a | of_screen)"
is "ptk annotate has the same on its screen" "$(screen 100x80 a)" "$(LC_ALL=C "$PTK" annotate -i burn.data --screen 100x80 --script '' big)"
is "--stdio and the screen are refused" 2 "$("$PTK" annotate --stdio --tui >/dev/null 2>&1; echo $?)"
has "with the source line" 'burn.c:[0-9]+ +KEPT void big' "$(screen 100x80 a)"
lacks "or without" 'KEPT void big' "$(screen 100x80 as)"
hottest=$(of_text text | sort -k2,2nr | head -2)
has "the hottest instruction is selected" "$(head -1 <<<"$hottest" | cut -d' ' -f1)" "$(selected 80x24 a)"
has "Tab goes to the next" "$(tail -1 <<<"$hottest" | cut -d' ' -f1)" "$(selected 80x24 'a<Tab>')"
has "and back" "$(head -1 <<<"$hottest" | cut -d' ' -f1)" "$(selected 80x24 'a<Tab><BackTab>')"

# the loop's jump back: the last jump of the function
n=$(of_text text | grep -n ' j[a-z]*$' | tail -1 | cut -d: -f1)
down=$(printf '<Down>%.0s' $(seq "$n"))
to=$(grep -E ' j[a-z]+ ' text | tail -1 | sed 's/.* \([0-9a-f]*\) <big+.*/\1/')
has "Enter follows a jump" "^.*\| +$to:" "$(selected 100x80 "a<Home>${down}<Enter>")"
has "Escape comes back" "$(of_text text | sed -n "${n}s/ .*//p")" "$(selected 100x80 "a<Home>${down}<Enter><Escape>")"
has "the selected jump is drawn" '\| .*: \+> ' "$(screen 100x80 "a<Home>${down}")"
has "what is none is said" 'this is no jump and no call' "$(screen 80x24 'a<Home><Enter>')"
# helper calls small; it is hit where the samples of a run are many
"$PTK" record -q -e cpu-clock:u -F 20000 -g -o deep.data ./burn 200 2>err
deep() { LC_ALL=C "$PTK" report -i deep.data -s sym --screen 100x60 --script "$1" 2>&1 | awk '/^----$/ { s = ""; next } { s = s $0 "\n" } END { printf "%s", s }'; }
lines=$(deep '/helper<Enter>a<Home>' | grep '|' | grep -n ' call' | cut -d: -f1)
is "the caller is listed, if no sample hit it" 1 "$(wc -w <<<"$lines")"
has "Enter follows a call" ' small in burn' "$(deep "/helper<Enter>a<Home>$(printf '<Down>%.0s' $(seq 2 "$lines"))<Enter>" | sed -n 2p)"
has "Escape comes back to the caller" ' helper in burn' "$(deep "/helper<Enter>a<Home>$(printf '<Down>%.0s' $(seq 2 "$lines"))<Enter><Escape>" | sed -n 2p)"

# -- the file
out=$(screen 100x30 'av')
has "v shows the file" '^ *Percent  .*burn.c$' "$out"
has "with the samples of its lines" '^ *100.00 +[0-9]+ +KEPT void big.* <$' "$out"
has "and back" '\| .*: ' "$(screen 100x30 'av<Escape>')"
has "n shows numbers" '^ Samples' "$(screen 100x30 'an')"
has "rows that are no functions say so" 'these rows are no functions' "$(screen 80x24 's<Down><Down><Enter>a')"

# -- in ptk top: samples are counted by address from when somebody asks for a listing
./burn 100000000 & burn=$!
at_exit "kill $burn 2>/dev/null"
watch() { LC_ALL=C "$PTK" top -e cpu-clock:u -F 1000 -p $burn -d 0.3 --screen 100x80 --script "$1" </dev/null >live 2>&1; }
nth() { awk -v n="$1" 'BEGIN { RS = "----\n" } NR == n' live; }
watch '/big<Enter>a<Wait><Wait><Wait><Escape><Escape>/middle<Enter>a'	# screens: 1, /big 5, Enter 6
out=$(nth 7)
has "a says what happens" '^samples are counted by address from now on$' "$out"
has "and shows the function, with room for numbers" '^ Percent  big in burn, no samples yet' "$out"
is "all of it" "$(of_text text | awk '{ print $1, $3 }')" "$(of_screen <<<"$out" | awk '{ print $1, $3 }')"
out=$(nth 10)
has "numbers come" '^ Percent  big in burn, [0-9]+ of cpu-clock:u' "$out"
is "nothing else moves" "$(nth 7 | of_screen | awk '{ print $1, $3 }')" "$(of_screen <<<"$out" | awk '{ print $1, $3 }')"
is "the hottest is that of a recording" "$(head -1 <<<"$hottest" | cut -d' ' -f1)" "$(of_screen <<<"$out" | sort -k2,2nr | head -1 | cut -d' ' -f1)"
out=$(nth 21)
has "the next function has its numbers at once" '^ Percent  middle in burn, [1-9][0-9]* of cpu-clock:u' "$out"
lacks "and nothing begins anew" 'from now on' "$out"
watch '/big<Enter>av<Wait><Wait>'
lacks "a source file without samples" '100.00 +[0-9]+ ' "$(nth 8)"
has "gets them when they come" '100.00 +[0-9]+ +KEPT void big' "$(nth 10)"
watch 'Ec'; has "what wants call chains says so" '^there are no call chains: run ptk top with -g$' "$(nth 2)"
done_testing
