"""faults-window.py PREFIX STATE SCREENSHOTS LANGUAGE: odd messages, an empty mailbox, and the things that are asked about first."""
import base64
import glob
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scene import SOSIK, STATE, case, chosen, eventually, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

SAVED = os.path.join(STATE, 'saved')
HEAD = b'From: Bob <bob@lab.test>\r\nTo: alice@lab.test\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n'


def ready(scene, *users, **ports):
    for user in users or ('alice',):
        scene.account(user, **ports)
    scene.start()
    scene.inbox()


def row(scene, subject):
    return scene.app.wait('list item|table row', re.escape(subject))


def opened(scene, subject, text):
    scene.app.click(row(scene, subject))
    scene.app.wait('text', None, condition=lambda n: text in n.text)


@case
def an_empty_mailbox_says_so(scene):
    scene.empty('alice')
    ready(scene)
    scene.says('^No Messages$')
    scene.shot()
    scene.quit()


@case
def odd_messages_are_listed_and_can_be_read(scene):
    scene.empty('alice')
    scene.append('alice', 'INBOX', b'\r\nThis one has no headers at all.\r\n')
    scene.append('alice', 'INBOX', HEAD + b'Subject: No body\r\n\r\n')
    scene.append('alice', 'INBOX', HEAD + b'Subject: Null bytes\r\n\r\nBefore\0\0 and after the null bytes.\r\n')
    scene.append('alice', 'INBOX', HEAD + b'Subject: Lying charset\r\nContent-Type: text/plain; charset=us-ascii\r\n'
                 b'Content-Transfer-Encoding: 8bit\r\n\r\n' + '거짓말하는 문자 집합입니다.\r\n'.encode('cp949'))
    scene.append('alice', 'INBOX', HEAD + b'Subject: Broken parts\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n'
                 b'Content-Type: text/plain\r\n\r\nThe only part, never closed.\r\n')
    scene.append('alice', 'INBOX', HEAD + 'Subject: 날것 그대로의 제목\r\n'.encode('cp949') + b'\r\nA raw subject.\r\n')
    scene.append('alice', 'INBOX', HEAD + b'Subject: ' + b'Long ' * 4000 + b'\r\n\r\nA long subject.\r\n')
    ready(scene)
    opened(scene, 'Null bytes', 'and after the null bytes')
    opened(scene, 'Lying charset', '거짓말하는 문자 집합입니다')
    opened(scene, 'Broken parts', 'The only part, never closed')
    opened(scene, '날것 그대로의 제목', 'A raw subject')
    opened(scene, 'Long Long', 'A long subject')
    opened(scene, '(No subject)', 'This one has no headers at all')
    scene.shot('no-headers')
    scene.app.click(row(scene, 'No body'))
    scene.app.wait('label', '^No body$')
    assert not scene.app.find('label', 'The Message Cannot Be Opened')
    scene.shot('no-body')
    scene.quit()


@case
def an_attachment_cannot_choose_its_place(scene):
    """Neither out of the folder nor hidden."""
    os.makedirs(SAVED)
    scene.empty('alice')
    scene.append('alice', 'INBOX', HEAD + b'Subject: Climbing\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee the file.\r\n'
                 b'--x\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="../../.bashrc"\r\n\r\n'
                 b'echo gotcha\r\n--x--\r\n')
    ready(scene)
    opened(scene, 'Climbing', 'See the file')
    assert not scene.app.find(None, r'\.\./'), 'the path is shown'
    scene.app.wait(None, r'\bbashrc')
    scene.shot('shown')
    scene.app.click('push button|toggle button', '^More for bashrc')
    scene.app.click(None, 'Save .*As…')
    scene.app.wait(None, exact('Save Attachment'))
    name = scene.app.wait('text', None, condition=lambda n: 'bashrc' in n.text)
    assert name.text == 'bashrc', name.text
    scene.shot('dialog')
    scene.app.key('ctrl+a')
    scene.app.type(os.path.join(SAVED, 'bashrc'))
    scene.app.key('Return')
    eventually(lambda: os.path.exists(os.path.join(SAVED, 'bashrc')), what='the file')
    assert not os.path.exists(os.path.expanduser('~/.bashrc'))
    scene.quit()


def holiday_left_on_the_server(scene, content, rate, before=b'', kind=b'application/octet-stream'):
    """A mail with these parts and a file holiday.bin is open, and its files have not come; they will, at this rate."""
    encoded = base64.encodebytes(content).replace(b'\n', b'\r\n')
    scene.empty('alice')
    scene.append('alice', 'INBOX', HEAD + b'Subject: Holiday\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n'
                 b'Content-Type: text/plain\r\n\r\nSee the pictures.\r\n' + before + b'--x\r\nContent-Type: ' + kind + b'\r\n'
                 b'Content-Disposition: attachment; filename=holiday.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n' + encoded + b'--x--\r\n')
    scene.proxy(993, 993, '--rate', str(rate))
    scene.account('alice', imap=993)
    name = os.path.join(scene.profile, 'config', 'accounts', 'alice.ini')
    with open(name, 'a', encoding='utf-8') as file:
        file.write('\n[Sync]\nBodies=opening\n')
    scene.start()
    scene.inbox()
    opened(scene, 'Holiday', 'See the pictures')
    scene.app.wait('push button|toggle button', r'Open holiday\.bin, 6.* not on this computer yet')


@case
def an_attachment_left_on_the_server_comes_when_it_is_wanted(scene):
    """The text is there at once; the file says where it is, comes with a progress that can be stopped, and is whole."""
    os.makedirs(SAVED, exist_ok=True)
    target = os.path.join(SAVED, 'holiday.bin')
    content = bytes(range(256)) * 24000
    holiday_left_on_the_server(scene, content, 12)
    area = next(a for a in scene.app.wait('push button|toggle button', r'^Open holiday').ancestors if a.role == 'scroll pane')
    assert area.extents[3] < 60, f'{area.extents[3]} pixels for one row of attachments'
    scene.shot('left')

    def save():
        scene.app.click('push button|toggle button', r'^More for holiday\.bin')
        scene.app.click(None, 'Save .*As…')
        scene.app.wait(None, exact('Save Attachment'))
        scene.app.wait('text', None, condition=lambda n: 'holiday.bin' in n.text)
        scene.app.key('ctrl+a')
        scene.app.type(target)
        scene.app.key('Return')
        return scene.app.wait('push button', r'^Cancel fetching holiday\.bin')

    stop = save()
    scene.says(r'^[1-9]\d?% of 6\.1')
    scene.shot('fetching')
    scene.app.click(stop)
    scene.app.wait('push button|toggle button', 'not on this computer yet')
    assert not os.path.exists(target), 'saved though it was stopped'
    save()
    eventually(lambda: os.path.exists(target), what='the file')
    with open(target, 'rb') as file:
        assert file.read() == content, 'the file is not what was sent'
    scene.app.wait('push button|toggle button', r'^Open holiday\.bin, [^,]*$')
    scene.shot('here')
    scene.quit()


@case
def saving_all_can_be_stopped(scene):
    """Cancel at one file stops what saves them all: nothing was written; and what prints it.  The source, too, is fetched once however often it is asked for."""
    folder = os.path.join(SAVED, 'all')
    os.makedirs(folder, exist_ok=True)
    holiday_left_on_the_server(scene, bytes(range(256)) * 24000, 8, b'--x\r\nContent-Type: text/csv\r\n'
                               b'Content-Disposition: attachment; filename=note.csv\r\n\r\n1,2\r\n', kind=b'text/plain')
    scene.app.click('push button', exact('Save All…'))
    scene.app.wait(None, exact('Save All Attachments'))
    time.sleep(.5)
    scene.app.key('ctrl+l')
    scene.app.type(folder)
    time.sleep(.5)
    scene.app.key('Return')
    scene.app.click('push button', r'^Cancel fetching holiday\.bin', timeout=60)
    scene.app.wait('push button|toggle button', r'Open holiday\.bin, 6.* not on this computer yet')
    assert not os.listdir(folder), f'saved though it was stopped: {os.listdir(folder)}'
    scene.shot('stopped')
    scene.app.click('push button|toggle button', r'^More for holiday\.bin')
    scene.app.click(None, exact('_Print…'))
    scene.app.click('push button', r'^Cancel fetching holiday\.bin')
    scene.app.wait('push button|toggle button', r'Open holiday\.bin, 6.* not on this computer yet', timeout=3)
    assert not scene.app.find('dialog'), 'somebody asks or says something though it was stopped'
    for _ in range(3):
        scene.app.key('ctrl+shift+u')
    scene.app.wait('frame|window|dialog', exact('Source of the Message'), timeout=60)
    time.sleep(2)
    source, = scene.app.root.find_all('frame|window|dialog', exact('Source of the Message'))
    scene.shot('source')
    assert 'Subject: Holiday\nMIME-Version: 1.0\n' in source.find('text', exact('Source of the message')).text, 'lines are lost, or doubled'
    scene.app.key('Escape')
    scene.app.wait_gone('frame|window|dialog', exact('Source of the Message'))
    scene.quit()


@case
def deleting_for_good_asks(scene):
    scene.empty('alice')
    scene.append('alice', 'INBOX', HEAD + b'Subject: Precious\r\n\r\nKeep me.\r\n')
    ready(scene)
    opened(scene, 'Precious', 'Keep me')
    scene.app.key('shift+Delete')
    scene.says('Delete 1 message for good')
    scene.shot('asked')
    scene.app.click('push button', exact('Cancel'))
    time.sleep(1)
    assert lab.messages('alice', 'INBOX')
    row(scene, 'Precious')
    scene.app.key('shift+Delete')
    scene.says('Delete 1 message for good')
    scene.app.click('push button', exact('Delete'))
    scene.app.wait_gone('list item|table row', 'Precious')
    eventually(lambda: not lab.messages('alice', 'INBOX'), what='gone from the server')
    assert not [m for _f, m in lab.messages('alice', 'Trash') if m['Subject'] == 'Precious'], 'it went to Trash'
    scene.quit()


def secret(user):
    done = subprocess.run(['secret-tool', 'lookup', 'account', user, 'protocol', 'imap'], stdout=subprocess.PIPE, check=False)
    return done.stdout.decode()


def holds(folder, word):
    """Whether any file below has the word in it."""
    for path in glob.glob(os.path.join(folder, '**', '*'), recursive=True):
        if os.path.isfile(path):
            with open(path, 'rb') as file:
                if word in file.read():
                    return path
    return None


@case
def two_accounts_and_one_removed(scene):
    scene.empty('alice', 'bob')
    scene.append('alice', 'INBOX', HEAD + b'Subject: For Alice\r\n\r\nHello Alice.\r\n')
    scene.append('bob', 'INBOX', HEAD + b'Subject: For Bob\r\n\r\nXyzzyplugh, Bob.\r\n')
    ready(scene, 'alice', 'bob')
    inboxes = eventually(lambda: len(found := scene.app.root.find_all('list item', '^Inbox')) == 2 and found, what='two inboxes')
    subjects = set()
    for inbox in inboxes:
        scene.app.click(inbox)
        subjects.add(scene.app.wait('list item|table row', 'For (Alice|Bob)').name.partition('For ')[2].split(',')[0].split('\n')[0].split()[0])
        time.sleep(1)
    assert subjects == {'Alice', 'Bob'}, subjects
    scene.shot('both')
    eventually(lambda: holds(scene.profile, b'Xyzzyplugh'), what='the text of Bob\'s mail in the profile')
    scene.account_page('bob@lab.test')
    scene.app.click('push button', 'Remove the account “.*bob@lab.test')
    scene.says('Remove the account “')
    scene.shot('asked')
    scene.app.click('push button', exact('Cancel'))
    time.sleep(1)
    assert secret('bob') == 'bobpw'
    scene.app.click('push button', 'Remove the account “.*bob@lab.test')
    scene.app.click('push button', exact('Remove'))
    scene.app.wait_gone('push button', 'Remove the account “.*bob@lab.test')
    scene.app.key('Escape')
    eventually(lambda: len(scene.app.root.find_all('list item', '^Inbox')) == 1, what='one inbox')
    row(scene, 'For Alice')
    assert not secret('bob'), 'the password is still in the keyring'
    assert secret('alice') == 'alicepw'
    assert os.listdir(os.path.join(scene.profile, 'config', 'accounts')) == ['alice.ini']
    scene.quit()
    left = holds(scene.profile, b'Xyzzyplugh')
    assert not left, f'Bob\'s mail still lies in {left}'
    assert lab.messages('bob', 'INBOX'), 'it is gone from the server too'


@case
def the_last_account_removed_leads_to_the_welcome(scene):
    scene.empty('alice')
    ready(scene)
    scene.account_page('alice@lab.test')
    scene.app.click('push button', 'Remove the account “')
    scene.app.click('push button', exact('Remove'))
    scene.says('There is no account yet')
    scene.app.key('Escape')
    scene.app.wait('push button', exact('Add Account'))
    scene.quit()
    scene.start()
    scene.app.wait('push button', exact('Add Account'))
    scene.quit()


def size(scene):
    window = max(scene.app._windows(), key=lambda w: w['width'])
    return window['width'], window['height']


@case
def size_and_folder_are_remembered(scene):
    scene.empty('alice')
    scene.append('alice', 'Archive', HEAD + b'Subject: From long ago\r\n\r\nHello.\r\n')
    ready(scene)
    scene.app.click('list item', '^Archive')
    row(scene, 'From long ago')
    scene.app.resize(1000, 700)
    before = size(scene)
    scene.quit()
    scene.start()
    row(scene, 'From long ago')
    time.sleep(.5)
    assert size(scene) == before, f'{size(scene)} instead of {before}'
    scene.quit()


@case
def one_profile_is_one_program_and_two_windows_are_no_trouble(scene):
    scene.empty('alice')
    scene.append('alice', 'INBOX', HEAD + b'Subject: In both windows\r\n\r\nHello.\r\n')
    ready(scene)
    row(scene, 'In both windows')
    scene.invoke()  # hands over and ends at once
    scene.app.key('ctrl+shift+n')
    eventually(lambda: len(scene.app.root.find_all('list item|table row', 'In both windows')) == 2, what='a second window')
    scene.app.click(scene.app.nth(-1, 'list item|table row', 'In both windows'))
    scene.app.key('Delete')
    eventually(lambda: not scene.app.root.find_all('list item|table row', 'In both windows'), what='gone from both')
    scene.shot()
    scene.app.key('ctrl+w')
    time.sleep(1)
    assert scene.app.process.poll() is None, 'closing one window ended the program'
    scene.quit()


@case
def two_profiles_are_two_programs(scene):
    scene.account()
    scene.start()
    other = subprocess.Popen([SOSIK, '--profile', scene.profile + '-other'], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    try:
        time.sleep(3)
        assert other.poll() is None, 'the other profile ended at once'
    finally:
        other.kill()
        other.wait()


if __name__ == '__main__':
    main(chosen([
        an_empty_mailbox_says_so, odd_messages_are_listed_and_can_be_read, an_attachment_cannot_choose_its_place,
        an_attachment_left_on_the_server_comes_when_it_is_wanted, saving_all_can_be_stopped,
        deleting_for_good_asks, two_accounts_and_one_removed, the_last_account_removed_leads_to_the_welcome,
        size_and_folder_are_remembered, one_profile_is_one_program_and_two_windows_are_no_trouble, two_profiles_are_two_programs]), finish)
