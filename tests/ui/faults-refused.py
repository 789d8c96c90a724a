"""faults-refused.py PREFIX STATE SCREENSHOTS LANGUAGE: what the server does not do for a person is said in the window, and the window shows what is true."""
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scene import STATE, case, chosen, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

GOOD = os.path.join(STATE, 'lab', 'certs', 'good.pem')
HEAD = b'From: Bob <bob@lab.test>\r\nTo: alice@lab.test\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\nSubject: '


def in_clear(scene, *options):
    """A proxy that sees the lines of IMAP."""
    return scene.proxy(993, 993, '--tls', GOOD, '--to-tls', *options)


@case
def a_refused_star_move_and_deletion_are_said_and_taken_back(scene):
    scene.empty('alice')
    scene.append('alice', 'INBOX', HEAD + b'Stays as it is\r\n\r\nHello.\r\n')
    scene.append('alice', 'INBOX', HEAD + b'The other one\r\n\r\nHello.\r\n')
    in_clear(scene, '--say-no', r'^\S+ UID (MOVE|STORE .*\\(Flagged|Deleted))')
    scene.account(imap=993)
    scene.start()
    scene.inbox()
    row = 'Bob, Stays as it is'
    scene.app.click('list item|table row', row)
    scene.app.key('s')
    scene.says('did not accept the change to 1 message in .*taken back')
    scene.shot('star')
    assert 'Starred' not in scene.app.wait('list item|table row', row).name, 'the star is still there'
    assert not scene.app.find('label', 'starred'), 'it is still said that it has a star'
    scene.app.click('list item|table row', row)
    scene.app.key('Delete')
    toast = scene.says('did not move 1 message to .Trash.; it is back')
    buttons = toast.parent.parent.parent.find_all('push button')
    assert sorted(b.name.split()[0] for b in buttons) == ['Close', 'Details'], buttons
    scene.app.wait('list item|table row', row)
    scene.shot('move')
    scene.app.click('list item|table row', row)
    scene.app.resize(360, 720)  # the sentence wraps, and its button stays in the window
    scene.app.key('shift+Delete')
    scene.app.click('push button', exact('Delete'))
    toast = scene.says('did not delete 1 message')
    details = toast.parent.parent.parent.find('push button', 'Details')
    assert details.extents[0] + details.extents[2] <= 360 and toast.extents[3] > 30, (details.extents, toast.extents)
    scene.shot('deletion')
    assert len(lab.messages('alice', 'INBOX')) == 2 and not lab.messages('alice', 'Trash')
    scene.quit()


@case
def a_folder_that_is_not_opened_is_not_said_to_be_empty(scene):
    scene.empty('alice')
    scene.append('alice', 'Archive', HEAD + b'Locked away\r\n\r\nHello.\r\n')
    proxy = in_clear(scene, '--say-no', r'^\S+ (SELECT|EXAMINE) "?Archive')
    scene.account(imap=993)
    scene.start()
    scene.inbox()
    scene.app.click('list item', '^Archive')
    scene.says('^Messages Could Not Be Loaded$')
    scene.says('did not open the folder .Archive')
    assert not scene.app.find('label', 'There is nothing in this folder'), 'it is said to be empty'
    assert len(scene.app.root.find_all('push button', exact('Try Again'))) == 1, 'it is said twice'
    scene.shot('refused')
    proxy.process.send_signal(signal.SIGUSR1)
    scene.app.click('push button', exact('Try Again'))
    scene.app.wait('list item|table row', 'Locked away')
    scene.app.wait_gone('label', 'did not open the folder')
    scene.shot('open')
    scene.quit()


@case
def a_message_that_somebody_moves_while_it_is_opened_is_followed(scene):
    """The server has nothing any more under the number that the window knows."""
    scene.empty('alice')
    for number in range(3):
        scene.append('alice', 'Archive', HEAD + b'Old %d\r\n\r\nHello.\r\n' % number)
    scene.append('alice', 'INBOX', HEAD + b'Deleted\r\nMessage-ID: <deleted@lab.test>\r\n\r\nNobody reads this.\r\n')
    scene.append('alice', 'INBOX', HEAD + b'Moved\r\nMessage-ID: <moved@lab.test>\r\n\r\nRead in its new place.\r\n')
    server = lab.imap('alice')
    server.select('INBOX')
    uids = [int(line.split(b'UID ')[1].rstrip(b')')) for line in server.fetch('1:*', '(UID)')[1]]
    assert server.copy('2', 'Archive')[0] == 'OK'
    server.logout()
    in_clear(scene, '--skip', rf'^\S+ UID FETCH ({uids[0]}|{uids[1]}) .*BODY\.PEEK\[\]')
    scene.account(imap=993)
    name = os.path.join(scene.profile, 'config', 'accounts', 'alice.ini')
    with open(name, 'a', encoding='utf-8') as file:
        file.write('\n[Sync]\nBodies=opening\n')
    scene.start()
    scene.inbox()
    scene.app.click('list item', '^Archive')
    scene.app.wait('list item|table row', 'Moved')
    scene.app.click('list item', '^Inbox')
    scene.app.click('list item|table row', 'Moved')
    scene.app.wait('text', None, condition=lambda n: 'Read in its new place' in n.text)
    scene.shot('followed')
    scene.app.click('list item|table row', 'Deleted')
    scene.says('This message is not in .Inbox. any more. It was moved or deleted elsewhere')
    scene.shot('gone')
    scene.quit()


if __name__ == '__main__':
    main(chosen([a_refused_star_move_and_deletion_are_said_and_taken_back, a_folder_that_is_not_opened_is_not_said_to_be_empty,
                 a_message_that_somebody_moves_while_it_is_opened_is_followed]), finish)
