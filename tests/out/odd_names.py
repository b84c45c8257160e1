# SPDX-License-Identifier: GPL-2.0-or-later
"""
odd_names.py PTK: writes a profile (pprof) whose names are hostile, and looks at what each format makes of it.
odd_names.py PTK FILE FILTER…: looks whether every format adds up to the report with these options; FILE has one event.
"""
import csv
import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import xml.dom.minidom

NAMES = [b'quote"s\'', b'<script>alert(1)</script>', b'semi;colon', b'new\nline', b'tab\tand \\back', b'bell\x07 esc\x1b[31m',
         b'bad\xff\xfeutf8', b'x' * 5000, b'{brace} $(dollar) `tick`', b'</title></svg>]]>', b'  blanks  ', b'#hash fn=1 (2)', b'a 12', '§ünïcödé'.encode(),
         b'next\xc2\x85line csi\xc2\x9b31m']
SAMPLES = [(i + 1) * 7 for i in range(len(NAMES))]
COUNT, PERIOD = sum(SAMPLES), sum(SAMPLES) * 1000


def varint(n):
    out = b''
    while n >= 0x80:
        out += bytes([n & 0x7f | 0x80])
        n >>= 7
    return out + bytes([n])


def number(field, n):
    return varint(field << 3) + varint(n)


def data(field, content):
    return varint(field << 3 | 2) + varint(len(content)) + content


def profile():
    """Each name as a function of its own, called by itself, in a program and a command that are called so, too."""
    strings = [b'', b'samples', b'count', b'cpu', b'nanoseconds', b'comm'] + NAMES
    out = data(1, number(1, 1) + number(2, 2)) + data(1, number(1, 3) + number(2, 4))
    for i, n in enumerate(SAMPLES):
        label = data(3, number(1, 5) + number(2, 6 + i))
        out += data(2, data(1, varint(i + 1) * 2) + data(2, varint(n) + varint(n * 1000)) + label)
        out += data(3, number(1, i + 1) + number(5, 6 + i))
        out += data(4, number(1, i + 1) + number(2, i + 1) + data(4, number(1, i + 1)))
        out += data(5, number(1, i + 1) + number(2, 6 + i))
    return out + b''.join(data(6, s) for s in strings)


def page(text):
    match = re.search(r'<script id="data" type="application/json">(.*?)</script>', text, re.S)
    assert text.count('</script>') == 2 and text.count('<script') == 2 and text.count('</title>') == 1, 'markup'
    d = json.loads(match[1])
    return sum(sum(e['s']) * e['scale'] for e in d['events'])


def folded(text):
    lines = text.splitlines()
    assert all(re.fullmatch(r'[^;]+(;[^;]+)+ \d+', line) for line in lines), 'lines'
    return sum(int(line.rsplit(' ', 1)[1]) for line in lines)


def callgrind(text):
    """Own costs: "LINE PERIOD SAMPLES", but for those behind "calls=", which are the callee's."""
    lines = text.splitlines()
    return sum(int(line.split()[1]) for before, line in zip([''] + lines, lines)
               if re.fullmatch(r'\d+ \d+ \d+', line) and not before.startswith('calls='))


def dot(text):
    if shutil.which('dot'):
        subprocess.run(['dot', '-Tplain'], input=text.encode(), stdout=subprocess.DEVNULL, check=True)
    return int(re.search(r': (\d+) samples', text)[1])


def svg(text):
    xml.dom.minidom.parseString(text.encode())
    return int(re.search(r'>(\d+) samples', text)[1])


def pprof(raw):
    """Its values, as any reader of protocol buffers finds them."""
    def fields(b):
        at = 0

        def take():
            nonlocal at
            n = shift = 0
            while True:
                byte = b[at]
                at += 1
                n |= (byte & 0x7f) << shift
                shift += 7
                if byte < 0x80:
                    return n
        while at < len(b):
            key = take()
            value = take()
            if key & 7 == 2:
                value, at = b[at:at + value], at + value
            yield key >> 3, value
    total = 0
    for field, value in fields(raw):
        if field == 6:
            value.decode()
        if field == 2:
            values = next(v for f, v in fields(value) if f == 2)
            n, shift, numbers = 0, 0, []
            for byte in values:
                n |= (byte & 0x7f) << shift
                shift += 7
                if byte < 0x80:
                    numbers.append(n)
                    n = shift = 0
            total += numbers[1]
    return total


def sqlite(path):
    db = sqlite3.connect(path)
    assert db.execute('PRAGMA integrity_check').fetchone() == ('ok',)
    return db.execute('SELECT sum(period) FROM samples').fetchone()[0]


def json_of(text, total):
    return total(json.loads(text))


def slices(d):
    """Samples are slices here, which may be joined: there are some, and each ends."""
    return sum({'B': 1, 'E': -1}.get(e['ph'], 0) for e in d['traceEvents'])


# name, command, what the total must be of (samples, period), how it is found: of text, bytes or a path
TABLE = [
    ('folded', ['export', '-f', 'folded', '--value', 'samples'], 0, folded),
    ('callgrind', ['export', '-f', 'callgrind'], 1, callgrind),
    ('dot', ['export', '-f', 'dot', '--percent-limit', '0'], 0, dot),
    ('json', ['export', '-f', 'json'], 1, lambda t: json_of(t, lambda d: sum(s['period'] for e in d['events'] for s in e['samples']))),
    ('csv', ['export', '-f', 'csv'], 1, lambda t: sum(int(r['period']) for r in csv.DictReader(io.StringIO(t, newline='')))),
    ('speedscope', ['export', '-f', 'speedscope'], 1, lambda t: json_of(t, lambda d: sum(sum(p['weights']) for p in d['profiles']))),
    ('gecko', ['export', '-f', 'gecko'], 0, lambda t: json_of(t, lambda d: sum(len(x['samples']['data']) for x in d['threads']))),
    ('chrome', ['export', '-f', 'chrome'], None, lambda t: json_of(t, slices)),
    ('pprof', ['export', '-f', 'pprof'], 1, pprof),
    ('sqlite', ['export', '-f', 'sqlite'], 1, sqlite),
    ('html', ['flame'], 1, page),
    ('svg', ['flame'], 0, svg),
]


def look(name, path, total):
    """The total, or what is wrong."""
    raw = open(path, 'rb').read()
    if name == 'sqlite':
        return sqlite(path)
    if name == 'pprof':
        return pprof(raw)
    text = raw.decode()
    strange = set(re.findall(r'[\x00-\x08\x0b-\x1f\x7f]', text.replace('\r\n', '\n')))
    return 'control characters %r' % strange if strange else total(text)


def try_all(ptk, file, options, wanted, what):
    for name, command, want, total in TABLE:
        run = subprocess.run([ptk, *command, '-i', file, *options, '-o', 'odd.' + name], stderr=subprocess.PIPE, text=True)
        if run.returncode and 'libsqlite3' in run.stderr:
            print('ok %s %s # SKIP no libsqlite3' % (name, what))
            continue
        try:
            got, why = look(name, 'odd.' + name, total), ''
        except Exception as e:
            got, why = None, '%s: %s %s' % (type(e).__name__, e, run.stderr)
        if not why and got != (0 if want is None else wanted[want]):
            why = 'adds up to %s, not %s' % (got, wanted)
        print(('not ok ' if why else 'ok ') + name + ' ' + what + (': ' + why.replace('\n', ' ') if why else ''))


def reported(ptk, file, options):
    out = subprocess.run([ptk, 'report', '-i', file, '-q', '--no-children', '-g', 'none', '-t', ',', '-F', 'sample,period', *options],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    rows = [line.split(',') for line in out.splitlines() if line.strip()]
    return sum(int(r[0]) for r in rows), sum(int(r[1]) for r in rows)


def main():
    ptk = sys.argv[1]
    if len(sys.argv) > 2:
        options = sys.argv[3:]
        try_all(ptk, sys.argv[2], options, reported(ptk, sys.argv[2], options), 'adds up to the report ' + ' '.join(options))
        return
    with open('odd.pb', 'wb') as f:
        f.write(profile())
    try_all(ptk, 'odd.pb', [], (COUNT, PERIOD), 'escapes odd names, and adds up')


main()
