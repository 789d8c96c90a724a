"""searching.py PREFIX STATE SCREENSHOTS LANGUAGE: the entry to search with: what it suggests, its chips, its help, what it says of a wrong search, and what an input
method composes in it.  In the language of the session."""
import os
import re
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from composing import keys, use_own  # noqa: E402
from letters import deliver, letter, row  # noqa: E402
from scene import STATE, case, chosen, eventually, exact, finish, lab, words  # noqa: E402
from screen import Screen  # noqa: E402
from tap import main  # noqa: E402

ENTRY = 'text|entry', exact('Search mail')
SUGGESTIONS = 'list', exact('Suggestions')


def spoken(context, name):
    return words.translation.pgettext(context, name).partition(';')[0]


def operator(name):
    return spoken('search operator', name) + ':'


def value(name):
    return spoken('search value', name)


GOOD = os.path.join(STATE, 'lab', 'certs', 'good.pem')
MANY = 3000  # more than are read at once


def mail(scene, **ports):
    scene.empty('alice')
    deliver([letter('Old minutes', 'The quick brown fox signed them.\n'),
             letter('이메일을 보냅니다', '회의록을 첨부합니다.\n', sender='김민우 <minu@lab.test>', hour=1),
             letter('Lunch on Friday', 'Shall we meet at the harbour?\n', sender='Carol White <carol@lab.test>', hour=2),
             letter('Harbour report', 'All ships are in.\n', hour=3)], seen=2)
    scene.append('alice', 'Archive', letter('Filed away', 'About the harbour, long ago.\n'))
    scene.account(**ports)
    scene.start()
    scene.inbox()
    row(scene, 'Harbour report')


def begin(scene):
    scene.app.key('ctrl+k')
    scene.app.wait(*ENTRY, condition=lambda n: n.has('focused'))


def typed(scene, text):
    scene.app.wait(*ENTRY, condition=lambda n: n.text == text)


def suggested(scene, name):
    """What is said of it, from the beginning."""
    return scene.app.wait('list item', '^' + re.escape(name) + '(, |$)', condition=lambda n: any(a.matches(*SUGGESTIONS) for a in n.ancestors))


def knows(scene, text, name):
    """Types it until who is meant is suggested: people are gathered a while after their mail has come, and read when a search begins."""
    def is_suggested():
        scene.app.key('ctrl+a')
        scene.app.key('BackSpace')
        scene.app.key('Escape')
        scene.app.key('Escape')
        begin(scene)
        scene.app.type(text)
        end = time.time() + 3
        while not (there := scene.app.find('list item', f'^{name}, [^ ]*@')) and time.time() < end:
            time.sleep(.2)
        return there
    eventually(is_suggested, timeout=90, what=f'{name} is known')


def is_silent(scene):
    scene.app.wait_gone(*SUGGESTIONS)


def found(scene, *subjects):
    """These and no others."""
    for subject in subjects:
        row(scene, subject)
    for other in {'Old minutes', '이메일을 보냅니다', 'Lunch on Friday', 'Harbour report', 'Filed away'} - set(subjects):
        scene.app.wait_gone('list item|table row', re.escape(other))


def has_red(scene):
    """A wavy line below a piece of the search."""
    entry = scene.app.wait(*ENTRY)
    _, _, width, height = entry.extents
    x, y = scene.app.center(entry)
    pixels = Screen().area(x - width // 2, y - height // 2, width, height)
    return sum(r > g + 60 and r > b + 60 for b, g, r in zip(pixels[0::4], pixels[1::4], pixels[2::4])) > 8


@case
def what_is_typed_is_completed(scene):
    mail(scene)
    begin(scene)
    # At first what there is; the keyboard stays in the entry
    suggested(scene, operator('from'))
    suggested(scene, words('Search Help'))
    scene.shot('at-first')
    assert not scene.app.unnamed(), scene.app.unnamed()
    scene.app.type(operator('from')[:-1])
    suggested(scene, operator('from'))
    scene.app.key('Down')
    scene.app.wait(*ENTRY, condition=lambda n: n.has('focused') and n.description.startswith(operator('from')))
    scene.shot('operator')
    scene.app.key('Tab')
    typed(scene, operator('from'))
    # Somebody who wrote, by name and by address
    knows(scene, operator('from') + '김민', '김민우')
    scene.shot('people')
    scene.app.key('Down')
    scene.app.key('Return')
    typed(scene, operator('from') + 'minu@lab.test ')
    found(scene, '이메일을 보냅니다')
    is_silent(scene)
    # Escape closes the suggestions, then the bar
    scene.app.type(operator('is'))
    suggested(scene, operator('is') + value('unread'))
    scene.app.key('Escape')
    is_silent(scene)
    scene.app.wait(*ENTRY, condition=lambda n: n.has('focused'))
    # With the mouse; and around, back to what was typed
    scene.app.key('BackSpace')
    scene.app.type(':')
    scene.app.key('Down')
    scene.app.key('Up')
    scene.app.click('list item', '^' + re.escape(operator('is') + value('read')) + ',')
    typed(scene, operator('from') + 'minu@lab.test ' + operator('is') + value('read') + ' ')
    found(scene, '이메일을 보냅니다')
    scene.app.key('Escape')
    scene.app.wait_gone(*ENTRY)
    scene.quit()


@case
def folders_and_accounts_are_suggested(scene):
    mail(scene)
    begin(scene)
    scene.app.type(operator('account'))
    suggested(scene, 'alice@lab.test')
    scene.app.key('Down')
    scene.app.key('Return')
    scene.app.type('long')
    found(scene, 'Filed away')
    scene.app.fill(*ENTRY, 'harbour ' + operator('in'))
    suggested(scene, operator('in') + value('archive'))
    scene.shot('places')
    scene.app.click('list item', '^' + re.escape(operator('in') + value('archive')) + ',')
    found(scene, 'Filed away')
    scene.quit()


@case
def labels_are_suggested(scene):
    """As they are shown, whatever the server calls them: its own names, and those that stand for one."""
    scene.empty('alice')
    for subject, keywords in (('Harbour report', 'Ships'), ('Lunch on Friday', '$label1 Friends'), ('Old minutes', '$Forwarded')):
        lab.imap('alice').append('INBOX', f'({keywords})', None, letter(subject, 'Text.\n'))
    scene.account()
    scene.start()
    scene.inbox()
    important = spoken('label', 'Important')
    eventually(lambda: important in row(scene, 'Lunch on Friday').name, what='the label')
    begin(scene)
    # Typed before they are known
    scene.app.type(operator('label'))
    suggested(scene, 'Ships')
    suggested(scene, important)
    scene.shot('labels')
    assert not scene.app.wait(*SUGGESTIONS).find('list item', '.*orwarded'), 'a note of a program'
    scene.app.type('fri')
    scene.app.wait_gone('list item', '^Ships$')
    suggested(scene, 'Friends')
    scene.app.key('Down')
    scene.app.key('Return')
    typed(scene, operator('label') + 'Friends ')
    found(scene, 'Lunch on Friday')
    scene.app.fill(*ENTRY, operator('label') + important[:1])
    scene.app.click('list item', f'^{important}$')
    typed(scene, f'{operator("label")}{important} ')
    found(scene, 'Lunch on Friday')
    scene.quit()


@case
def what_was_looked_for_comes_back(scene):
    path = os.path.join(scene.profile, 'config', 'recent-searches')
    mail(scene)
    begin(scene)
    scene.app.type('harbour')
    found(scene, 'Harbour report', 'Lunch on Friday', 'Filed away')
    scene.app.key('Return')
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: n.text)
    scene.app.key('Escape')
    scene.app.wait_gone(*ENTRY)
    begin(scene)
    scene.app.type('nothing of it')  # led to nothing
    scene.app.key('Escape')
    scene.app.quit()
    with open(path, encoding='utf-8') as file:
        assert file.read() == 'harbour\n'
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    scene.start()
    scene.inbox()
    row(scene, 'Old minutes')
    begin(scene)
    suggested(scene, 'harbour')
    suggested(scene, words('Clear Search History'))
    scene.shot('recent')
    scene.app.key('Down')
    scene.app.key('Return')
    typed(scene, 'harbour')
    found(scene, 'Harbour report', 'Lunch on Friday', 'Filed away')
    scene.app.fill(*ENTRY, 'harb')
    suggested(scene, 'harbour')
    scene.app.key('ctrl+a')
    scene.app.key('BackSpace')
    scene.app.click('list item', exact('Clear Search History'))
    is_silent(scene)
    eventually(lambda: not os.path.exists(path), what='what was looked for is gone from the disk')
    scene.app.type('harb')
    found(scene, 'Harbour report', 'Lunch on Friday', 'Filed away')
    is_silent(scene)
    scene.quit()


@case
def operators_are_chips(scene):
    mail(scene)
    begin(scene)
    piece, other = operator('from') + 'carol', operator('is') + value('unread')
    scene.app.type(f'harbour {piece} {other}')
    found(scene, 'Lunch on Friday')
    edit = exact('Edit %s').replace('%s', '{}')
    remove = exact('Remove %s').replace('%s', '{}')
    scene.app.wait('push button', edit.format(re.escape(other)))
    assert not scene.app.find('push button', edit.format('harbour'))
    scene.shot('chips')
    scene.app.resize(360, 720)
    scene.app.wait('push button', edit.format(re.escape(other)))
    scene.shot('chips-narrow')
    scene.app.resize(1280, 800)
    # Edited where it stands
    scene.app.click('push button', edit.format(re.escape(piece)))
    scene.app.wait(*ENTRY, condition=lambda n: n.has('focused'))
    scene.app.type(operator('from') + 'bob')
    typed(scene, f'harbour {operator("from")}bob {other}')
    found(scene, 'Harbour report', 'Filed away')
    # Taken away
    scene.app.click('push button', remove.format(re.escape(operator('from') + 'bob')))
    typed(scene, f'harbour {other}')
    found(scene, 'Harbour report', 'Lunch on Friday', 'Filed away')
    scene.app.click('push button', remove.format(re.escape(other)))
    typed(scene, 'harbour')
    scene.app.wait_gone('push button', edit.format('.*'))
    scene.quit()


@case
def there_is_help(scene):
    mail(scene)
    begin(scene)
    scene.app.type('nothing of it')
    scene.app.wait('label', exact('No Results'))
    scene.shot('nothing')
    buttons = eventually(lambda: len(found := scene.app.root.find_all('push button', exact('Search Help'))) == 2 and found, what='help in two places')
    scene.app.key('ctrl+a')
    scene.app.type('harbour ')
    scene.app.wait_gone('label', exact('No Results'))
    scene.app.click('push button', exact('Search Help'))
    window = scene.app.wait('frame|dialog', exact('Search Help'))
    assert len(buttons) == 2 and not scene.app.unnamed(), scene.app.unnamed()
    scene.shot('help')
    scene.app.key('Escape')
    scene.app.wait_gone('frame|dialog', exact('Search Help'))
    scene.app.click('push button', exact('Search Help'))
    window = scene.app.wait('frame|dialog', exact('Search Help'))
    scene.app.click(eventually(lambda: window.find('list item', '^' + re.escape(operator('subject'))), what='the operator'))
    scene.app.wait_gone('frame|dialog', exact('Search Help'))
    typed(scene, 'harbour ' + operator('subject'))
    scene.app.type('lunch')
    found(scene, 'Lunch on Friday')
    scene.quit()


@case
def what_is_wrong_is_marked_and_mended(scene):
    mail(scene)
    begin(scene)
    scene.app.type('harbour is:unread')
    found(scene, 'Harbour report', 'Lunch on Friday', 'Filed away')
    assert not has_red(scene)
    scene.app.fill(*ENTRY, 'harbour is:unred')
    eventually(lambda: has_red(scene), what='the piece is marked')
    scene.shot('wrong')
    scene.app.click('push button', '^' + re.escape(words('Search for %s instead')).replace('%s', '.*'))
    typed(scene, 'harbour is:unread')
    eventually(lambda: not has_red(scene), what='nothing is marked')
    scene.quit()


@case
def what_was_typed_with_another_keyboard_is_offered_right(scene):
    mail(scene)
    begin(scene)
    for wrong, right, subject in ((keys('회의록'), '회의록', '이메일을 보냅니다'), ('ㅣㅕㅜ초', 'lunch', 'Lunch on Friday')):
        scene.app.fill(*ENTRY, wrong)
        scene.app.wait('label', exact(words('Typed with another keyboard layout?')))
        scene.app.wait('label', exact(words('No Results')))
        scene.shot('keyboard-' + right)
        scene.app.click('push button', exact(words('Search for %s instead').replace('%s', right)))
        typed(scene, right)
        found(scene, subject)
        scene.app.wait_gone('label', exact(words('Typed with another keyboard layout?')))
    scene.quit()


@case
def the_servers_are_asked_and_called_off(scene):
    proxy = scene.proxy(993, 993, '--tls', GOOD, '--to-tls', '--stall-at', 'SEARCH.*harbour')
    mail(scene, imap=993)
    begin(scene)
    scene.app.type('harbour')
    found(scene, 'Harbour report', 'Lunch on Friday', 'Filed away')
    scene.app.click('push button', exact('Search on Server'))
    proxy.wait('C: .*SEARCH.*harbour')
    scene.app.wait('progress bar', exact('Searching on the server'))
    scene.shot('asking')
    scene.app.click('push button', exact('Cancel'))
    scene.app.wait_gone('progress bar', exact('Searching on the server'))
    scene.app.wait_gone('push button', exact('Cancel'))
    found(scene, 'Harbour report', 'Lunch on Friday', 'Filed away')
    scene.quit()


@case
def all_that_was_found_is_selected(scene):
    """Those too that no row has been made for yet."""
    subprocess.run([os.environ['FILL'], scene.profile, str(MANY)], check=True)
    scene.start()
    row(scene, 'Subject last')
    begin(scene)
    scene.app.type('subject')
    scene.app.wait('status bar', '3,?000', timeout=60)
    scene.app.key('Return')
    eventually(lambda: row(scene, 'Subject last').has('selected'), what='the first one is selected')
    scene.app.key('ctrl+a')
    scene.app.wait('label', re.escape(words.translation.ngettext("%'u selected", "%'u selected", MANY)).replace("%'u", '3,?000'))
    scene.shot('selected')
    scene.quit()


def composed(scene, manner):
    use_own(manner)
    try:
        mail(scene)
        begin(scene)
        scene.app.type(keys('메'))  # a syllable that is not finished
        found(scene, '이메일을 보냅니다')
        scene.shot('composing')
        scene.app.type(keys('일')[:-1])  # 메이: not yet
        scene.app.wait('label', exact('No Results'))
        scene.app.type(keys('일')[-1:])
        found(scene, '이메일을 보냅니다')
        scene.app.key('Return')
        scene.app.wait('text', exact('Text of the message'), condition=lambda n: '회의록' in n.text)
        typed(scene, '메일')
        # Somebody is suggested by a syllable that is composed, and taken in its place
        knows(scene, keys('김'), '김민우')
        scene.app.click('list item', '^김민우, minu@')
        typed(scene, operator('from') + 'minu@lab.test ')
        found(scene, '이메일을 보냅니다')
        # A piece is taken away and another one edited while something is composed behind them
        scene.app.fill(*ENTRY, operator('is') + value('read') + ' ' + operator('body') + '“fox” ')  # pasted, as an input method would compose it
        found(scene, 'Old minutes')
        scene.app.type(keys('냅'))  # with which no suggestion begins, that would lie over the chips
        scene.app.click('push button', exact('Remove %s').replace('%s', re.escape(operator('body') + '“fox”')))
        typed(scene, operator('is') + value('read') + ' 냅')
        found(scene, '이메일을 보냅니다')
        scene.quit()
    finally:
        del os.environ['GTK_IM_MODULE']


@case
def what_is_composed_is_looked_for(scene):
    composed(scene, 'at-once')


@case
def what_is_composed_elsewhere_is_looked_for(scene):
    """By another process, whose answers take their time."""
    composed(scene, 'late')


@case
def keys_are_an_input_methods_first(scene):
    use_own('at-once', candidates=True)
    try:
        mail(scene)
        begin(scene)
        knows(scene, keys('김'), '김민우')
        scene.app.key('Down')  # walks through its own list
        scene.app.key('Up')
        scene.app.wait(*ENTRY, condition=lambda n: n.has('focused') and not n.description)
        assert scene.app.find('list item', '^김민우, minu@')
        scene.quit()
    finally:
        del os.environ['GTK_IM_MODULE']


if __name__ == '__main__':
    main(chosen([what_is_typed_is_completed, folders_and_accounts_are_suggested, labels_are_suggested, what_was_looked_for_comes_back, operators_are_chips, there_is_help,
                 what_is_wrong_is_marked_and_mended, what_was_typed_with_another_keyboard_is_offered_right, the_servers_are_asked_and_called_off,
                 all_that_was_found_is_selected, what_is_composed_is_looked_for, what_is_composed_elsewhere_is_looked_for, keys_are_an_input_methods_first]), finish)
