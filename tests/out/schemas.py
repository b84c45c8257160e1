# SPDX-License-Identifier: GPL-2.0-or-later
"""
schemas.py KIND FILE [SCHEMA]: a file against the published description of its format; prints "ok WHAT" or "not ok WHAT: …" a line.
  gecko       src/types/gecko-profile.ts of github.com/firefox-devtools/profiler (the profiler converts it to its processed format)
  trace       "Trace Event Format" (docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU), which Perfetto reads
  speedscope  SCHEMA: file-format-schema.json of the npm package
"""
import json
import sys


def fail(at, what):
    raise ValueError('%s: %s' % (at or 'the file', what))


def want(good, at, what):
    if not good:
        fail(at, what)


def number(v):
    return isinstance(v, (int, float)) and not isinstance(v, bool)


def table(t, at, columns):
    """{schema: name to column, data: rows}; a column is name: test."""
    want(list(t['schema']) == list(columns)[:len(t['schema'])] and list(t['schema'].values()) == list(range(len(t['schema']))), at, 'schema %s' % t['schema'])
    for row in t['data']:
        for (name, test), value in zip(columns.items(), row):
            want(test(value), at, '%s is %r' % (name, value))


def gecko(d):
    meta = d['meta']
    for key in ('version', 'startTime', 'interval', 'processType'):
        want(number(meta[key]), 'meta', key)
    for key in ('stackwalk', 'debug', 'gcpoison', 'asyncstack'):
        want(meta[key] in (0, 1), 'meta', key)
    want(meta['shutdownTime'] is None or number(meta['shutdownTime']), 'meta', 'shutdownTime')
    for c in meta['categories']:
        want(isinstance(c['name'], str) and isinstance(c['color'], str) and all(isinstance(s, str) for s in c['subcategories']), 'categories', c)
    want(all(isinstance(d[k], list) for k in ('libs', 'threads', 'pausedRanges', 'processes')), '', 'lists')
    for n, t in enumerate(d['threads']):
        at = 'threads[%d]' % n
        want(isinstance(t['name'], str) and isinstance(t['processType'], str) and number(t['registerTime']), at, 'names')
        want(number(t['tid']) and number(t['pid']) and (t['unregisterTime'] is None or number(t['unregisterTime'])), at, 'ids')
        strings, stacks, frames = t['stringTable'], t['stackTable']['data'], t['frameTable']['data']
        want(all(isinstance(s, str) for s in strings), at, 'strings')
        def below(n, null=True): return lambda v: (null and v is None) or (isinstance(v, int) and 0 <= v < n)
        def null_or_number(v): return v is None or number(v)
        table(t['markers'], at, dict.fromkeys(('name', 'startTime', 'endTime', 'phase', 'category', 'data'), lambda v: True))
        table(t['samples'], at, {'stack': below(len(stacks)), 'time': number, 'responsiveness': number})
        table(t['stackTable'], at, {'prefix': below(len(stacks)), 'frame': below(len(frames), False)})
        # "optimizations" is in the versions up to 26 alone
        table(t['frameTable'], at, {'location': below(len(strings), False), 'relevantForJS': lambda v: isinstance(v, bool), 'innerWindowID': null_or_number,
                                    'implementation': below(len(strings)), 'optimizations': null_or_number, 'line': null_or_number, 'column': null_or_number,
                                    'category': below(len(meta['categories'])), 'subcategory': null_or_number})


def trace(d):
    want(d['displayTimeUnit'] in ('ms', 'ns'), '', 'displayTimeUnit')
    open_, ends = {}, {}
    for n, e in enumerate(d['traceEvents']):
        at, track = 'traceEvents[%d]' % n, (e.get('pid'), e.get('tid'))
        want(e['ph'] in 'BEXiMsf' and all(isinstance(e[k], int) for k in ('pid', 'tid')), at, e)
        if e['ph'] == 'M':
            want(e['name'] in ('thread_name', 'process_name') and isinstance(e['args']['name'], str), at, e)
            continue
        want(number(e['ts']) and e['ts'] >= 0, at, e)
        want(e['ph'] == 'E' or isinstance(e['name'], str), at, e)
        if e['ph'] == 'X':
            want(number(e['dur']) and e['dur'] >= 0, at, e)
        elif e['ph'] == 'i':
            want(e['s'] in 'gpt', at, e)
        elif e['ph'] in 'sf':
            want('id' in e and isinstance(e['cat'], str), at, e)
            ends[e['id']] = ends.get(e['id'], '') + e['ph']
        elif e['ph'] in 'BE':
            open_[track] = open_.get(track, 0) + (1 if e['ph'] == 'B' else -1)
            want(open_[track] >= 0, at, 'ends what was not begun')
    want(not any(open_.values()), '', 'slices that do not end')
    want(all(e == 'sf' for e in ends.values()), '', 'flows without both ends')


TYPES = {'object': dict, 'array': list, 'string': str, 'boolean': bool, 'null': type(None)}


def valid(v, s, root, at=''):
    """The part of JSON Schema that the schema uses."""
    if '$ref' in s:
        name = s['$ref'].split('/')[1:]
        target = root
        for part in name:
            target = target[part]
        return valid(v, target, root, at)
    if 'anyOf' in s or 'oneOf' in s:
        problems = []
        for choice in s.get('anyOf') or s['oneOf']:
            try:
                return valid(v, choice, root, at)
            except ValueError as e:
                problems.append(str(e))
        fail(at, 'no choice fits: %s' % problems)
    if 'enum' in s:
        want(v in s['enum'], at, v)
    if 'const' in s:
        want(v == s['const'], at, v)
    kind = s.get('type')
    if kind in ('number', 'integer'):
        want(number(v), at, v)
    elif kind:
        want(isinstance(v, TYPES[kind]), at, v)
    if isinstance(v, dict):
        for key in s.get('required', []):
            want(key in v, at, key + ' is missing')
        for key, value in v.items():
            if key in s.get('properties', {}):
                valid(value, s['properties'][key], root, at + '.' + key)
    if isinstance(v, list) and isinstance(s.get('items'), dict):
        for n, value in enumerate(v):
            valid(value, s['items'], root, '%s[%d]' % (at, n))


def main():
    kind, path = sys.argv[1:3]
    try:
        d = json.load(open(path, encoding='utf-8'))
        if kind == 'speedscope':
            schema = json.load(open(sys.argv[3], encoding='utf-8'))
            valid(d, schema, schema)
        else:
            {'gecko': gecko, 'trace': trace}[kind](d)
        print('ok %s is what its description says' % kind)
    except (ValueError, KeyError, TypeError, IndexError) as e:
        print('not ok %s: %s %s' % (kind, type(e).__name__, str(e).replace('\n', ' ')[:300]))


main()
