"""faults-secrets.py PREFIX STATE SCREENSHOTS LANGUAGE: passwords typed into the wizard and into the window that asks for one, and what an account that signs in by
the browser gets (LAB_OAUTH), access and refresh tokens, codes and verifiers, are nowhere to be found: not in the log, in the trace, in the database and its WAL, in any other file of the profile or the session, in the environment and the command lines of the
program's processes, in a core.  Closes with "figure: secrets_found N count"."""
import base64
import glob
import os
import resource
import signal
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser, account, do, given, kick, sign_in, told  # noqa: E402
from scene import SCREENSHOTS, STATE, case, chosen, eventually, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

WRONG = 'certainly-not-right-77'
found = []


def forms(secret, user='alice@lab.test'):
    """The secret as it may be written, whatever stands around it."""
    yield secret.encode()
    yield secret.encode('utf-16-le')
    yield secret.encode().hex().encode()
    quoted = urllib.parse.quote(secret, safe='')
    if quoted != secret:
        yield quoted.encode()
    for shift in range(3):
        encoded = base64.b64encode(b'x' * shift + secret.encode())
        yield encoded[(0, 2, 3)[shift]:len(encoded) - (0, 3, 2)[(shift + len(secret)) % 3]]
    for name in (user, user.partition('@')[0]):
        yield base64.b64encode(f'\0{name}\0{secret}'.encode())


PASSWORDS = sorted({form for secret in ('alicepw', WRONG) for form in forms(secret)})


def needles():
    """Tokens are known when they were given."""
    return PASSWORDS + sorted({form for secret in set(given()) for form in forms(secret)})


def look(where, content):
    for needle in needles():
        if needle in content:
            found.append(f'{where}: {needle!r}')


def look_into_file(name):
    try:
        with open(name, 'rb') as file:
            look(name, file.read())
    except OSError:  # a socket, or it is gone
        pass


def look_below(*folders):
    count = 0
    for folder in folders:
        for below, _folders, names in os.walk(folder):
            for name in names:
                if os.path.isfile(os.path.join(below, name)):
                    look_into_file(os.path.join(below, name))
                    count += 1
    return count


def look_at_processes(scene):
    family = scene.app.family()
    for pid in family:
        for what in ('environ', 'cmdline'):
            look_into_file(f'/proc/{pid}/{what}')
        try:
            with open(f'/proc/{pid}/coredump_filter', encoding='utf-8') as file:
                kept = file.read().strip()
        except OSError:  # it ended meanwhile
            continue
        assert kept == '' or int(kept, 16) == 0, f'a core of {pid} would have its memory: {kept}'
    return len(family)


def look_into_core(scene):
    """The program dies, and the kernel writes what it may."""
    with open('/proc/sys/kernel/core_pattern', encoding='utf-8') as file:
        pattern = file.read().strip()
    if not pattern.startswith('core'):
        print(f'# no core lies around here: {pattern}')
        return
    pid = scene.app.process.pid
    folder = os.readlink(f'/proc/{pid}/cwd')
    resource.prlimit(pid, resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    os.kill(pid, signal.SIGSEGV)
    scene.app.process.wait(20)
    cores = glob.glob(os.path.join(folder, 'core*'))
    assert cores, 'no core was written'
    for name in cores:
        with open(name, 'rb') as file:
            assert file.read(4) == b'\x7fELF'
        look_into_file(name)
        os.remove(name)


def look_everywhere(scene, *others):
    # What the program and the session write; the servers' own files have the passwords of all.
    folders = [scene.profile, SCREENSHOTS, *others,
               *(os.environ[name] for name in ('HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR')
                 if name in os.environ)]
    assert look_below(*folders) > 3
    assert not found, '\n'.join(found)


def trace(name):
    os.environ['SOSIK_TRACE'] = os.path.join(STATE, name)
    return os.environ['SOSIK_TRACE']


@case
def the_wizard_leaves_no_trace_of_the_password(scene):
    name = trace('wizard-trace')
    scene.usual_ports()
    scene.append('alice', 'INBOX', b'From: bob@lab.test\r\nSubject: To be kept\r\n\r\nHello.\r\n')
    scene.start()
    scene.app.click('push button', exact('Add Account'))
    scene.app.fill('text', exact('Your name'), 'Alice Lee')
    scene.app.fill('text', exact('E-mail address'), 'alice@lab.test')
    scene.app.click('push button', exact('Continue'))
    scene.app.wait('push button', exact('Sign In'), timeout=60)
    scene.app.fill('text|password text', exact('Password'), WRONG)
    scene.app.click('push button', exact('Sign In'), timeout=60)
    scene.says('did not accept', timeout=60)
    look_at_processes(scene)
    scene.app.fill('text|password text', exact('Password'), 'alicepw')
    scene.app.click('push button', exact('Sign In'), timeout=60)
    scene.app.wait('list item|table row', 'To be kept', timeout=60)
    scene.compose('bob@lab.test', 'Sent with a password', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Sent with a password', what='the message')
    look_at_processes(scene)
    look_everywhere(scene)  # the WAL is there
    scene.quit()
    look_into_file(name)
    with open(name, encoding='utf-8') as file:
        assert file.read().count('(secret)') >= 3, 'the trace has no sign-in'
    look_everywhere(scene)


@case
def a_password_that_is_asked_for_leaves_no_trace(scene):
    name = trace('asked-trace')
    scene.account(secret=False)
    scene.start()
    for password in (WRONG, 'alicepw'):
        eventually(lambda: scene.app.find(None, 'Password for alice@lab.test'), what='the question')
        scene.app.fill('text|password text', exact('Password'), password)
        scene.app.click('push button', exact('Sign In'))
        if password == WRONG:
            scene.says('did not accept', timeout=60)
    scene.inbox()
    look_at_processes(scene)
    look_into_core(scene)
    look_into_file(name)
    look_everywhere(scene)


@case
def an_account_of_the_browser_leaves_no_trace_of_its_tokens(scene):
    name = trace('browser-trace')
    account(scene)
    browser = Browser(scene)
    scene.start()
    sign_in(scene, browser)
    scene.inbox()
    scene.compose('bob@lab.test', 'Sent with a token', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Sent with a token', what='the message')
    # Refused, and then another one.
    do(expire='1')
    scene.append('alice', 'INBOX', b'From: bob@lab.test\r\nSubject: By another token\r\n\r\nHello.\r\n')
    kick()
    scene.app.wait('list item|table row', 'By another token', timeout=60)
    look_at_processes(scene)
    look_everywhere(scene)
    scene.quit()
    scene.start()
    scene.inbox()
    assert told().count('token refresh_token ok') >= 2
    assert len(set(given())) >= 2 + 3 * 2, 'a code, a verifier, and three times two tokens'
    look_at_processes(scene)
    look_into_core(scene)
    look_into_file(name)
    with open(name, encoding='utf-8') as file:
        assert file.read().count('(secret)') >= 3, 'the trace has no sign-in'
    look_everywhere(scene)
    assert not found, '\n'.join(found)


def finish_with_figure():
    print(f'# figure: secrets_found {len(found)} count', flush=True)
    finish()


if __name__ == '__main__':
    main(chosen([the_wizard_leaves_no_trace_of_the_password, a_password_that_is_asked_for_leaves_no_trace,
                 an_account_of_the_browser_leaves_no_trace_of_its_tokens]), finish_with_figure)
