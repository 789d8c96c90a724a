"""faults-step.py PREFIX STATE SCREENSHOTS LANGUAGE: the window says when it was in step, or why it is not; the trace for a report of a bug;
what is kept on this computer."""
import base64
import configparser
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scene import BASE, STATE, case, chosen, eventually, exact, finish  # noqa: E402
from tap import main  # noqa: E402

HEAD = b'From: Bob <bob@lab.test>\r\nTo: alice@lab.test\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n'
SAVED = os.path.join(STATE, 'saved')


def step_of(scene, folder):
    """What the tooltip of a folder's row says: GTK hands it to a screen reader as the description."""
    return scene.app.wait('list item', f'^{folder}').description


@case
def each_folder_says_when_and_how_it_was_in_step_and_what_is_in_it(scene):
    scene.empty('alice')
    kept = HEAD + b'Subject: Kept\r\n\r\nHello.\r\n'
    scene.append('alice', 'Archive', kept)
    scene.append('alice', 'Archive', kept + b'And more of it.\r\n' * 300)
    scene.account()
    scene.start()
    scene.inbox()
    for folder in ('Inbox', 'Archive', 'Trash'):
        said = eventually(lambda name=folder: re.search(r'In step at \d+:\d+', step_of(scene, name)) and step_of(scene, name),
                          what=f'{folder}: {step_of(scene, folder)}')
        assert re.search(r': (compared with the server|the server )', said), said
    size = f'{(2 * len(kept) + 300 * 17) / 1000:.1f}'
    eventually(lambda: re.search(rf'^2 messages, {re.escape(size)}\xa0kB$', step_of(scene, 'Archive'), re.M), what=step_of(scene, 'Archive'))
    assert re.search('^No messages$', step_of(scene, 'Trash'), re.M), step_of(scene, 'Trash')
    scene.append('alice', 'Archive', kept)
    eventually(lambda: re.search(r'^3 messages, ', step_of(scene, 'Archive'), re.M), what=step_of(scene, 'Archive'))
    scene.shot()
    scene.quit()


@case
def a_reason_and_a_way_out_and_in_step_again(scene):
    scene.empty('alice')
    proxy = scene.proxy(993, 993)
    scene.account(imap=993, smtp=993)
    scene.start()
    scene.inbox()
    proxy.stop()
    scene.app.wait('list item', r'alice@lab.test, .*Trying again at', timeout=60)
    scene.shot('offline')
    scene.append('alice', 'INBOX', HEAD + b'Subject: Meanwhile\r\n\r\nHello.\r\n')
    for _ in range(3):
        button = scene.app.wait('push button', exact('Try Again'))
        proxy = scene.proxy(993, 993)
        if not scene.app.find('list item', 'alice@lab.test, In step at'):
            break
        # It came back by itself just then, which proves nothing
        proxy.stop()
        scene.app.wait('list item', r'alice@lab.test, .*Trying again at', timeout=60)
    begin = time.time()
    scene.app.click(button)
    scene.app.wait('list item', 'alice@lab.test, In step at', timeout=60)
    assert time.time() - begin < 10, 'the back-off was not cut short'
    scene.app.wait('list item|table row', 'Meanwhile')
    scene.quit()


@case
def the_trace_is_saved_without_the_password(scene):
    os.makedirs(SAVED, exist_ok=True)
    name = os.path.join(SAVED, 'trace.txt')
    scene.empty('alice')
    scene.append('alice', 'INBOX', HEAD + b'Subject: Private matters\r\n\r\nXyzzyplugh.\r\n')
    scene.account()
    scene.start()
    scene.inbox()
    scene.app.click('list item|table row', 'Private matters')
    scene.app.wait('text', None, condition=lambda n: 'Xyzzyplugh' in n.text)
    scene.app.click('push button', exact('Main Menu'))
    scene.app.click(None, 'Save Protocol .*Trace…')
    scene.app.wait(None, exact('Save Protocol Trace'))
    time.sleep(.5)
    scene.app.key('ctrl+a')
    scene.app.type(name)
    scene.app.key('Return')
    eventually(lambda: os.path.exists(name) and os.path.getsize(name) > 0, what='the file')
    with open(name, encoding='utf-8') as file:
        trace = file.read()
    assert 'Sosik ' in trace.splitlines()[0], trace[:300]
    assert 'Passwords are struck out' in trace
    assert '(secret)' in trace and re.search(r'\d\d:\d\d:\d\d\.\d{6} \S+ < .*SELECT|> .*SELECT', trace), trace[:2000]
    for forbidden in ('alicepw', base64.b64encode(b'\0alice\0alicepw').decode(), 'Xyzzyplugh', 'Private matters', 'bob@', 'alice@'):
        assert forbidden not in trace, f'{forbidden} stands in the trace'
    assert os.stat(name).st_mode & 0o077 == 0, 'others may read the trace'
    scene.shot()
    scene.quit()


@case
def what_is_kept_here_is_the_persons_choice(scene):
    scene.empty('alice')
    scene.account(imap=BASE + 993, smtp=BASE + 465)
    scene.start()
    scene.inbox()
    scene.account_page('alice@lab.test')
    scene.app.click('combo box|push button|toggle button', 'Whole messages')
    assert not scene.app.unnamed(), scene.app.unnamed()
    scene.shot('choices')
    # Return takes what is under the mouse
    subprocess.run(['xdotool', 'mousemove', '1', '1', 'sleep', '0.5'], check=True)
    scene.app.key('End')
    scene.app.key('Return')
    scene.app.wait('label', '^Those that I open')
    scene.shot('chosen')
    name = os.path.join(scene.profile, 'config', 'accounts', 'alice.ini')

    def written():
        settings = configparser.ConfigParser()
        settings.read(name)
        return settings.get('Sync', 'Bodies', fallback=None) == 'opening'
    eventually(written, 60, 'Bodies=opening in the account file')
    # Who changes the servers afterwards leaves it as it is.
    scene.app.click('push button', exact('Change the account “%s”').replace('%s', re.escape('alice@lab.test')))
    scene.app.fill('text', exact('Your name'), 'Alice Changed')
    scene.app.click('push button', exact('Sign In and Save'))
    scene.app.wait_gone('push button', exact('Sign In and Save'), timeout=60)
    with open(name, encoding='utf-8') as file:
        assert 'Name=Alice Changed' in file.read()
    assert written(), 'what is kept was changed with the servers'
    scene.leave_preferences()
    scene.quit()


if __name__ == '__main__':
    main(chosen([
        each_folder_says_when_and_how_it_was_in_step_and_what_is_in_it, a_reason_and_a_way_out_and_in_step_again,
        the_trace_is_saved_without_the_password, what_is_kept_here_is_the_persons_choice]), finish)
