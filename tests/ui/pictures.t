#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The pictures in the man pages are screens that ptk draws. Above each stands
#	.\" screen: VIEW OF COLUMNSxROWS KEYS
# OF says what the keys are given to:
#	report	ptk report of a file whose every number is known: the picture is compared line by line
#	burn	ptk report of a program that was just sampled, top: ptk top looking at it. Numbers and addresses are
#		others each time: each line of the picture has to be a line of the screen but for these.
# UPDATE="report burn top" draws those anew into the pages: read the difference before you believe it.
. "${top_srcdir:?}/tests/lib/tap.sh"

doc=$(realpath "$top_srcdir")/doc ui=$(realpath "$top_srcdir")/ui
export LC_ALL=C
# the name of the program is to be seen in the pictures
cp "${top_builddir:?}/tests/ui/recording" editor && ./editor perf.data plain && ./editor --kallsyms >kallsyms ||
	{ fail "a recording can be made"; done_testing; }
cp "$top_srcdir/tests/programs/burn.c" . && ${CC:-cc} -O0 -g -fno-omit-frame-pointer -pthread -o burn burn.c 2>err &&
	"$PTK" record -q -e cpu-clock:u -F 4000 -o burn.data ./burn 200 2>err && "$PTK" annotate --stdio -q -i burn.data big >/dev/null 2>err && live=yes
if [ "${live-}" ]; then
	./burn 100000000 & burn=$!
	at_exit "kill $burn 2>/dev/null"
fi

# the screen after all keys, without empty lines and the mark of the selected one
screen() {	# OF SIZE KEYS
	case $1 in
	report) "$PTK" report -i perf.data --kallsyms kallsyms --screen "$2" --script "$3" 2>&1;;
	burn) "$PTK" report -i burn.data --screen "$2" --script "$3" 2>&1;;
	top) "$PTK" top -e cpu-clock -g -p "$burn" -d 0.2 --screen "$2" --script "$3" </dev/null 2>&1;;
	esac | sed "s|$TMP|/src|" | awk '/^----$/ { s = ""; next } NF { sub(/ <$/, ""); s = s $0 "\n" } END { printf "%s", s }'
}
# "== VIEW OF SIZE KEYS" and the picture, for each of a page
pictures() {
	sed -n '/^\.\\" screen: /,/^\.Ed/ { s/^\.\\" screen: /== /; /^\.\(Bd\|Ed\)/d; s/^\\&//; s/\\e/\\/g; /./p }' "$1"
}
# The help has the words of the table of keys, and the man page says the same.
words() { tr -s '\n ' ' ' | tr '[:upper:]' '[:lower:]'; }
keys_of_page() { sed -n '/^\.Sh KEYS/,/^\.Sh SCREENS/ { s/^\.[A-Z][a-z] //; s/^\.[A-Z][a-z]$//; p }' "$1" | words; }
has_keys() {	# WHAT OF KEYS: those that ? lists there
	local line missing= all
	all=$(keys_of_page "$doc/ptk-top.1")
	while IFS= read -r line; do
		line=$(words <<<"${line:15}")
		line=${line% }
		[[ $all = *"$line"[.:\;,\ ]* ]] || missing="$missing$line
"
	done < <(screen "$2" 90x60 "$3?" | grep -E '^  [^ ,]+ {3,}')
	is "ptk-top(1) has the words of the help: $1" "" "$missing"
}

# numbers, addresses, bars, names of functions, and what comes behind them, are others each time
shape() {
	sed -E -e 's/ *\| .*/code/; /^code/d; /^ *[0-9.]*code/d' -e '/^[-+]? *[0-9]+\.[0-9]+%/d' -e '/^[ 0-9.]{8} *[0-9]+  /d' \
		-e 's/^(# [a-z ]+[a-z]) *:.*/\1/; s|/[^ ]*/||' -e 's/[0-9]+/0/g; s/  +/  /g' | sort -u
}
draw_anew() {	# PAGE
	local line spec
	while IFS= read -r line; do
		case $line in
		'.\" screen: '*) spec=${line#*: };;
		.Bd*) if [ "$spec" ]; then
				read -r _ of size keys <<<"$spec"
				printf '%s\n' "$line"
				if [[ " $UPDATE " = *" $of "* ]]; then
					screen "$of" "$size" "$keys" | sed 's/\\/\\e/g; s/^[.'\'']/\\\&&/'
					while [ "$line" != .Ed ] && IFS= read -r line; do :; done
				fi
				spec=
			fi;;
		esac
		printf '%s\n' "$line"
	done <"$1" | awk '!/^\.Bd/ || $0 != before { print } { before = $0 }' >new && cp new "$1"
}

pages="ptk-report ptk-top ptk-annotate"
if [ "${UPDATE-}" ]; then
	for page in $pages; do draw_anew "$doc/$page.1"; done
	exit
fi

one() {	# PAGE "VIEW OF SIZE KEYS": the picture is in the file `picture`
	local view of size keys got
	read -r view of size keys <<<"$2"
	if [ "$of" = report ]; then
		got=$(diff picture <(screen "$of" "$size" "$keys"))
	elif [ "${live-}" ]; then
		got=$(comm -23 <(shape <picture) <(screen "$of" "$size" "$keys" | shape))
	else
		skip 1 "cannot sample or disassemble here: $(head -1 err)"
		return
	fi
	is "$1: $2" "" "$got"
}
for page in $pages; do
	while IFS= read -r line; do
		if [[ $line = "== "* ]]; then
			[ "${spec-}" ] && one $page "$spec"
			spec=${line#== }
			: >picture
		else
			printf '%s\n' "$line" >>picture
		fi
	done < <(pictures "$doc/$page.1")
	[ "${spec-}" ] && one $page "$spec"
	spec=
	[ $page = ptk-annotate ] && continue
	is "$page has a picture of each view" "$(sed -n 's/.*\.name = "\([a-z]*\)", \.keys.*/\1/p' "$ui"/*_view.c | sort -u)" \
		"$(sed -n 's/^\.\\" screen: \([a-z]*\) .*/\1/p' "$doc/$page.1" | sort -u)"
done
has_keys "rows" report ""
has_keys "a list to choose from" report 's<Down><Down><Enter>d'
has_keys "a menu" report s
has_keys "tasks" report T
if [ "${live-}" ]; then
	has_keys "a listing" burn 's<Down><Enter>/big<Enter>a'
	has_keys "a source file" burn 's<Down><Enter>/big<Enter>av'
	has_keys "of top alone" top ""
else
	skip 3 "cannot sample or disassemble here: $(head -1 err)"
fi
done_testing
