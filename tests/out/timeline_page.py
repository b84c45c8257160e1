# SPDX-License-Identifier: GPL-2.0-or-later
"""timeline_page.py PAGE: drives a timeline; prints "ok WHAT" or "not ok WHAT: …" a line."""
import sys
from browser import Browser, check, text


def main():
    b = Browser()
    try:
        b.open(sys.argv[1])
        check('nothing is wrong in the page', not b.complaints(), b.complaints())
        picture = lambda: b.run('return document.getElementById("canvas").toDataURL().length')
        check('something is drawn', picture() > 2000, picture())
        sums = b.run('return taskRows.map(r => { let n = 0; for (let i = 0; i < r.n; i++) n += r.busy[i] || (r.what[i] === RUNS ? r.end[i] - r.start[i] : 0); return [n * data.unit, r.task.spent[0], r.n]; })')
        check('rows are as long as their tasks ran', all(abs(a - w) <= (n + 1) * 2000 for a, w, n in sums), [s for s in sums if abs(s[0] - s[1]) > 2000][:3])
        b.press('#picture', 'Down')
        b.press('#picture', 'Right')
        said = text(b, 'cursor')
        check('the keyboard moves, and says where', ' s for ' in said and b.run('return view.row') == 1, said)
        b.press('#picture', 'Enter')
        zoomed = b.run('return [view.to - view.from, data.length, location.hash]')
        check('Enter zooms, and the address remembers it', zoomed[0] < zoomed[1] and 'f=' in zoomed[2], zoomed)
        b.run('location.reload()')
        b.settle()
        check('a reload stays there', abs(b.run('return view.to - view.from') - zoomed[0]) <= 1, b.run('return [view.from, view.to]'))
        b.click('#reset')
        check('all of the time is back', b.run('return view.to - view.from') == zoomed[1])
        b.press('#search', 'bash')
        check('search tells the matched share', 'matched ' in text(b, 'matched') and b.run('return taskRows.some(r => r.dim) && taskRows.some(r => !r.dim)'), text(b, 'matched'))
        b.press('#search', 'Escape')
        b.run('go({ shown: "cpus" })')
        check('CPUs alone', b.run('return rows.length') == b.run('return cpuRows.length'))
        b.scheme('dark')
        dark = b.run('return getComputedStyle(document.body).backgroundColor')
        b.scheme('light')
        check('dark and light', dark != b.run('return getComputedStyle(document.body).backgroundColor'), dark)
        names = b.tree('listbox')
        check('a screen reader is told of the picture', names and 'Timeline' in names[0], names)
        check('and nothing went wrong meanwhile', not b.complaints(), b.complaints())
    finally:
        b.close()


main()
