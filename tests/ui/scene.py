"""What the fault tests share: a case has its own profile, its own run of the program and its own proxies, and ends without a complaint on stderr.

The servers stay for all cases of a program, ten thousand ports above the usual ones; proxies stand where a case wants them.
"""
import configparser
import contextlib
import functools
import glob
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'repo'))
from access import NoAnswer  # noqa: E402
from drive import App, NotFound  # noqa: E402
from lab import Lab  # noqa: E402
from words import Words  # noqa: E402

PREFIX, STATE, SCREENSHOTS, LANGUAGE = sys.argv[1:5]
SOSIK = os.path.join(PREFIX, 'bin', 'sosik')
TOOLS = os.path.join(HERE, '..', 'lab')
BASE = 10000
NOISE = r'CRITICAL|WARNING|ERROR|Sanitizer|assertion'

words = Words(PREFIX, LANGUAGE)
exact = words.exact
lab = Lab.start(os.path.join(STATE, 'lab'), BASE)


def eventually(condition, timeout=60, what=''):
    """Waits until condition () is true and returns what it gave; of a program that does not answer, nothing is."""
    end = time.time() + timeout
    while True:
        with contextlib.suppress(NoAnswer):
            found = condition()
            if found:
                return found
        assert time.time() < end, f'not after {timeout} s: {what}'
        time.sleep(.2)


def set_clock(value=None):
    """Of the desktop, to '12h' or '24h'; or as nobody has set it."""
    subprocess.run(['gsettings'] + (['set'] if value else ['reset']) + ['org.gnome.desktop.interface', 'clock-format'] + ([value] if value else []), check=True)


class Proxy:
    """tests/lab/proxy between PORT and a port of the servers."""

    def __init__(self, log, port, to, options):
        self.log_name = log
        self.process = subprocess.Popen([os.path.join(TOOLS, 'proxy'), '--listen', str(port), '--to', str(to), '--log', log, *options])
        self.wait('0 -- listening', 60)

    def transcript(self):
        if not os.path.exists(self.log_name):
            return ''
        with open(self.log_name, encoding='utf-8') as file:
            return file.read()

    def wait(self, pattern, timeout=60):
        eventually(lambda: re.search(pattern, self.transcript(), re.M), timeout, f'{pattern} in the transcript\n{self.transcript()}')

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


class Scene:
    def __init__(self, name):
        self.name = name
        self.program = SOSIK
        self.profile = os.path.join(STATE, name)
        self.log = os.path.join(SCREENSHOTS, name + '.log')
        self.app = None
        self.proxies = []
        self.accounts = []
        self.reading = False

    # ---- the other side
    def proxy(self, port, to, *options):
        """to: the usual port of the service."""
        log = os.path.join(SCREENSHOTS, f'{self.name}-{port}-{len(self.proxies)}.log')
        self.proxies.append(Proxy(log, port, BASE + to, options))
        return self.proxies[-1]

    def usual_ports(self):
        """The servers on their usual ports."""
        for port in (993, 465):
            self.proxy(port, port)

    def settings(self, **values):
        """What the program goes by from the beginning; names with _ for -."""
        os.makedirs(os.path.join(self.profile, 'config'), exist_ok=True)
        with open(os.path.join(self.profile, 'config', 'settings.ini'), 'w', encoding='utf-8') as file:
            file.write('[Settings]\n' + ''.join(f'{name.replace("_", "-")}={value}\n' for name, value in values.items()))

    def account(self, user='alice', secret=True, **ports):
        """Mail leaves at once, unless settings () said otherwise; and an account as an administrator would write it; imap=, smtp=: ports where others than the servers' are to be used."""
        subprocess.run([os.path.join(TOOLS, 'profile'), os.path.join(lab.state, 'lab.env'), self.profile, user], check=True)
        if not os.path.exists(os.path.join(self.profile, 'config', 'settings.ini')):
            self.settings(undo_send_seconds=0)
        name = os.path.join(self.profile, 'config', 'accounts', user + '.ini')
        settings = configparser.ConfigParser()
        settings.optionxform = str
        settings.read(name)
        for protocol, port in ports.items():
            settings[protocol.upper()]['Port'] = str(port)
        with open(name, 'w', encoding='utf-8') as file:
            settings.write(file, space_around_delimiters=False)
        if secret:
            subprocess.run([os.path.join(TOOLS, 'secrets'), user, user + 'pw'], check=True)

    def append(self, user, folder, content):
        """A message whatever is in it, as it is."""
        subprocess.run(['doveadm', '-c', os.path.join(lab.state, 'dovecot', 'dovecot.conf'), 'save', '-u', user, '-m', folder],
                       input=content, check=True)

    def empty(self, *users):
        for user in users:
            subprocess.run(['doveadm', '-c', os.path.join(lab.state, 'dovecot', 'dovecot.conf'), 'expunge', '-u', user,
                            'mailbox', '*', 'all'], check=True)

    # ---- the program
    def start(self, *arguments):
        self.reading = False
        self.app = App([self.program, '--profile', self.profile, *arguments], self.log, timeout=60)
        return self.app

    def invoke(self, *arguments):
        """Another start beside the running one; it hands over and ends."""
        subprocess.run([SOSIK, '--profile', self.profile, *arguments], check=True, timeout=60)

    def inbox(self):
        """Waits until the account has been in step once."""
        said = '|'.join(re.escape(words(sentence)).replace('%s', '.*') for sentence in ('In step', 'In step at %s', 'Last in step: %s'))
        narrow = os.environ.get('NARROW')  # by hand: one pane at a time
        if narrow:
            time.sleep(1)
            self.app.key('Escape')
        self.app.wait(None, f'^({said})', timeout=60)
        if narrow:
            self.app.click('list item', words.folder('Inbox'))

    def click_row(self, pattern):
        """A message of the list; where there is room for one pane only, back from another one."""
        if os.environ.get('NARROW') and self.reading:
            self.app.key('Escape')
            time.sleep(.5)
        self.app.click('list item|table row', pattern)
        self.reading = True

    def shot(self, what='end'):
        time.sleep(.3)
        self.app.screenshot(os.path.join(SCREENSHOTS, f'{self.name}-{what}.png'))

    def account_page(self, name):
        """Preferences, and there the page of the account of that name."""
        self.app.key('ctrl+comma')
        self.open_account(name)

    def open_account(self, name):
        # A recipient in a letter may have the same name.
        window = self.app.wait('frame|dialog', exact('Preferences'))
        self.app.click(eventually(lambda: window.find('list item', f'^{re.escape(name)}$'), what=f'the row of {name}'))
        self.app.wait('push button', exact('Change the account “%s”').replace('%s', re.escape(name)))
        time.sleep(.5)

    def leave_preferences(self):
        """From wherever one is in them."""
        for _ in range(4):
            if not self.app.find('frame|dialog', exact('Preferences')):
                return
            self.app.key('Escape')
            time.sleep(.5)
        self.app.wait_gone('frame|dialog', exact('Preferences'))

    def says(self, pattern, timeout=60):
        """A sentence somewhere in the window."""
        return self.app.wait('label', pattern, timeout)

    def compose(self, to='', subject='', text=''):
        self.app.click('push button', exact('New Message'))
        self.app.wait('text', exact('Message text'))
        self.write(to, subject, text)

    def write(self, to='', subject='', text=''):
        if to:
            self.app.fill('text', exact('To'), to)
        if subject:
            self.app.fill('text', exact('Subject'), subject)
        if text:
            self.app.fill('text', exact('Message text'), text)

    def attach(self, path):
        self.app.click('push button', exact('Attach files'))
        self.app.wait(None, exact('Attach Files'))
        time.sleep(.5)
        self.app.key('ctrl+l')
        self.app.type(path)
        time.sleep(.5)
        self.app.key('Return')
        self.app.wait(None, re.escape(os.path.basename(path)))

    def send(self):
        self.app.click('push button', exact('Send'))

    def composer_is_gone(self, timeout=60):
        self.app.wait_gone('push button', exact('Attach files'), timeout)

    def value(self, name):
        """What stands in a field; of recipients, all of them."""
        return ', '.join([*self.chips(name), self.app.wait('text|password text', exact(name)).text]).removesuffix(', ')

    def chips(self, field):
        """The recipients of a field of the composer, each as a screen reader says it."""
        found = self.app.find('list', exact(field))
        return [chip.name for chip in found.find_all('list item')] if found else []

    def wait_for_recipient(self, field, pattern):
        eventually(lambda: any(re.search(pattern, chip) for chip in self.chips(field)), what=f'{pattern} in {field}')

    def saved(self):
        """What is on this computer's disk of all drafts."""
        texts = []
        for name in glob.glob(os.path.join(self.profile, 'data', 'drafts', '**', '*'), recursive=True):
            if os.path.isfile(name):
                with open(name, encoding='utf-8', errors='replace') as file:
                    texts.append(file.read())
        return '\n'.join(texts)

    def outbox(self):
        self.app.click('list item', '^' + re.escape(words('Drafts and Outbox')))

    def quit(self, timeout=60):
        assert self.app.quit(timeout=timeout) == 0
        self.app = None

    def noise(self):
        if not os.path.exists(self.log):
            return []
        with open(self.log, errors='replace') as file:
            return [line.rstrip() for line in file if re.search(NOISE, line)]

    def end(self):
        if self.app:
            self.app.kill()
        for proxy in self.proxies:
            proxy.stop()


def program(scene, name, *kinds):
    """A program of the desktop for these kinds of things that writes down what it is to open, and in which environment; its list."""
    os.makedirs(scene.profile, exist_ok=True)
    opened = os.path.join(scene.profile, name + '-opened')
    path = os.path.join(scene.profile, name)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'#!/bin/sh\nenv > {opened}.environment\necho "$1" >> {opened}\n')
    os.chmod(path, 0o755)
    folder = os.path.join(os.environ['XDG_DATA_HOME'], 'applications')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + '.desktop'), 'w', encoding='utf-8') as file:
        file.write(f'[Desktop Entry]\nType=Application\nName={name}\nExec={path} %u\nMimeType={"".join(kind + ";" for kind in kinds)}\n')
    with open(os.path.join(os.environ['XDG_CONFIG_HOME'], 'mimeapps.list'), 'w', encoding='utf-8') as file:
        file.write('[Default Applications]\n' + ''.join(f'{kind}={name}.desktop\n' for kind in kinds))
    return opened


def case(function):
    """A test of its own: function (scene)."""
    @functools.wraps(function)
    def run():
        scene = Scene(function.__name__.replace('_', '-'))
        begin = time.time()
        try:
            function(scene)
            assert not scene.noise(), '\n'.join(scene.noise()[:20])
        except NotFound as error:  # the tree is of use, but not between the lines of the test
            with open(os.path.join(SCREENSHOTS, scene.name + '-failed.txt'), 'w', encoding='utf-8') as file:
                file.write(str(error))
            scene.shot('failed')
            raise AssertionError(str(error).partition('\n')[0]) from error
        except Exception:
            if scene.app:
                scene.shot('failed')
            raise
        finally:
            scene.end()
            print(f'# {time.time() - begin:.1f} s', flush=True)
    return run


def chosen(tests):
    """All of them, or only those that the variable ONLY matches: by hand, or where a file is two programs."""
    return [test for test in tests if re.search(os.environ.get('ONLY', ''), test.__name__)]


def finish():
    lab.stop()
