# SPDX-License-Identifier: GPL-2.0-or-later
"""speedscope_page.py RELEASE FILE NAME: opens a file in speedscope (RELEASE: dist/release of its npm package), as its own command does."""
import base64
import json
import os
import sys
import time
from browser import Browser, check


def main():
    release, path, name = sys.argv[1:]
    script = os.path.abspath('speedscope-file.js')
    with open(script, 'w') as f:
        f.write('speedscope.loadFileFromBase64(%s, %s)' % (json.dumps(os.path.basename(path)), json.dumps(base64.b64encode(open(path, 'rb').read()).decode())))
    b = Browser()
    try:
        b.open(os.path.join(release, 'index.html'), '#localProfilePath=' + script)
        for _ in range(100):	# it reads the file in its own time
            shown = b.run('return document.body.innerText')
            if name in shown:
                break
            time.sleep(0.05)
        check('speedscope shows it', name in shown, shown[:300])
        check('and finds nothing wrong', 'failed' not in shown.lower() and not b.complaints(), (shown[:300], b.complaints()))
    finally:
        b.close()


main()
