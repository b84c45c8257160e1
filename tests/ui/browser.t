#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The browser of ptk report: what it writes, what it refuses, characters that a terminal may not have.
. "${top_srcdir:?}/tests/lib/tap.sh"

"${top_builddir:?}/tests/ui/recording" r.data && "$top_builddir/tests/ui/recording" --kallsyms >kallsyms ||
	{ fail "a recording can be made"; done_testing; }
screen() { LC_ALL=C.UTF-8 "$PTK" report -i r.data --kallsyms kallsyms --screen 80x24 "$@" 2>&1 | awk '/^----$/ { s = ""; next } { s = s $0 "\n" } END { printf "%s", s }'; }

is "the window's size" 24 "$("$PTK" report -i r.data --script '' 2>&1 | wc -l)"
has "P says where" '^written to ptk-1.txt$' "$(screen --script e/gly\<Enter\>P)"
is "P writes what is shown, all of it" "# ptk report: r.data, 1000 samples of cpu-clock, event 1 of 2, 0 lost
Overhead                        Command     Shared Object      Symbol
+ 30.00%  ████████████████████  editor      recording          [.] glyph
+ 15.00%  ██████████            日本語      recording          [.] glyph" "$(cat ptk-1.txt)"
screen --script P >/dev/null; is "and never over a file" 21 "$(wc -l <ptk-2.txt)"
screen --screen 40x10 --script '<Right>P' >/dev/null; is "all of it, whatever is shifted" "$(cat ptk-2.txt)" "$(cat ptk-3.txt)"
rm ptk-3.txt
screen --script TP >/dev/null; has "tasks, too" '50.00% +500 +1001 +editor$' "$(cat ptk-3.txt)"
has "f says where" '^written to ptk-1.html$' "$(screen --script '<Down>zf')"
has "f draws the part that is shown" '"glyph"' "$(cat ptk-1.html)"
lacks "and nothing else" '"token"' "$(cat ptk-1.html)"
screen --script f >/dev/null; has "or everything" '"token"' "$(cat ptk-2.html)"
chmod 555 . ; [ -w . ] || has "what cannot be written is said" 'cannot write ptk-[0-9]+.txt' "$(screen --script P)"; chmod 755 .

# -- terminals with less
out=$(LC_ALL=C "$PTK" report -i r.data --kallsyms kallsyms --script '')
lacks "ASCII alone in the C locale" '[^ -~]' "$out"
has "a bar is made of #" '^\+ 50.00%  ########  ' "$out"
has "what cannot be drawn is ?" ' \?\?\?  ' "$out"

# -- rows below a limit
out=$(screen --percent-limit 15 --script e); is "--percent-limit: no row below" 3 "$(grep -c '^+' <<<"$out")"
has "the header says so" ', 0 lost, rows of 15%' "$(head -1 <<<"$out")"
has "that none is left is told apart from a filter" '^  every row is below --percent-limit$' "$(screen --percent-limit 60 --script '')"

# -- about
out=$("$PTK" report -i r.data --kallsyms kallsyms --script i); has "i tells of the file" '^# captured on' "$out"

# -- what other tools wrote: less is known
printf 'main;a;b 10\nmain;a;c 5\nx 3\n' >f.folded
foreign() { LC_ALL=C "$PTK" report -i f.folded --screen 80x10 --script "$1" 2>&1 | awk '/^----$/ { s = ""; next } { s = s $0 "\n" } END { printf "%s", s }'; }
has "folded stacks" '^\+ 83.33% .* a <$' "$(foreign s'<Enter>')"
has "tasks that are not known" '^ 100.00% .* 18 +- ' "$(foreign T)"
has "about them" 'f.folded is a file of folded' "$(foreign i)"
has "nothing to annotate" 'ptk annotate' "$(foreign s'<Enter>'a)"

out=$("$PTK" report -i r.data --stdio --tui 2>&1); is "--stdio and --tui are refused" 2 $?
out=$("$PTK" report -i r.data --tui 2>&1 </dev/null); is "no terminal" 1 $?
has "says what to do" '--stdio prints text' "$out"
done_testing
