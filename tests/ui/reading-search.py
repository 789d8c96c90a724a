"""reading-search.py PREFIX STATE SCREENSHOTS LANGUAGE: mail is found as somebody types, and the folder comes back as it was."""
import hashlib
import os
import re
import subprocess
import sys
import time

import dbus

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from letters import deliver, letter, row  # noqa: E402
from scene import case, chosen, eventually, exact, finish, lab  # noqa: E402
from screen import Screen  # noqa: E402
from tap import main  # noqa: E402

ENTRY = 'text|entry', exact('Search mail')


def mail(scene, **ports):
    scene.empty('alice')
    deliver([letter('Old minutes', 'The quick brown fox signed them.\n'),
             letter('이메일을 보냅니다', '회의록을 첨부합니다.\n', sender='김민우 <minu@lab.test>', hour=1),
             letter('Lunch on Friday', 'Shall we meet at the harbour?\n', sender='Carol White <carol@lab.test>', hour=2),
             letter('Harbour report', 'All ships are in. ' * 30 + 'The needle is here.\n', hour=3)], seen=2)
    scene.append('alice', 'Archive', letter('Filed away', 'About the harbour, long ago.\n'))
    scene.account(**ports)
    scene.start()
    scene.inbox()
    row(scene, 'Harbour report')


def is_marked(screen, scene):
    """Something in the reader, behind the list, has the colour of what was found."""
    x, y, width, height = scene.app.wait('frame', '').extents
    left = width // 2 + 100
    pixels = screen.area(x + left, y, width - left, height)
    return sum(b < 60 and 90 < g < 160 and r > 200 for b, g, r in zip(pixels[0::4], pixels[1::4], pixels[2::4])) > 50


@case
def results_come_as_somebody_types(scene):
    mail(scene)
    scene.app.click(row(scene, 'Old minutes'))
    scene.app.key('ctrl+f')
    scene.app.wait(*ENTRY, condition=lambda n: n.has('focused'))
    scene.app.type('harbour')
    scene.app.wait('status bar', '^3 messages')
    eventually(lambda: len(scene.app.root.find_all('list item|table row', 'Harbour report|Lunch on Friday|Filed away')) == 3, what='three rows')
    assert not scene.app.find('list item|table row', 'Old minutes, ')
    scene.shot('results')
    # Only here
    scene.app.click('push button|toggle button', exact('Search in Inbox'))
    scene.app.wait('status bar', '^2 messages')
    scene.app.wait_gone('list item|table row', 'Filed away')
    # Nothing, and a way out
    scene.app.fill(*ENTRY, 'long ago')
    scene.app.wait('label', exact('No Results'))
    scene.shot('nothing')
    scene.app.click('push button', exact('Search Everywhere'))
    row(scene, 'Filed away')
    # On the server, which has no more of it
    scene.app.click('push button', exact('Search on Server'))
    scene.app.wait('status bar', '^1 message · ')
    scene.app.wait_gone('push button', exact('Search on Server'))
    scene.app.wait_gone('push button', exact('Cancel'))
    scene.shot('server')
    # Inside a Korean word
    scene.app.fill(*ENTRY, '메일')
    row(scene, '이메일을 보냅니다')
    scene.app.wait('status bar', '^1 message')
    # The folder as it was
    scene.app.key('Escape')
    row(scene, 'Harbour report')
    scene.app.wait_gone('list item|table row', 'Filed away')
    eventually(lambda: row(scene, 'Old minutes').has('selected'), what='what was selected is selected')
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'brown fox' in n.text)
    scene.quit()


@case
def words_of_the_text_are_found(scene):
    """Far below what a row shows, in HTML, and inside a Korean word; also of mail that comes while somebody looks."""
    mail(scene)
    scene.app.key('ctrl+f')
    scene.app.fill(*ENTRY, 'needle')
    row(scene, 'The needle is here')
    scene.app.wait('status bar', '^1 message$')
    scene.app.fill(*ENTRY, '메일')
    scene.app.wait('status bar', '^1 message$')
    deliver([letter('Tidings', '<p>' + 'Nothing yet. ' * 60 + '</p><p>어제 <b>전자메일함</b>을 정리했습니다.</p>', kind='text/html', hour=20)])
    row(scene, '전자메일함')
    scene.app.wait('status bar', '^2 messages$')
    scene.app.click(row(scene, '전자메일함'))
    screen = Screen()
    eventually(lambda: is_marked(screen, scene), what='the word is marked in the message')
    scene.shot('marked')
    scene.app.resize(360, 720)
    row(scene, '전자메일함')
    scene.shot('narrow')
    scene.quit()


@case
def it_begins_and_ends_anywhere(scene):
    """From Drafts and Outbox; with Enter at once; and as conversations or single messages."""
    mail(scene, smtp=9)  # where nobody listens: what is sent waits
    scene.compose('bob@lab.test', 'Not yet', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    scene.outbox()
    scene.app.wait('list item', 'Not yet')
    scene.app.key('ctrl+f')
    scene.app.wait(*ENTRY, condition=lambda n: n.has('focused'))
    scene.app.type('nothing')
    scene.app.key('ctrl+f')
    scene.app.type('quick')
    scene.app.wait(*ENTRY, condition=lambda n: n.text == 'quick')
    scene.app.key('ctrl+k')
    scene.app.type('fox')
    scene.app.key('Return')
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'brown fox' in n.text)
    scene.app.click('push button|toggle button', exact('Search'))
    scene.app.wait_gone(*ENTRY)
    scene.app.wait('list item', 'Not yet')
    scene.app.click('list item', '^Inbox')
    row(scene, 'Old minutes')
    scene.app.key('ctrl+f')
    scene.app.fill(*ENTRY, 'harbour long')
    row(scene, 'Filed away')
    scene.app.wait('status bar', '^1 message$')
    scene.app.key('ctrl+comma')
    scene.app.click('toggle button|switch|check box|push button', '^Conversations')
    scene.leave_preferences()
    row(scene, 'Filed away')
    scene.app.wait('status bar', '^1 message$')
    assert not scene.app.find('list item|table row', 'Lunch on Friday')
    scene.app.key('Escape')
    row(scene, 'Old minutes')
    scene.quit()


@case
def what_is_found_is_kept_right(scene):
    """Mail that comes and goes; what is done to results; typing among the rows begins a search."""
    mail(scene)
    scene.app.click(row(scene, 'Old minutes'))
    scene.app.type('Harbour')
    scene.app.wait(*ENTRY, condition=lambda n: n.text == 'Harbour')
    scene.app.wait('status bar', '^3 messages')
    deliver([letter('Harbour again', 'Later.\n', hour=20)])
    row(scene, 'Harbour again')
    scene.app.wait('status bar', '^4 messages')
    scene.app.key('Down')
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'long ago' in n.text)
    scene.app.click(row(scene, 'Harbour again'))
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'Later' in n.text)
    scene.app.key('Delete')
    scene.app.wait_gone('list item|table row', 'Harbour again')
    scene.app.wait('status bar', '^3 messages')
    scene.app.key('ctrl+z')
    row(scene, 'Harbour again')
    scene.app.click(row(scene, 'Harbour report'))
    scene.shot('reading')
    scene.app.key('Escape')
    row(scene, 'Old minutes')
    scene.quit()


@case
def another_order_is_the_folders_behind_it(scene):
    """Where somebody sorts while there is a search, which has an order of its own."""
    mail(scene)
    scene.app.key('ctrl+f')
    scene.app.wait(*ENTRY, condition=lambda n: n.has('focused'))
    scene.app.type('harbour')
    scene.app.wait('status bar', '^3 messages')
    place = '/' + name_of(scene).replace('.', '/') + '/window/1'
    dbus.Interface(dbus.SessionBus().get_object(name_of(scene), place), 'org.gtk.Actions').Activate('list-sort', ['subject'], {})
    scene.app.key('Escape')
    row(scene, 'Old minutes')
    subjects = re.compile('Harbour report|Lunch on Friday|Old minutes')

    def order():
        found = scene.app.root.find_all('list item|table row', subjects.pattern)
        return [subjects.search(node.name).group() for node in sorted(found, key=lambda node: node.extents[1])]
    eventually(lambda: order() == ['Old minutes', 'Lunch on Friday', 'Harbour report'], what='the order of subjects, from Z to A')
    scene.quit()


@case
def a_search_is_kept_as_a_folder(scene):
    mail(scene)
    scene.app.key('ctrl+k')
    scene.app.fill(*ENTRY, 'harbour')
    scene.app.wait('status bar', '^3 message')
    scene.app.click('push button', exact('Keep This Search as a Folder'))
    scene.app.wait('list item', '^harbour, 3 unread$')
    scene.app.key('Escape')
    deliver([letter('Harbour again', 'Later.\n', hour=20)])
    scene.app.wait('list item', '^harbour, 4 unread$')
    scene.app.click('list item', '^harbour, 4 unread$')
    row(scene, 'Filed away')
    scene.app.wait_gone('list item|table row', 'Old minutes')
    scene.shot('kept')
    scene.app.click('list item', '^harbour', button=3)
    scene.app.wait('menu item', '^Remove').act()
    scene.app.wait_gone('list item', '^harbour')
    scene.app.click('push button', '^Undo')
    scene.app.wait('list item', '^harbour')
    scene.app.quit()
    scene.start()
    scene.app.wait('list item', '^harbour, [34] unread$')
    scene.quit()


@case
def a_search_of_a_folder_is_kept_for_that_folder(scene):
    """Another account has one of the same name, and one of the same name lies in another folder."""
    scene.empty('alice', 'bob')
    for user, name, subject in (('alice', 'Projects', 'Ours'), ('alice', 'Old/Projects', 'Long ago'), ('bob', 'Projects', 'Theirs')):
        lab.imap(user).create(name)
        scene.append(user, name, letter(f'Harbour of {subject}', 'Ships.\n'))
    scene.account()
    scene.account('bob')
    scene.start()

    def projects():
        found = scene.app.root.find_all('list item', '^Projects(,|$)')
        return sorted((node for node in found if node.showing), key=lambda node: node.extents[1])
    # As the sidebar has them, with those of bob at the end
    for place, subject, kept in ((0, 'Long ago', '^harbour in:Old.Projects, 1 unread$'),
                                 (1, 'Ours', '^harbour in:Projects account:alice@lab.test, 1 unread$')):
        eventually(lambda: len(projects()) == 3, what='three folders of that name')
        scene.app.click(projects()[place])
        row(scene, f'Harbour of {subject}')
        scene.app.key('ctrl+k')
        scene.app.fill(*ENTRY, 'harbour')
        scene.app.click('push button|toggle button', '^Search in Projects')
        scene.app.wait('status bar', '^1 message')
        scene.app.click('push button', exact('Keep This Search as a Folder'))
        scene.app.wait('list item', kept)
        scene.shot('kept-place')
        scene.app.key('Escape')
        scene.app.click('list item', kept)
        row(scene, f'Harbour of {subject}')
        eventually(lambda: len(scene.app.root.find_all('list item|table row', 'Harbour of ')) == 1, what='nothing else')
    scene.quit()


def name_of(scene):
    """On the bus, of the profile's program."""
    return 'org.sosik.Sosik.Profile' + hashlib.sha256(os.path.realpath(scene.profile).encode()).hexdigest()[:16]


def provider(scene):
    """As the desktop talks to it."""
    name = name_of(scene)
    there = dbus.SessionBus().get_object(name, '/' + name.replace('.', '/') + '/SearchProvider')
    return dbus.Interface(there, 'org.gnome.Shell.SearchProvider2')


def found_on_bus(scene):
    return provider(scene) if dbus.SessionBus().name_has_owner(name_of(scene)) else None


@case
def the_desktop_searches_too(scene):
    mail(scene)
    desktop = provider(scene)
    ids = desktop.GetInitialResultSet(['harbour'])
    assert len(ids) == 3, ids
    few = desktop.GetSubsearchResultSet(ids, ['harbour', 'lunch'])
    assert len(few) == 1 and few[0] in ids, few
    meta, = desktop.GetResultMetas(few)
    assert meta['id'] == few[0] and meta['name'] == 'Lunch on Friday' and 'meet at the harbour' in meta['description'], meta
    assert 'Carol White' in meta['description'] and meta['icon'], meta
    assert not desktop.GetInitialResultSet(['nothing', 'of', 'it'])
    desktop.ActivateResult(few[0], ['harbour', 'lunch'], 0)
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'Shall we meet' in n.text)
    scene.app.wait(*ENTRY, condition=lambda n: n.text == 'harbour lunch')
    desktop.LaunchSearch(['fox'], 0)
    row(scene, 'Old minutes')
    scene.app.wait_gone('list item|table row', 'Lunch on Friday')
    scene.quit()
    no_server_hears_of_that(scene)


def no_server_hears_of_that(scene):
    """As long as the program runs for the desktop alone; with a window it gets its mail as always."""
    trace = os.path.join(scene.profile, 'trace.txt')
    with open(scene.log, 'ab') as log, subprocess.Popen([scene.program, '--profile', scene.profile, '--gapplication-service'],
                                                        env={**os.environ, 'SOSIK_TRACE': trace}, stdout=log, stderr=log) as service:
        desktop = eventually(lambda: found_on_bus(scene), what='the program on the bus')
        assert len(desktop.GetInitialResultSet(['harbour'])) == 3
        time.sleep(4)  # what might come, comes in less
        assert not os.path.exists(trace) or os.path.getsize(trace) == 0, 'a server was called'
        desktop.LaunchSearch(['fox'], 0)
        eventually(lambda: os.path.exists(trace) and 'SELECT' in open(trace, encoding='utf-8', errors='replace').read(), what='a server that is called')
        place = '/' + name_of(scene).replace('.', '/')
        dbus.Interface(dbus.SessionBus().get_object(name_of(scene), place), 'org.gtk.Actions').Activate('quit', [], {})
        assert service.wait(20) == 0


if __name__ == '__main__':
    main(chosen([results_come_as_somebody_types, words_of_the_text_are_found, it_begins_and_ends_anywhere, what_is_found_is_kept_right, another_order_is_the_folders_behind_it, a_search_is_kept_as_a_folder,
                 a_search_of_a_folder_is_kept_for_that_folder, the_desktop_searches_too]), finish)
