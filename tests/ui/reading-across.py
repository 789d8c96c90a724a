"""reading-across.py PREFIX STATE SCREENSHOTS LANGUAGE: messages go to folders of another account, and back."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dragging import drag  # noqa: E402
from listing import with_file  # noqa: E402
from scene import case, chosen, eventually, exact, finish, lab, words  # noqa: E402
from tap import main  # noqa: E402


def message(subject):
    return (f'From: Bob <bob@lab.test>\r\nTo: alice@lab.test\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{subject}@lab.test>\r\n'
            f'Subject: {subject}\r\n\r\nText of {subject}.\r\n').encode()


def subjects(user, folder):
    return sorted(str(found['Subject']) for _flags, found in lab.messages(user, folder))


def row(scene, subject):
    return scene.app.wait('list item|table row', re.escape(subject), timeout=60)


def begin(scene, *names, **ports):
    scene.empty('alice', 'bob')
    for name in names:
        scene.append('alice', 'INBOX', message(name))
    scene.account()
    scene.account('bob', **ports)
    scene.start()
    # Both have told their folders.
    eventually(lambda: len(archives(scene)) == 2, what='two archives in the sidebar')
    scene.app.click(inboxes(scene)[0])
    for name in names:
        row(scene, name)


def folders(scene, name):
    """Those in the sidebar, the first account's first."""
    found = scene.app.root.find_all('list item', '^' + re.escape(words(name)) + '(,|$)')
    return sorted((node for node in found if node.showing), key=lambda node: scene.app.center(node)[1])


def archives(scene):
    return folders(scene, 'Archive')


def inboxes(scene):
    return folders(scene, 'Inbox')


def moved(subject):
    return words('%1$u message moved to “%2$s”').replace('%1$u', '1').replace('%2$s', words('Archive') + ', ' + subject)


@case
def a_message_is_dragged_to_another_account_and_undone(scene):
    begin(scene, 'first', 'second')
    drag(scene, row(scene, 'second'), archives(scene)[1])
    scene.app.wait_gone('list item|table row', 'second')
    scene.says('^' + re.escape(moved('bob@lab.test')) + '$')
    scene.shot('toast')
    eventually(lambda: subjects('bob', 'Archive') == ['second'], what='it is in the other account')
    eventually(lambda: subjects('alice', 'INBOX') == ['first'], what='and in the first no more')
    scene.app.click('push button', exact('_Undo'))
    row(scene, 'second')
    eventually(lambda: subjects('alice', 'INBOX') == ['first', 'second'], what='it is back')
    eventually(lambda: subjects('bob', 'Archive') == [], what='and there no more')
    scene.quit()


@case
def a_folder_of_another_account_is_chosen_and_undone_after_a_restart(scene):
    begin(scene, 'first', 'second')
    scene.app.click(row(scene, 'second'))
    scene.app.key('m')
    scene.app.wait('entry', exact('Move to folder'), condition=lambda node: node.has('focused'))
    scene.app.key('Escape')
    eventually(lambda: row(scene, 'second').has('focused'), what='the keyboard at the message again')
    scene.app.key('m')
    scene.app.wait('entry', exact('Move to folder'), condition=lambda node: node.has('focused'))
    scene.shot('chooser')
    scene.app.type('Archive')
    scene.app.click('list item', '^' + re.escape(words('Archive') + ', bob@lab.test') + '$')
    scene.app.wait_gone('list item|table row', 'second')
    eventually(lambda: (subjects('bob', 'Archive'), subjects('alice', 'INBOX')) == (['second'], ['first']), what='moved')
    # It can be read where it is.
    scene.app.click(archives(scene)[1])
    scene.app.click(row(scene, 'second'))
    scene.app.wait('label', '^second$')
    scene.quit()

    scene.start()
    eventually(lambda: len(archives(scene)) == 2, what='the folders')
    scene.app.key('ctrl+h')
    undo = exact('Undo: %s').replace('%s', re.escape(moved('bob@lab.test')))
    scene.app.wait('push button', undo)
    scene.shot('history')
    scene.app.click('push button', undo)
    eventually(lambda: (subjects('bob', 'Archive'), subjects('alice', 'INBOX')) == ([], ['first', 'second']), what='back')
    scene.app.key('Escape')
    scene.quit()


@case
def while_the_other_server_is_away_it_waits(scene):
    port = 20993
    proxy = scene.proxy(port, 993)
    begin(scene, 'first', 'second', imap=port)
    proxy.stop()
    drag(scene, row(scene, 'second'), archives(scene)[1])
    scene.app.wait_gone('list item|table row', 'second')
    # It is there at once, and the original is where it was.
    scene.app.click(archives(scene)[1])
    row(scene, 'second')
    scene.quit()
    assert subjects('alice', 'INBOX') == ['first', 'second']
    scene.proxy(port, 993)
    scene.start()
    eventually(lambda: (subjects('bob', 'Archive'), subjects('alice', 'INBOX')) == (['second'], ['first']), timeout=60, what='moved')
    scene.quit()


@case
def views_are_of_all_accounts(scene):
    scene.empty('alice', 'bob')
    for user in ('alice', 'bob'):
        scene.append(user, 'INBOX', message(f'{user}-plain'))
        scene.append(user, 'Archive', with_file(f'{user}-file', 'Bob'))
        scene.account(user)
    server = lab.imap('bob')
    server.select('INBOX')
    server.store('1', '+FLAGS', r'(\Seen \Flagged)')
    server.select('Archive')
    server.store('1', '+FLAGS', r'(\Seen)')
    server.logout()
    scene.start()

    def shows(view, *expected):
        scene.app.click('list item', '^' + re.escape(words(view)) + r'(, \d+ unread)?$')
        def found():
            return sorted(re.search(r'(alice|bob)-\w+', node.name).group() for node in scene.app.root.find_all('list item|table row', '(alice|bob)-'))
        eventually(lambda: found() == sorted(expected), 60, f'{view} shows {expected}')
        scene.shot(view.replace(' ', '-'))

    shows('All Inboxes', 'alice-plain', 'bob-plain')
    shows('With Attachments', 'alice-file', 'bob-file')
    shows('Unread', 'alice-plain', 'alice-file')
    shows('Starred', 'bob-plain')
    # What is done in one of them is done where the message is.
    server = lab.imap('alice')
    server.select('Archive')
    server.store('1', '+FLAGS', r'(\Flagged)')
    shows('Starred', 'bob-plain', 'alice-file')
    scene.app.click(row(scene, 'bob-plain'))
    scene.app.key('a')
    eventually(lambda: subjects('bob', 'Archive') == ['bob-file', 'bob-plain'] and not subjects('bob', 'INBOX'), what='in the archive of its account')
    scene.quit()


if __name__ == '__main__':
    main(chosen([a_message_is_dragged_to_another_account_and_undone, a_folder_of_another_account_is_chosen_and_undone_after_a_restart,
                 while_the_other_server_is_away_it_waits, views_are_of_all_accounts]),
         finish)
