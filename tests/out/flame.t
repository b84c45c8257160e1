#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptk flame: the page holds what the report says, and nothing of a name is markup.
. "${top_srcdir:?}/tests/lib/tap.sh"

command -v python3 >/dev/null || { skip 1 "no python3"; done_testing; }
${CC:-cc} -O0 -g -fno-omit-frame-pointer -pthread \
	-o burn "$top_srcdir/tests/programs/burn.c" 2>err || { skip 1 "cannot build the program: $(head -1 err)"; done_testing; }
"$PTK" record -q -e cpu-clock,task-clock -c 1000000 -g -o burn.data ./burn 300 recurse 2>err ||
	{ skip 1 "cannot sample here: $(head -1 err)"; done_testing; }

# folded PAGE [EVENT]: the page's tree as folded stacks
cat >folded.py <<'END'
import json, re, sys
text = open(sys.argv[1], encoding='utf-8').read()
data = json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', text, re.S).group(1))
event = data['events'][int(sys.argv[2]) if len(sys.argv) > 2 else 0]
path, lines = [], []
for up, label, value in zip(event['u'], event['f'], event['s']):
    path = path[:len(path) - up] if up else path
    path.append(data['strings'][data['labels'][3 * label + 1]])
    if value:
        lines.append('%s %d' % (';'.join(path), value * event['scale']))
print('\n'.join(sorted(lines)))
END

"$PTK" flame -i burn.data -o burn.html 2>said
has "it says what it wrote" '^ptk: burn\.html: [0-9]+ samples of cpu-clock.*, [0-9]+ samples of task-clock' "$(cat said)"
for event in cpu-clock task-clock; do
	name=$("$PTK" report -q -i burn.data --stats 2>/dev/null | sed -n "s/^\($event.*\) stats:/\1/p")
	is "$event: widths are those of the folded file" \
		"$("$PTK" export -i burn.data -e "$name" --value period | LC_ALL=C sort)" \
		"$(python3 folded.py burn.html $([ $event = cpu-clock ] && echo 0 || echo 1) | LC_ALL=C sort)"
done
"$PTK" flame -i burn.data -o samples.html --value samples 2>/dev/null
is "and in samples" "$("$PTK" export -i burn.data -e "$("$PTK" report -q -i burn.data --stats 2>/dev/null | sed -n 's/^\(cpu-clock.*\) stats:/\1/p')" | LC_ALL=C sort)" \
	"$(python3 folded.py samples.html | LC_ALL=C sort)"
"$PTK" report -i burn.data -S big --flame big.html 2>/dev/null
has "report --flame takes the report's filters" ';big [0-9]+$' "$(python3 folded.py big.html)"
lacks "all of them" ';middle [0-9]+$' "$(python3 folded.py big.html)"
lacks "a page loads nothing" '(src|href)=|https?:|url\(|@import' "$(cat burn.html)"
has "it tells the machine" "\"host\":\"$(uname -n)\"" "$(cat burn.html)"

"$PTK" flame -i burn.data -o burn.svg 2>/dev/null
is "the picture is XML" "" "$(python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("burn.svg")' 2>&1)"
has "with a box for big" '<title>big, [0-9.]+ %' "$(cat burn.svg)"
is "boxes of main are as wide as all" "$(grep -c . <<<x)" "$(python3 -c '
import re
t = open("burn.svg").read()
width = lambda name: [float(w) for w in re.findall(r"<title>%s, [^<]*</title><rect [^>]*width=\"([0-9.]+)\"" % name, t)]
print(int(abs(sum(width("big")) + sum(width("middle")) + sum(width("small")) - max(width("work"))) < 60 and max(width("burn")) > 1100))')"

"$PTK" flame -i burn.data --diff burn.data -o same.html 2>/dev/null
is "nothing differs from itself" True "$(python3 -c '
import json, re
d = json.loads(re.search(r"application/json\">(.*?)</script>", open("same.html").read(), re.S).group(1))
print(all(e["s"] == e["o"] for e in d["events"]) and d["old"] == "burn.data")')"

# -- hostile names
nasty='</script><b>"'"'"
"$PTK" record -q -e cpu-clock -c 1000000 -g -o nasty.data bash -c 'printf "%s" "$1" >/proc/self/comm; for ((i = 0; i < 60000; i++)); do :; done' - "$nasty" 2>err
"$PTK" flame -i nasty.data -o nasty.html 2>/dev/null; "$PTK" flame -i nasty.data -o nasty.svg 2>/dev/null
lacks "a name does not end the data" '<b>' "$(cat nasty.html)"
is "both scripts end as they should" 2 "$(grep -c '</script>' nasty.html)"
is "the picture is XML all the same" "" "$(python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("nasty.svg")' 2>&1)"

"$PTK" record -q -e cpu-clock -c 1000000 -o flat.data ./burn 100 2>/dev/null
has "an event without stacks says how to record them" 'record with -g' "$("$PTK" flame -i flat.data -o flat.html 2>&1)"
has "in the page, too" '"chains":false' "$(cat flat.html)"
"$PTK" flame -i burn.data -S nothing -o none.html >out 2>&1; is "nothing left is a failure" 1 $?
[ -e none.html ] && fail "that writes no file" || pass "that writes no file"
done_testing
