"""accounts.py PREFIX STATE SCREENSHOTS LANGUAGE: the list of accounts and the page of each: order, colour, on and off, how often it is looked
at, special folders; and one that only receives."""
import configparser
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dragging import drag  # noqa: E402
from scene import BASE, case, chosen, eventually, exact, finish, lab, words  # noqa: E402
from tap import main  # noqa: E402

HEAD = b'From: Kim <kim@lab.test>\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n'


def read(scene, user):
    settings = configparser.ConfigParser(interpolation=None)
    settings.optionxform = str
    settings.read(os.path.join(scene.profile, 'config', 'accounts', user + '.ini'))
    return settings


def written(scene, user, group, key, value):
    eventually(lambda: read(scene, user).get(group, key, fallback=None) == value, 10,
               f'{group} {key}={value} of {user}: {dict(read(scene, user)[group]) if read(scene, user).has_section(group) else None}')


# In the sidebar: an unread message begins with the same word
UNREAD = '^' + words('Unread') + r', \d'


def ready(scene, *users):
    scene.empty('alice', 'bob')
    scene.append('alice', 'INBOX', HEAD + b'To: alice@lab.test\r\nSubject: For Alice\r\n\r\nHello.\r\n')
    scene.append('bob', 'INBOX', HEAD + b'To: bob@lab.test\r\nSubject: For Bob\r\n\r\nHello.\r\n')
    for user in users:
        scene.account(user, imap=BASE + 993, smtp=BASE + 465)
    scene.start()
    scene.inbox()
    eventually(lambda: len(scene.app.root.find_all('list item', words.folder('Inbox'))) == len(users), what='the inboxes')


def mailbox(verb, name):
    """One of alice's on the server."""
    subprocess.run(['doveadm', '-c', os.path.join(lab.state, 'dovecot', 'dovecot.conf'), 'mailbox', verb, '-u', 'alice', '-s', name], check=True)


def headings(scene):
    """The accounts in the sidebar, from the top."""
    found = [n for n in scene.app.root.find_all('list item', r'^(alice|bob)@lab\.test, ')]
    return [n.name.split('@')[0] for n in sorted(found, key=lambda n: n.extents[1])]


def mover(scene, user):
    return scene.app.wait('push button|toggle button', exact('Move the account “%s”').replace('%s', user + '@lab.test'))


def choose_last(scene, choice):
    """With the mouse out of the way, for Return takes what is under it."""
    scene.app.click('combo box|push button|toggle button', exact(choice))
    subprocess.run(['xdotool', 'mousemove', '1', '1', 'sleep', '0.5'], check=True)
    scene.app.key('End', 'Return')


@case
def the_order_is_the_persons(scene):
    ready(scene, 'alice', 'bob')
    assert headings(scene) == ['alice', 'bob'], headings(scene)
    scene.app.key('ctrl+comma')
    app = scene.app
    mover(scene, 'bob')
    assert not app.unnamed(), app.unnamed()
    scene.shot('list')
    # The menu
    app.click(mover(scene, 'bob'))
    app.click(None, exact('Move _Up'))
    eventually(lambda: headings(scene) == ['bob', 'alice'], what=f'{headings(scene)}')
    written(scene, 'bob', 'Account', 'Position', '1')
    written(scene, 'alice', 'Account', 'Position', '2')
    # The keyboard, which stays with the row
    app.key('alt+Down')
    eventually(lambda: headings(scene) == ['alice', 'bob'], what=f'{headings(scene)}')
    app.key('alt+Up')
    eventually(lambda: headings(scene) == ['bob', 'alice'], what=f'{headings(scene)}')
    # The mouse
    drag(scene, app.wait('list item', exact('alice@lab.test')), app.wait('list item', exact('bob@lab.test')))
    eventually(lambda: headings(scene) == ['alice', 'bob'], what=f'{headings(scene)}')
    written(scene, 'alice', 'Account', 'Position', '1')
    app.key('Escape')
    scene.quit()
    scene.start()
    scene.inbox()
    assert headings(scene) == ['alice', 'bob'], headings(scene)
    scene.quit()


@case
def switched_off_and_on_again(scene):
    ready(scene, 'alice', 'bob')
    app = scene.app
    app.click('list item', words.folder('All Inboxes'))
    app.wait('list item|table row', 'For Alice')
    app.wait('list item|table row', 'For Bob')
    scene.account_page('bob@lab.test')
    assert not app.unnamed(), app.unnamed()
    scene.shot('page')
    app.click('switch|toggle button|check box', exact('Use this account'))
    written(scene, 'bob', 'Account', 'Disabled', 'true')
    eventually(lambda: headings(scene) == ['alice'], what='bob out of the sidebar')
    app.key('Escape')
    scene.says(exact('Switched off'))
    scene.shot('off')
    app.key('Escape')
    # All Inboxes is gone with it; what is unread is alice's alone.
    app.wait_gone('list item', words.folder('All Inboxes'))
    app.click('list item', UNREAD)
    app.wait('list item|table row', 'For Alice')
    assert not app.find('list item|table row', 'For Bob')
    # Nobody looks there
    scene.append('bob', 'INBOX', HEAD + b'To: bob@lab.test\r\nSubject: Meanwhile\r\n\r\nHello.\r\n')
    scene.quit()
    scene.start()
    # Where one was, and what is there
    scene.app.wait('list item|table row', 'For Alice')
    scene.inbox()
    assert headings(scene) == ['alice'], headings(scene)
    app = scene.app
    scene.account_page('bob@lab.test')
    app.click('switch|toggle button|check box', exact('Use this account'))
    written(scene, 'bob', 'Account', 'Disabled', None)
    eventually(lambda: headings(scene) == ['alice', 'bob'], what='bob is back')
    app.key('Escape')
    app.key('Escape')
    app.click('list item', UNREAD)
    app.wait('list item|table row', 'Meanwhile', timeout=60)
    app.wait('list item|table row', 'For Bob')
    scene.quit()


@case
def a_colour_tells_accounts_apart(scene):
    ready(scene, 'alice', 'bob')
    app = scene.app
    scene.account_page('bob@lab.test')
    app.click('toggle button|radio button|push button', '^Orange$')
    written(scene, 'bob', 'Account', 'Colour', '#ed5b00')
    scene.shot('chosen')
    app.key('Escape')
    app.key('Escape')
    app.click('list item', words.folder('All Inboxes'))
    # What the colour says to those who see it is said to the others
    eventually(lambda: re.search(r'bob@lab\.test$', app.wait('list item|table row', 'For Bob').name), what='the account in the name of the row')
    assert not re.search('alice@lab', app.wait('list item|table row', 'For Alice').name)
    scene.shot('list')
    scene.account_page('bob@lab.test')
    app.click('toggle button|radio button|push button', '^None$')
    eventually(lambda: not read(scene, 'bob').has_option('Account', 'Colour'), what='no colour any more')
    app.key('Escape')
    app.key('Escape')
    scene.quit()


@case
def special_folders_and_the_interval_are_chosen(scene):
    mailbox('create', 'Rubbish')
    ready(scene, 'alice')
    app = scene.app
    app.wait('list item', '^Rubbish')
    scene.account_page('alice@lab.test')
    choose_last(scene, 'New mail is fetched')
    written(scene, 'alice', 'Sync', 'Check', '60')
    choose_last(scene, 'Trash')
    written(scene, 'alice', 'Folders', 'Trash', 'Rubbish')
    scene.shot('chosen')
    app.key('Escape')
    app.key('Escape')
    # The one that was it has its own name again
    app.wait_gone('list item', '^Rubbish', timeout=60)
    app.click('list item', words.folder('Inbox'))
    app.click('list item|table row', 'For Alice')
    time.sleep(.5)
    app.key('Delete')
    eventually(lambda: lab.messages('alice', 'Rubbish'), 60, 'in the folder that was chosen')
    assert not [m for _f, m in lab.messages('alice', 'Trash') if m['Subject'] == 'For Alice']
    scene.quit()
    mailbox('delete', 'Rubbish')


@case
def one_that_only_receives(scene):
    ready(scene, 'alice', 'bob')
    app = scene.app
    scene.account_page('alice@lab.test')
    app.click('push button', exact('Change the account “%s”').replace('%s', 'alice@lab.test'))
    app.click('switch|toggle button|check box', exact('Send mail from this account'))
    scene.shot('form')
    servers = dict(read(scene, 'alice')['SMTP'])
    app.click('push button', exact('Sign In and Save'))
    eventually(lambda: 'Disabled' in read(scene, 'alice')['SMTP'], 60, 'nothing is sent, as the file says')
    # All that is known of the server stays for the day when it is switched on.
    left = dict(read(scene, 'alice')['SMTP'])
    assert left.pop('Disabled') == 'true' and left == servers, left
    app.wait_gone('push button', exact('Sign In and Save'))
    app.key('Escape')
    app.key('Escape')
    app.click(app.nth(0, 'list item', words.folder('Inbox')))
    scene.click_row('For Alice')
    app.wait('push button', exact('Reply'), condition=lambda n: n.has('sensitive'))
    time.sleep(.5)
    app.key('ctrl+r')
    app.wait('text', exact('Message text'))
    scene.says('“alice@lab.test” only receives mail')
    scene.shot('answer')
    scene.write(text='Hello from Bob.')
    scene.send()
    eventually(lambda: [m for _f, m in lab.messages('kim', 'INBOX') if 'bob@lab.test' in m['From']], 60, 'sent as bob')
    scene.account_page('alice@lab.test')
    app.click('push button', exact('Change the account “%s”').replace('%s', 'alice@lab.test'))
    app.click('switch|toggle button|check box', exact('Send mail from this account'))
    app.click('push button', exact('Sign In and Save'))
    eventually(lambda: dict(read(scene, 'alice')['SMTP']) == servers, 60, 'it sends as it did before')
    scene.quit()


@case
def a_broken_file_has_a_way_out(scene):
    scene.account('bob', imap=BASE + 993, smtp=BASE + 465)
    name = os.path.join(scene.profile, 'config', 'accounts', 'bob.ini')
    with open(name, encoding='utf-8') as file:
        good = file.read()
    bad = good.replace('Security=', 'Security=none of ')
    assert bad != good
    with open(name, 'w', encoding='utf-8') as file:
        file.write(bad)
    ready(scene, 'alice')
    scene.quit()
    app = scene.start()
    # Said from the first picture on, on one line where there is room for it, else on several that are all seen.
    for width, fits in ((1200, lambda x, y: x > 500 and y < 40), (360, lambda x, y: x < 300 and y > 60), (1200, lambda x, y: x > 500 and y < 40)):
        app.resize(width, 700)
        size = app.wait('label', 'The account file “bob.ini” cannot be used').extents[2:]
        assert fits(*size), f'{size} in {width}'
    app.key('ctrl+comma')
    app.wait('label', 'The account file “bob.ini” cannot be used')
    assert not app.unnamed(), app.unnamed()
    scene.shot('told')
    app.click('push button', exact('_Read Again'))
    time.sleep(1)
    app.wait('label', 'The account file “bob.ini” cannot be used')
    with open(name, encoding='utf-8') as file:
        assert file.read() == bad, 'it was not left alone'
    with open(name, 'w', encoding='utf-8') as file:
        file.write(good)
    app.click('push button', exact('_Read Again'))
    app.wait_gone('label', 'The account file “bob.ini” cannot be used')
    eventually(lambda: headings(scene) == ['alice', 'bob'], what='bob in the sidebar')
    app.key('Escape')
    app.click(app.nth(-1, 'list item', words.folder('Inbox')))
    app.wait('list item|table row', 'For Bob', timeout=60)
    scene.quit()


if __name__ == '__main__':
    main(chosen([the_order_is_the_persons, switched_off_and_on_again, a_colour_tells_accounts_apart, special_folders_and_the_interval_are_chosen,
                 one_that_only_receives, a_broken_file_has_a_way_out]), finish)
