# SPDX-License-Identifier: GPL-2.0-or-later
"""flame_page.py PAGE NASTY-PAGE LARGE-PAGE: drives a flame graph; prints "ok WHAT" or "not ok WHAT: …" a line."""
import sys
from browser import Browser, check, text


def drive(b, page):
    b.open(page)
    check('nothing is wrong in the page', not b.complaints(), b.complaints())
    check('the title names the event', 'cpu-clock' in text(b, 'title'), text(b, 'title'))
    check('the table begins with the hottest function', text(b, 'rows').lstrip().find('big') > 0, text(b, 'rows')[:80])
    picture = lambda: b.run('return document.getElementById("canvas").toDataURL().length')
    pixels = lambda: b.run('const c = document.getElementById("canvas"); return [c.width, c.height]')
    check('something is drawn', picture() > 2000, picture())

    b.press('#search', 'small')
    matched = text(b, 'matched')
    share = b.run('let n = 0; const t = tree; for (let i = 1; i < t.n; i++) if (nodeName(i) === "small") n += t.total[i]; return 100 * n / t.total[0]')
    check('search tells the matched share', matched == 'matched %.2f %%' % share and share > 5, (matched, share))
    check('the address remembers it', 'q=small' in b.run('return location.hash'), b.run('return location.hash'))
    b.press('#search', 'Escape')
    check('and forgets it', b.run('return location.hash') == '', b.run('return location.hash'))

    b.press('#picture', 'Up')
    b.press('#picture', 'Up')
    cursor = b.run('const c = document.getElementById("cursor"); return [c.getAttribute("role"), c.getAttribute("aria-level"), c.textContent]')
    check('the keyboard moves, and says where', cursor[0] == 'treeitem' and cursor[1] == '3' and '% of all' in cursor[2], cursor)
    b.press('#picture', 'Enter')
    zoomed = b.run('return [view.zoom, location.hash, document.querySelectorAll("#crumbs button").length]')
    check('Enter zooms', zoomed[0] > 0 and 'z=%d' % zoomed[0] in zoomed[1] and zoomed[2] == 3, zoomed)
    widest = b.run('const box = boxes.find(b => b[0] === view.zoom); return box[3] / document.getElementById("picture").clientWidth')
    check('what is zoomed to is as wide as the picture', abs(widest - 1) < 0.01, widest)
    b.run('location.reload()')
    b.settle()
    check('a reload stays there', b.run('return view.zoom') == zoomed[0], b.run('return view.zoom'))
    b.press('#picture', 'Escape')
    b.click('#crumbs button')
    check('the first crumb leads back', b.run('return view.zoom') == 0, b.run('return view.zoom'))

    before = pixels()
    b.resize(800, 700)
    check('the picture follows the window', pixels()[0] < before[0], (before, pixels()))
    b.scheme('dark')
    dark = b.run('return getComputedStyle(document.body).backgroundColor')
    b.scheme('light')
    light = b.run('return getComputedStyle(document.body).backgroundColor')
    names = b.tree('tree'), b.tree('treeitem'), b.tree('table'), b.tree('searchbox')
    check('a screen reader is told of all parts', 'Flame graph' in names[0][0] and '% of all' in names[1][0] and names[2] == ['Hottest functions'] and names[3] == ['Search'], names)
    check('no control is without a name', all(b.tree('button')) and all(b.tree('combobox')), (b.tree('button'), b.tree('combobox')))
    b.cdp('Emulation.setEmulatedMedia', media='print')
    printed = b.run('const shown = id => getComputedStyle(document.getElementById(id)).display !== "none"; return [shown("tools"), shown("canvas"), shown("about"), isDark()]')
    check('it prints what is drawn and told, in light colours, without its tools', printed == [False, True, True, False], printed)
    b.cdp('Emulation.setEmulatedMedia', media='')
    check('dark and light', dark != light and light == 'rgb(255, 255, 255)', (dark, light))
    b.click('#turn')
    check('an icicle begins at the top', b.run('return boxes.find(b => b[0] === 0)[4]') == 0)
    b.run('go({ event: 1, zoom: 0 })')
    b.settle()
    check('events are switched', 'task-clock' in text(b, 'title'), text(b, 'title'))
    check('and nothing went wrong meanwhile', not b.complaints(), b.complaints())


def main():
    b = Browser()
    try:
        drive(b, sys.argv[1])
        b.open(sys.argv[3])
        nodes, boxes = b.run('return [tree.n, boxes.length]')
        check('of 50,000 frames those are drawn that can be seen', nodes > 40000 and boxes < nodes / 3, (nodes, boxes))
        b.run('go({ zoom: boxes.find(b => b[0] && tree.end[b[0]] - b[0] > 100)[0] })')
        b.settle()
        check('and zooming into them works', b.run('return view.zoom > 0 && boxes.length > 1') and not b.complaints(), b.complaints())
        b.open(sys.argv[2])
        check('a hostile name is text', b.run('return document.querySelectorAll("main b, header b").length') == 0 and
              '</script><b>' in b.run('return data.strings.join(" ")'), b.run('return data.strings.slice(0, 9)'))
    finally:
        b.close()


main()
