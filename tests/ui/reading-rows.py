"""reading-rows.py PREFIX STATE SCREENSHOTS LANGUAGE: conversations joined from the message list."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from listing import TOGGLE, begin, row, rows, select, subject  # noqa: E402
from scene import case, chosen, eventually, exact, finish, words  # noqa: E402
from tap import main  # noqa: E402

NAMES = ['Subject one', 'Subject two', 'Subject three']  # the last one on top
JOIN = exact('Joi_n Conversations')


def joined(scene):
    eventually(lambda: sorted(words('2 messages') in node.name for node in rows(scene)) == [False, True], what='one conversation of two')


def apart(scene):
    eventually(lambda: sorted(subject(node) for node in rows(scene)) == sorted(NAMES), what='three conversations')
    assert not any(words('2 messages') in node.name for node in rows(scene))


@case
def several_conversations_are_joined(scene):
    begin(scene, *NAMES)
    scene.app.click(row(scene, 'Subject two'))
    scene.app.key('shift+F10')
    scene.app.wait('menu item', exact('Arc_hive'))
    assert not scene.app.find('menu item', JOIN), 'one alone is offered to be joined'
    scene.app.key('Escape')
    eventually(lambda: any(node.has('focused') for node in rows(scene)), what='the keyboard back at its row')

    # The two below, from the menu of a row.
    scene.app.key('shift+Down')
    select(scene, NAMES[:2], 'two of three')
    scene.app.key('shift+F10')
    scene.app.wait('menu item', JOIN)
    scene.shot('menu')
    scene.app.click('menu item', JOIN)
    joined(scene)
    scene.app.key('ctrl+z')
    apart(scene)

    # From the bar, and back by the button that says so.
    scene.app.click(row(scene, 'Subject two'))
    scene.app.click(row(scene, 'Subject one'), modifier='ctrl')
    select(scene, NAMES[:2], 'the two again')
    scene.app.click(TOGGLE, exact('More for the Selected'))
    scene.app.wait('menu item', JOIN)
    scene.shot('bar')
    scene.app.click('menu item', JOIN)
    joined(scene)
    scene.app.click('push button', exact('Undo'))
    apart(scene)
    scene.quit()


if __name__ == '__main__':
    main(chosen([several_conversations_are_joined]), finish)
