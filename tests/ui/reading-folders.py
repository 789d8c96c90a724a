"""reading-folders.py PREFIX STATE SCREENSHOTS LANGUAGE: folders made, named, moved, emptied; messages dragged onto them."""
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dragging import drag  # noqa: E402
from scene import case, chosen, eventually, exact, finish, lab, words  # noqa: E402
from tap import main  # noqa: E402


def message(subject):
    return (f'From: Bob <bob@lab.test>\r\nTo: alice@lab.test\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{subject}@lab.test>\r\n'
            f'Subject: {subject}\r\n\r\nText of {subject}.\r\n').encode()


def doveadm(*arguments):
    subprocess.run(['doveadm', '-c', os.path.join(lab.state, 'dovecot', 'dovecot.conf'), *arguments], check=False,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def boxes():
    connection = lab.imap('alice')
    names = {line.decode().split(' "/" ')[-1].strip('"') for line in connection.list()[1]}
    connection.logout()
    return names


def subjects(folder, user='alice'):
    return sorted(str(found['Subject']) for _flags, found in lab.messages(user, folder))


def begin(scene, *names, make=()):
    scene.empty('alice')
    for box in boxes() - {'INBOX', 'Drafts', 'Sent', 'Junk', 'Trash', 'Archive'}:
        doveadm('mailbox', 'delete', '-r', '-u', 'alice', box)
    for box in make:
        doveadm('mailbox', 'create', '-u', 'alice', box)
    for name in names:
        scene.append('alice', 'INBOX', message(name))
    scene.account()
    scene.start()
    scene.inbox()
    for name in names:
        scene.app.wait('list item|table row', re.escape(name))


def subscribed():
    connection = lab.imap('alice')
    names = {line.decode().split(' "/" ')[-1].strip('"') for line in connection.lsub()[1] if line}
    connection.logout()
    return names


def folder_rows(scene, name):
    return [node for node in scene.app.root.find_all('list item', '^' + re.escape(name) + '(,|$)') if node.showing]


def folder_row(scene, name):
    return scene.app.wait('list item', '^' + re.escape(name) + '(,|$)', timeout=60)


def menu(scene, node, item):
    scene.app.click(node, button=3)
    scene.app.click('menu item', exact(item).replace('$', '.*$'))


@case
def folders_are_made_renamed_moved_and_deleted(scene):
    begin(scene)
    menu(scene, scene.app.wait('list item', '^alice@lab.test'), '_New Folder…')
    scene.app.wait('text', exact('Name'))
    scene.app.type('Work')
    scene.shot('new')
    scene.app.key('Return')
    folder_row(scene, 'Work')
    eventually(lambda: 'Work' in boxes(), what='the folder on the server')

    # A name that is taken is said at once, and cannot be chosen.
    menu(scene, folder_row(scene, 'Work'), 'New Folder _Inside…')
    scene.app.wait('text', exact('Name'))
    scene.app.type('2026')
    scene.app.key('Return')
    eventually(lambda: 'Work/2026' in boxes(), what='the folder within')
    menu(scene, folder_row(scene, 'Work'), 'New Folder _Inside…')
    scene.app.wait('text', exact('Name'))
    scene.app.type('2026')
    scene.says(exact('There is a folder of this name already.'))
    scene.shot('taken')
    scene.app.key('Escape')

    menu(scene, folder_row(scene, 'Archive'), 'Add to _Favorites')
    eventually(lambda: len(folder_rows(scene, 'Archive')) == 2, what='the favorite above')

    # Closed by the keyboard, remembered, opened again.
    scene.app.click(folder_row(scene, 'Work'))
    scene.app.key('F6', 'Left')
    scene.app.wait_gone('list item', '^2026')
    scene.quit()
    scene.start()
    folder_row(scene, 'Work')
    assert not scene.app.find('list item', '^2026'), 'what was closed is open'
    eventually(lambda: len(folder_rows(scene, 'Archive')) == 2, what='the favorite after a restart')
    scene.app.click(folder_rows(scene, 'Archive')[0])
    scene.app.wait('label', words.folder('Archive'))
    menu(scene, folder_rows(scene, 'Archive')[0], 'Remove from _Favorites')
    scene.app.wait_gone('list item', exact('Favorites'))
    assert len(folder_rows(scene, 'Archive')) == 1, 'a favorite that was removed'
    scene.app.click(folder_row(scene, 'Work'))
    scene.app.key('F6', 'Right')
    folder_row(scene, '2026')

    scene.app.key('F2')
    scene.app.wait('text', exact('Name'))
    scene.app.type('Office')
    scene.app.key('Return')
    folder_row(scene, 'Office')
    eventually(lambda: 'Office/2026' in boxes(), what='the new name, with what is below')
    scene.app.click('push button', exact('_Undo'))
    folder_row(scene, 'Work')
    eventually(lambda: 'Work/2026' in boxes(), what='the old name')

    # A folder into its account: to the top.
    drag(scene, folder_row(scene, '2026'), scene.app.wait('list item', '^alice@lab.test'))
    eventually(lambda: '2026' in boxes(), what='the folder at the top')

    menu(scene, folder_row(scene, '2026'), 'Add to _Favorites')
    scene.app.wait('list item', exact('Favorites'))
    scene.shot('favorite')
    menu(scene, folder_row(scene, '2026'), 'Re_name…')
    scene.app.wait('text', exact('Name'))
    scene.app.type('2027')
    scene.app.key('Return')
    eventually(lambda: len(folder_rows(scene, '2027')) == 2, what='the new name of the favorite')
    eventually(lambda: '2027' in boxes() and '2026' not in boxes(), what='the new name on the server')
    menu(scene, folder_rows(scene, '2027')[1], 'Re_name…')
    scene.app.wait('text', exact('Name'))
    scene.app.type('2026')
    scene.app.key('Return')
    eventually(lambda: '2026' in boxes(), what='the first name again')

    assert '2026' in subscribed(), subscribed()
    menu(scene, folder_row(scene, '2026'), 'End _Subscription')
    eventually(lambda: '2026' not in subscribed(), what='the subscription ended on the server')
    menu(scene, folder_row(scene, '2026'), '_Subscribe')
    eventually(lambda: '2026' in subscribed(), what='subscribed on the server')
    menu(scene, folder_row(scene, '2026'), '_Delete…')
    scene.says(words('Delete the folder “%s”?').replace('%s', '2026').replace('?', r'\?'))
    scene.app.click('push button', exact('_Delete'))
    scene.app.wait_gone('list item', '^2026')
    scene.app.wait_gone('list item', exact('Favorites'))
    eventually(lambda: '2026' not in boxes(), timeout=60, what='the folder gone from the server')
    scene.quit()


def hold(scene, source, *stops):
    """Drags over the stops, stays at each: one is a function that gives the place once the one before has been reached."""
    x, y = scene.app.center(source)
    subprocess.run(['xdotool', 'mousemove', str(x), str(y), 'sleep', '0.2', 'mousedown', '1', 'sleep', '0.2'], check=True)
    for stop in stops:
        to_x, to_y = stop() if callable(stop) else stop
        steps = []
        for i in range(1, 9):
            steps += ['mousemove', str(x + (to_x - x) * i // 8), str(y + (to_y - y) * i // 8), 'sleep', '0.04']
        subprocess.run(['xdotool', *steps, 'mousemove', str(to_x + 1), str(to_y), 'sleep', '1.5'], check=True)
        x, y = to_x, to_y
    subprocess.run(['xdotool', 'mouseup', '1', 'sleep', '0.2'], check=True)


@case
def a_drag_opens_and_scrolls(scene):
    """A closed tree opens under it, the folders scroll at their edge, and what lies there after it is where it goes."""
    for n in range(30):
        doveadm('mailbox', 'create', '-u', 'bob', f'Box{n:02}')
    scene.empty('bob')
    begin(scene, 'first', 'second', make=('Work', 'Work/2026'))
    scene.quit()
    scene.account('bob')
    scene.start()
    folder_row(scene, 'Box29')
    folder_row(scene, '2026')
    scene.app.click(folder_row(scene, 'Work'))
    scene.app.key('F6', 'Left')
    scene.app.wait_gone('list item', '^2026')
    scene.app.click([row for row in scene.app.root.find_all('list item', '^Inbox(,|$)') if row.showing][0])
    second = scene.app.wait('list item|table row', 'second')
    hold(scene, second, scene.app.center(folder_row(scene, 'Work')), lambda: scene.app.center(folder_row(scene, '2026')))
    eventually(lambda: subjects('Work/2026') == ['second'], what='moved into what opened')

    pane = next(a for a in folder_row(scene, words('Archive')).ancestors if a.role == 'scroll pane')
    x, y = scene.app.center(pane)
    top = folder_row(scene, words('Archive')).extents[1]
    height = pane.extents[3]
    hold(scene, scene.app.wait('list item|table row', 'first'), (x, y + height // 2 - 10))
    assert folder_row(scene, words('Archive')).extents is None or folder_row(scene, words('Archive')).extents[1] < top - 50, 'nothing was scrolled'
    eventually(lambda: subjects('INBOX') == [], what='moved to where it was let go')
    assert [subjects(f'Box{n:02}', 'bob') for n in range(30)].count(['first']) == 1
    for n in range(30):
        doveadm('mailbox', 'delete', '-u', 'bob', f'Box{n:02}')
    scene.quit()


@case
def messages_are_dragged_onto_folders(scene):
    begin(scene, 'first', 'second', 'third')
    drag(scene, scene.app.wait('list item|table row', 'second'), folder_row(scene, words('Archive')))
    scene.app.wait_gone('list item|table row', 'second')
    eventually(lambda: subjects('Archive') == ['second'], what='moved')
    # A whole selection, copied.
    scene.app.click('list item|table row', 'first')
    scene.app.click('list item|table row', 'third', modifier='ctrl')
    drag(scene, scene.app.wait('list item|table row', 'third'), folder_row(scene, words('Archive')), key='ctrl')
    eventually(lambda: subjects('Archive') == ['first', 'second', 'third'], what='copied')
    assert subjects('INBOX') == ['first', 'third']
    scene.quit()


@case
def trash_is_emptied_after_a_question(scene):
    begin(scene, 'keep')
    scene.append('alice', 'Trash', message('old'))
    scene.append('alice', 'Trash', message('older'))
    row = folder_row(scene, words('Trash'))
    scene.app.click(row)
    scene.app.wait('list item|table row', 'older')
    menu(scene, row, '_Empty Trash…')
    scene.shot('question')
    scene.app.click('push button', exact('_Empty'))
    scene.app.wait_gone('list item|table row', 'older')
    scene.app.click('push button', exact('_Undo'))
    scene.app.wait('list item|table row', 'older')
    menu(scene, folder_row(scene, words('Trash')), '_Empty Trash…')
    scene.app.click('push button', exact('_Empty'))
    eventually(lambda: subjects('Trash') == [], timeout=60, what='empty on the server')
    assert subjects('INBOX') == ['keep']
    scene.quit()


@case
def what_was_done_can_be_undone_after_a_restart(scene):
    begin(scene, 'first', 'second', 'third', 'fourth')
    scene.app.key('ctrl+h')
    scene.says(exact('Nothing to Undo'))
    scene.shot('empty')
    scene.app.key('Escape')
    scene.app.click('list item|table row', 'fourth')
    scene.app.click('list item|table row', 'third', modifier='ctrl')
    scene.app.click('push button|toggle button', exact('More'))
    scene.app.wait(None, exact('Joi_n Conversations')).act()
    eventually(lambda: len(scene.app.root.find_all('list item|table row', 'third|fourth')) == 1, what='one conversation')
    scene.app.click('list item|table row', 'second')
    scene.app.key('a')
    eventually(lambda: subjects('Archive') == ['second'], what='archived')
    scene.app.click('list item|table row', 'first')
    scene.app.key('ctrl+j')
    eventually(lambda: subjects('Junk') == ['first'], what='junk')
    flags = lab.messages('alice', 'Junk')[0][0]
    assert '$Junk' in flags, flags
    scene.quit()

    scene.start()
    scene.inbox()
    scene.app.wait('list item|table row', 'third|fourth')
    assert len(scene.app.root.find_all('list item|table row', 'third|fourth')) == 1
    scene.app.key('ctrl+h')
    archived = words('%1$u message moved to “%2$s”').replace('%1$u', '1').replace('%2$s', words('Archive'))
    scene.app.wait('push button', exact('Undo: %s').replace('%s', re.escape(archived)))
    scene.shot('history')
    scene.app.click('push button', exact('Undo: %s').replace('%s', re.escape(archived)))
    eventually(lambda: subjects('INBOX') == ['fourth', 'second', 'third'], what='back in the inbox')
    scene.app.wait('list item', None, condition=lambda n: words('This was undone already.') in n.description)
    scene.app.click('push button', exact('Undo: %s').replace('%s', words('Conversations joined')))
    scene.app.wait_gone('push button', exact('Undo: %s').replace('%s', words('Conversations joined')))
    scene.shot('undone')
    scene.app.key('Escape')
    for name in 'second', 'third', 'fourth':
        scene.app.wait('list item|table row', name)
    scene.quit()


@case
def after_archiving_the_one_above_is_shown(scene):
    begin(scene, 'first', 'second', 'third')
    scene.app.key('ctrl+comma')
    scene.app.click('combo box', exact('After archiving, moving or deleting'))
    scene.app.key('Down', 'Return')
    scene.shot('preferences')
    scene.app.key('Escape')
    scene.app.click('list item|table row', 'second')
    scene.app.key('a')
    scene.app.wait('label', '^third$')  # newest on top: above the second
    scene.app.key('ctrl+comma')
    scene.app.click('combo box', exact('After archiving, moving or deleting'))
    scene.app.wait('list item', exact('Message list'))
    scene.app.key('Down', 'Down', 'Return')
    scene.app.wait('label', exact('Message list'))
    scene.app.key('Escape')
    scene.app.click('list item|table row', 'third')
    scene.app.key('a')
    scene.app.wait('label', exact('No Message Selected'))
    left = scene.app.wait('list item|table row', 'first')
    assert not left.has('selected'), 'something is selected, and would be read'
    scene.quit()


@case
def views_show_what_several_folders_hold(scene):
    begin(scene, 'first', 'second')
    assert not scene.app.find('list item', '^' + words('All Inboxes')), 'one account has one inbox'
    scene.append('alice', 'Archive', message('kept'))
    scene.app.click('list item', '^' + words('Unread') + r', \d+ unread$')  # not a row that is unread
    for subject in 'first', 'second', 'kept':
        scene.app.wait('list item|table row', subject)
    scene.shot('unread')
    scene.app.click(scene.app.wait('list item|table row', 'second'))
    scene.app.key('s')
    scene.app.click('list item', '^' + words('Starred') + '(, [^,]*)?$')  # not the message that is starred
    scene.app.wait('list item|table row', 'second')
    scene.app.wait_gone('list item|table row', 'first')
    scene.quit()


if __name__ == '__main__':
    main(chosen([views_show_what_several_folders_hold, folders_are_made_renamed_moved_and_deleted, messages_are_dragged_onto_folders, a_drag_opens_and_scrolls, trash_is_emptied_after_a_question,
                 what_was_done_can_be_undone_after_a_restart, after_archiving_the_one_above_is_shown]),
         finish)
