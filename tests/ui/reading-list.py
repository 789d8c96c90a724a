"""reading-list.py PREFIX STATE SCREENSHOTS LANGUAGE: the message list: days, filters, checkboxes, many at once, what stays where it is."""
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from letters import deliver
from listing import TOGGLE, begin, message, row, rows, select, selected, subjects  # noqa: E402
from scene import case, chosen, eventually, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402


@case
def days_have_headings(scene):
    begin(scene, 'Subject one', 'Subject two')
    first = rows(scene)[0]
    assert first.description == 'Today', first.description
    assert rows(scene)[1].description != 'Today', 'one heading for a day'
    scene.quit()


@case
def filters_combine_and_are_cleared(scene):
    begin(scene, 'Subject one', 'Subject two')
    scene.app.click(row(scene, 'Subject one'))
    scene.app.key('s')
    scene.app.wait('list item|table row', 'Starred.*Subject one')
    scene.app.click(TOGGLE, '^Filters')
    scene.app.click(TOGGLE, '^Only starred')
    eventually(lambda: len(rows(scene)) == 1, what='one is starred')
    scene.app.click(TOGGLE, '^Only with attachments')
    scene.says('^No Matching Messages')
    scene.shot('filtered')
    scene.app.click(TOGGLE, '^Clear Filters')
    eventually(lambda: len(rows(scene)) == 2, what='all are back')
    scene.quit()


@case
def what_was_read_stays_under_unread(scene):
    begin(scene, 'Subject one', 'Subject two')
    scene.app.click(TOGGLE, '^Filters')
    scene.app.click(TOGGLE, '^Only unread')
    scene.app.click(row(scene, 'Subject one'))
    eventually(lambda: any(re.search('Subject one', node.name) and not node.name.startswith('Unread') for node in rows(scene)),
               what='it is read, and still there')
    time.sleep(1)
    assert len(rows(scene)) == 2
    scene.quit()


@case
def checkboxes_and_their_bar(scene):
    begin(scene, 'Subject one', 'Subject two', 'Subject three')
    scene.app.click(TOGGLE, '^Select Several')
    scene.app.click(row(scene, 'Subject one'))
    scene.app.click(row(scene, 'Subject three'))
    scene.says('^2 selected')
    assert selected(scene) == ['Subject one', 'Subject three'], selected(scene)
    scene.app.key('j', 'k', 'j')
    time.sleep(.5)
    assert selected(scene) == ['Subject one', 'Subject three'], 'j and k move the keyboard alone'
    scene.app.key('k', 'k')  # up from the last that was clicked, and no farther than the top
    scene.app.key('j', 'space')
    scene.says('^3 selected')
    scene.app.key('space')
    scene.says('^2 selected')
    assert selected(scene) == ['Subject one', 'Subject three'], 'Space takes and leaves the row of the keyboard'
    scene.shot('checked')
    bar = scene.app.wait(None, '^What to Do with the Selected')
    scene.app.click(next(node for node in bar.find_all('push button', '^Archive') if node.showing))
    eventually(lambda: subjects('Archive') == ['Subject one', 'Subject three'], what='both are archived')
    scene.app.key('Escape')
    eventually(lambda: not scene.app.find(None, '^What to Do with the Selected'), what='the bar is gone')
    scene.quit()


@case
def a_selection_survives_new_mail(scene):
    begin(scene, 'Subject one', 'Subject two', 'Subject three')
    scene.app.click(row(scene, 'Subject two'))
    scene.app.click(row(scene, 'Subject one'), modifier='ctrl')
    scene.append('alice', 'INBOX', message('Subject four'))
    row(scene, 'Subject four')
    assert selected(scene) == ['Subject one', 'Subject two'], selected(scene)
    scene.app.key('ctrl+a')
    scene.says('^4 selected')
    scene.quit()


@case
def space_goes_to_what_is_unread(scene):
    """Past what is read, once round; and what is selected is found again when conversations are switched off and on."""
    scene.empty('alice')
    deliver([message(f'Subject {name}') for name in ('two', 'three', 'four')]
            + [message('Subject five', extra='In-Reply-To: <Subject-three@lab.test>\r\n')], seen=4)
    deliver([message('Subject one', days=9)])
    scene.account()
    scene.start()
    scene.inbox()
    scene.app.click(row(scene, 'Subject four'))
    select(scene, ['Subject four'], 'a click')
    scene.app.key('space')
    select(scene, ['Subject one'], 'Space')
    eventually(lambda: not row(scene, 'Subject one').name.startswith('Unread'), what='it is read')
    scene.app.key('space')
    scene.says('There are no more unread messages here')
    select(scene, ['Subject one'], 'Space once more')

    scene.app.click(row(scene, 'Subject five'))
    for wanted, shown in ((5, 'messages'), (4, 'conversations')):
        scene.app.click(TOGGLE, '^Order of the Messages')
        scene.app.wait(None, exact('_Conversations'))
        scene.app.key('c')
        eventually(lambda wanted=wanted: len(rows(scene)) == wanted, what=f'the {shown}')
        select(scene, ['Subject five'], f'the {shown} are shown')
    scene.quit()


@case
def moving_in_a_view_goes_over_accounts(scene):
    scene.empty('alice', 'bob')
    scene.append('alice', 'INBOX', message('Subject one'))
    scene.append('bob', 'INBOX', message('Subject two'))
    scene.account()
    scene.account('bob')
    scene.start()
    # Where nothing was ever shown it is this, whoever answers first.
    scene.app.wait('list item', '^All Inboxes(,|$)', condition=lambda node: node.has('selected'))
    scene.app.click(row(scene, 'Subject two'))
    scene.app.click(row(scene, 'Subject one'), modifier='ctrl')
    scene.says('^2 Conversations Selected')
    scene.app.key('m')
    scene.app.wait('entry', exact('Move to folder'), condition=lambda node: node.has('focused'))
    scene.app.type('Archive')
    scene.app.key('Return')
    eventually(lambda: subjects('Archive') == ['Subject one', 'Subject two'], what='both are in the folder of one account')
    assert not subjects('INBOX'), subjects('INBOX')
    eventually(lambda: not lab.messages('bob', 'INBOX'), what='none is left at the other account')
    scene.quit()


if __name__ == '__main__':
    main(chosen([days_have_headings, filters_combine_and_are_cleared, what_was_read_stays_under_unread, checkboxes_and_their_bar, space_goes_to_what_is_unread,
                 a_selection_survives_new_mail, moving_in_a_view_goes_over_accounts]),
         finish)
