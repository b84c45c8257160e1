# SPDX-License-Identifier: GPL-2.0-or-later
"""heat_page.py PAGE: selects stretches of time; prints "ok WHAT" or "not ok WHAT: …" a line."""
import sys
from browser import Browser, check


def main():
    b = Browser()
    try:
        b.open(sys.argv[1])
        check('nothing is wrong in the page', not b.complaints(), b.complaints())
        whole, period = b.run('return [tree.total[0], tree.event.period]')
        latency = b.run('return data.latency || null')
        check('all of the time has all samples', whole == (latency['pairs'] if latency else period), (whole, period, latency))
        check('something is drawn', b.run('return document.getElementById("heatcanvas").toDataURL().length') > 500)
        first, last = b.run('const c = tree.event.cells; return [c[0][0], c[Math.floor(c.length / 2)][0]]')
        b.run('go({ stretch: [arguments[0], arguments[1]] })', first, last)
        b.settle()
        part, want = b.run('let n = 0; cellTotals(tree.event).forEach((v, i) => { const row = [arguments[0] % 50, arguments[1] % 50].sort((a, b) => a - b), column = [Math.floor(arguments[0] / 50), Math.floor(arguments[1] / 50)]; if (data.latency ? i % 50 >= row[0] && i % 50 <= row[1] && i / 50 >= column[0] && i / 50 < column[1] + 1 : i >= arguments[0] && i <= arguments[1]) n += v; }); return [tree.total[0], n]', first, last)
        check('a stretch has the flame graph of its samples', part == want and 0 < part < whole, (part, want, whole))
        check('the address remembers it', b.run('return location.hash') == '#t=%d-%d' % (first, last), b.run('return location.hash'))
        b.click('#alltime')
        check('and all of the time is back', b.run('return tree.total[0]') == whole, b.run('return tree.total[0]'))
        b.run('document.getElementById("heatbox").focus(); for (const key of ["ArrowRight", "ArrowDown"]) document.getElementById("heatbox").dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey: true }))')
        b.settle()
        check('Shift and arrows select', b.run('return view.stretch') == [0, 51], b.run('return view.stretch'))
        b.scheme('dark')
        check('nothing went wrong meanwhile', not b.complaints(), b.complaints())
    finally:
        b.close()


main()
