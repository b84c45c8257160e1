#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The browser of ptk report, by --script: keys in, whole screens out.
. "${top_srcdir:?}/tests/lib/tap.sh"

${CC:-cc} -O0 -g -fno-omit-frame-pointer -pthread \
	-o burn "$top_srcdir/tests/programs/burn.c" 2>err || { skip 1 "cannot build the program: $(head -1 err)"; done_testing; }
"$PTK" record -q -e cpu-clock:u -F 4000 -g -o burn.data ./burn 300 2>err ||
	{ skip 1 "cannot sample here: $(head -1 err)"; done_testing; }

# The last screen, with numbers as N.
screen() { "$PTK" report -i burn.data -s sym --no-children -S big,middle,small "$@" 2>&1 | sed 's/ *[0-9.][0-9.]*%/ N%/g; s/[0-9][0-9]* samples/N samples/' |
	awk '/^----$/ { s = ""; next } { s = s $0 "\n" } END { printf "%s", s }'; }
head='ptk report: burn.data, N samples of cpu-clock:u, 0 lost
Overhead  Symbol'
foot='? keys  q end  Enter unfold  / filter  s sort  P write'
rows=' N%  [.] big
 N%  [.] middle
 N%  [.] small'

is "rows" "$head
$rows


$foot" "$(screen --screen 80x8 --script '')"
is "the window's size" 24 "$("$PTK" report -i burn.data --script '' 2>&1 | wc -l)"
is "a narrow one cuts" "ptk report
Overhead
? keys  q" "$("$PTK" report -i burn.data -s sym --no-children --screen 10x3 --script '' | sed '2s/ .*//; 1s/ *$//' | grep -v '%' | cut -c1-10)" 
is "a filter" "$head
 N%  [.] middle




/mid_" "$(screen --screen 80x8 --script '/mid')"
is "that Enter keeps" "$head
 N%  [.] middle




filter: mid (Escape ends it)" "$(screen --screen 80x8 --script '/mid<Enter>')"
is "and Escape ends" "$head
$rows


$foot" "$(screen --screen 80x8 --script '/mid<Enter><Escape>')"
has "Enter unfolds the callers" 'N%  main' "$(screen --script '<Enter>')"
is "Enter folds them again" "$(screen --script '')" "$(screen --script '<Enter><Enter>')"
is "the sort menu" "${head%%$'\n'*}

  dso,sym
  sym
  comm
  comm,dso,sym
  pid
  tid
  dso
  cpu

$foot" "$(screen --screen 80x12 --script s)"
has "sorts by program" '^ N%  burn$' "$(screen --script 's<Down><Down><Enter>')"
has "? lists the keys" 'Escape +no filter' "$(screen --script '?')"
is "any key leads back" "$(screen --script '')" "$(screen --script '?x')"
screen --script 'P' >/dev/null
is "P writes the rows" "[.] big [.] middle [.] small" "$(awk '{ printf "%s%s %s", s, $2, $3; s = " " }' ptk-1.txt)"
out=$("$PTK" report -i burn.data --stdio --tui 2>&1); is "--stdio and --tui are refused" 2 $?
out=$("$PTK" report -i burn.data --tui 2>&1 </dev/null); is "no terminal" 1 $?
has "says what to do" '--stdio prints text' "$out"
done_testing
