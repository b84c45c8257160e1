# SPDX-License-Identifier: GPL-2.0-or-later
"""A page in headless Chromium, by the WebDriver protocol of chromedriver (https://www.w3.org/TR/webdriver2/)."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request

KEYS = {'Left': '\ue012', 'Up': '\ue013', 'Right': '\ue014', 'Down': '\ue015', 'Enter': '\ue007', 'Escape': '\ue00c',
        'Home': '\ue011', 'Backspace': '\ue003'}
FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
         '--disable-component-update', '--disable-sync', '--window-size=1200,800']


def chromium():
    return shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')


def check(what, good, seen=''):
    print(('ok ' if good else 'not ok ') + what + ('' if good else ': %r' % (seen,)))


def text(b, id):
    return b.run('return document.getElementById(arguments[0]).textContent', id)


class Browser:
    def __init__(self):
        self.home = tempfile.mkdtemp(prefix='ptk-browser')
        self.driver = subprocess.Popen([shutil.which('chromedriver'), '--port=0'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       text=True, env=dict(os.environ, HOME=self.home))
        for line in self.driver.stdout:
            port = re.search(r'started successfully on port (\d+)', line)
            if port:
                break
        self.base = 'http://127.0.0.1:%s/session' % port.group(1)
        opened = self.call('POST', '', {'capabilities': {'alwaysMatch': {'goog:chromeOptions': {
            'binary': chromium(), 'args': FLAGS + ['--user-data-dir=' + self.home + '/profile']}, 'goog:loggingPrefs': {'browser': 'ALL'}}}})
        self.base += '/' + opened['sessionId']

    def call(self, method, path, body=None):
        data = None if method == 'GET' else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.base + path, data, {'Content-Type': 'application/json'}, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)['value']

    def open(self, path, fragment=''):
        self.call('POST', '/url', {'url': 'about:blank'})
        self.call('POST', '/url', {'url': 'file://' + os.path.abspath(path) + fragment})

    def run(self, script, *args):
        return self.call('POST', '/execute/sync', {'script': script, 'args': list(args)})

    def press(self, selector, *keys):
        """Keys to an element, after which a frame has been drawn."""
        element = self.call('POST', '/element', {'using': 'css selector', 'value': selector})
        self.call('POST', '/element/%s/value' % list(element.values())[0], {'text': ''.join(KEYS.get(k, k) for k in keys)})
        self.settle()

    def click(self, selector):
        element = self.call('POST', '/element', {'using': 'css selector', 'value': selector})
        self.call('POST', '/element/%s/click' % list(element.values())[0])
        self.settle()

    def settle(self):
        self.call('POST', '/execute/async', {'script': 'const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)));', 'args': []})

    def resize(self, width, height):
        self.call('POST', '/window/rect', {'width': width, 'height': height})
        self.settle()

    def scheme(self, name):
        self.cdp('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': name}])
        self.settle()

    def cdp(self, command, **params):
        """A command of the Chrome DevTools Protocol."""
        return self.call('POST', '/goog/cdp/execute', {'cmd': command, 'params': params})

    def tree(self, role):
        """The names that a screen reader has for what has that role (the accessibility tree)."""
        nodes = self.cdp('Accessibility.getFullAXTree')['nodes']
        return [n.get('name', {}).get('value', '') for n in nodes if not n['ignored'] and n.get('role', {}).get('value') == role]

    def complaints(self):
        return [e['message'] for e in self.call('POST', '/se/log', {'type': 'browser'}) if e['level'] == 'SEVERE']

    def close(self):
        try:
            self.call('DELETE', '')
        except OSError:
            pass
        self.driver.terminate()
        self.driver.wait()
        shutil.rmtree(self.home, ignore_errors=True)
