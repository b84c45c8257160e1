# SPDX-License-Identifier: GPL-2.0-or-later
"""speedscope_text.py RELEASE TEXT: speedscope imports what ptk script prints of one thread; at each sample's time it has its stack."""
import base64
import json
import os
import re
import sys
import time
from browser import Browser, check

SAVE = '''window.URL.createObjectURL = blob => { blob.text().then(text => window.saved = text); return '#' }
HTMLAnchorElement.prototype.click = () => {}
const named = [...document.querySelectorAll('div')].filter(div => /Export$/.test(div.innerText))
if (named.length) named[named.length - 1].click()
return named.length'''


def samples_of(path):
    """[(time, [function, …] outermost first)], read as a person would."""
    samples = []
    for line in open(path, encoding='utf-8'):
        head = re.match(r'\S.*\s(\d+\.\d+): ', line)
        if head:
            samples.append((float(head[1]), []))
        elif line.strip():
            name = line.split(None, 1)[1].rsplit(' (', 1)[0]
            samples[-1][1].insert(0, re.sub(r'\+0x[0-9a-f]+$', '', name))
    return samples


def imported(b, release, path):
    """The profile as speedscope saves it, or None."""
    script = os.path.abspath('speedscope-file.js')
    with open(script, 'w') as f:
        f.write('speedscope.loadFileFromBase64(%s, %s)' % (json.dumps(os.path.basename(path)), json.dumps(base64.b64encode(open(path, 'rb').read()).decode())))
    b.open(os.path.join(release, 'index.html'), '#localProfilePath=' + script)
    for _ in range(100):	# it reads the file in its own time
        if b.run('return window.saved ? 1 : 0') or b.run(SAVE) and b.run('return window.saved ? 1 : 0'):
            return json.loads(b.run('return window.saved'))
        time.sleep(0.05)
    return None


def stacks_at(profile, frames, times):
    """What is open at each of these times, which ascend; stacks change between samples."""
    events, open_, at, stacks = profile['events'], [], 0, []
    for t in times:
        while at < len(events) and (events[at]['at'] < t - 1e-9 or t == 0 and events[at]['at'] == 0):
            if events[at]['type'] == 'O':
                open_.append(frames[events[at]['frame']]['name'])
            else:
                open_.pop()
            at += 1
        stacks.append(list(open_))
    return stacks


def main():
    release, path = sys.argv[1:]
    samples = samples_of(path)
    b = Browser()
    try:
        got = imported(b, release, path)
        check('speedscope imports what script prints', got and len(got['profiles']) == 1, b.run('return document.body.innerText')[:300])
        profile, times = got['profiles'][0], [t - samples[0][0] for t, _ in samples]
        check('as long as the samples say', abs(profile['endValue'] - profile['startValue'] - times[-1]) < 1e-6, (profile['endValue'], times[-1]))
        seen = stacks_at(profile, got['shared']['frames'], times)
        wrong = [(t, want, have) for (t, want), have in zip(samples, seen) if want != have]
        check('each sample has its stack', samples and not wrong, (len(wrong), len(samples), wrong[:1]))
        check('and nothing is wrong', not b.complaints(), b.complaints())
    finally:
        b.close()


main()
