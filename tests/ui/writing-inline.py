"""writing-inline.py PREFIX STATE SCREENSHOTS LANGUAGE: answers that are written below the conversation: sent there, moved into windows, left and found again."""
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from letters import deliver, letter, row  # noqa: E402
from scene import case, chosen, eventually, exact, finish, lab, words  # noqa: E402
from tap import main  # noqa: E402

KIM = 'Kim Min-woo <bob@lab.test>'
BELOW = words('Reply to %s') % 'Kim Min-woo'


def begin(scene, **settings):
    """A conversation of two letters, and another letter."""
    scene.empty('alice', 'bob')
    deliver([letter('Plans', 'The first of them.', KIM, name='one', hour=1), letter('Else', 'Something else.', KIM, name='else', hour=2),
             letter('Re: Plans', 'The second of them.', KIM, name='two', answers=['one'], hour=3)], seen=3)
    scene.settings(undo_send_seconds=0, **settings)
    scene.account()
    scene.start()
    scene.inbox()
    scene.main = frames(scene)[0]
    read(scene, 'Plans', 'The second of them')


def read(scene, subject, text):
    row(scene, subject)
    scene.click_row(subject)
    scene.app.wait('text', None, condition=lambda n: text in n.text and not n.has('editable'))
    scene.app.wait('push button', exact('Reply'), condition=lambda n: n.has('sensitive'))


def frames(scene):
    return scene.app.root.find_all('frame')


def named(scene, name=BELOW):
    """The group that is a composer below messages; None: there is none."""
    return next((node for node in scene.app.root.find_all('panel|grouping', f'^{re.escape(name)}$') if node.find('text', exact('Message text'))), None)


def editor(scene):
    return scene.app.wait('text', exact('Message text'), condition=lambda n: n.has('editable'))


def answer(scene, text='', key='r', name=BELOW):
    scene.app.key(key)
    eventually(lambda: named(scene, name), what=f'{name} below the messages')
    eventually(lambda: editor(scene).has('focused') or scene.app.find('text', exact('To')).has('focused'), what='the keyboard in it')
    if text:
        scene.app.type(text)


def arrives(subject, text):
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == subject and text in m.get_body(('plain',)).get_content(), what=subject)
    time.sleep(1)
    found = [m for _f, m in lab.messages('bob', 'INBOX') if text in m.get_body(('plain',)).get_content()]
    assert len(found) == 1, f'{len(found)} arrived'
    return message


def drafts():
    return [m['Subject'] for f, m in lab.messages('alice', 'Drafts') if '\\Deleted' not in f]


def in_window(scene):
    """The frame that a composer has to itself, when it has one."""
    return eventually(lambda: next((f for f in frames(scene) if f != scene.main and f.find('text', exact('Message text'))),
                                   None), what='a window of its own')


@case
def an_answer_is_written_and_sent_below_the_conversation(scene):
    begin(scene)
    answer(scene, 'Below it all.')
    assert len(frames(scene)) == 1, frames(scene)
    assert scene.chips('To') == [KIM.replace(' <', ', ').rstrip('>')] or 'bob@lab.test' in scene.value('To'), scene.chips('To')
    send = scene.app.find('push button', exact('Send'))
    _x, y, _width, height = send.extents
    assert 0 < y and y + height < scene.main.extents[3], f'Send at {send.extents} in {scene.main.extents}'
    box = named(scene).extents
    assert box[1] + box[3] <= scene.main.extents[3], f'{box} in {scene.main.extents}'
    scene.shot('below')
    # Letters are text here, and the keys of the window are not its verbs.
    scene.app.key('ctrl+s', 'ctrl+r', 'ctrl+l', 'a')
    time.sleep(1)
    assert editor(scene).text.startswith('Below it all.a\n'), editor(scene).text
    assert len(frames(scene)) == 1, 'an answer to the answer'
    scene.app.key('BackSpace', 'ctrl+Return')
    scene.composer_is_gone()
    message = arrives('Re: Plans', 'Below it all.')
    assert message['In-Reply-To'] == '<two@lab.test>' and message['References'].split() == ['<one@lab.test>', '<two@lab.test>'], message.items()
    lines = message.get_body(('plain',)).get_content().splitlines()
    assert lines[0] == 'Below it all.' and '> The second of them.' in lines, lines
    # The keyboard is back at the messages; what nobody touched goes without a word.
    answer(scene)
    scene.app.key('Escape')
    scene.composer_is_gone()
    time.sleep(1)
    assert not scene.app.find('label', exact('Draft saved')) and not drafts(), drafts()
    scene.quit()


@case
def it_moves_into_a_window_as_it_is(scene):
    begin(scene)
    answer(scene, 'First second')
    time.sleep(1.5)  # another step to be undone
    scene.app.type(' third')
    scene.app.key('ctrl+shift+Left')  # selected
    scene.app.key('ctrl+shift+d')
    window = in_window(scene)
    assert not named(scene), 'it is in both places'
    assert window.name == 'Re: Plans', window.name
    text = editor(scene)
    eventually(lambda: text.has('focused'), what='the keyboard')
    scene.shot('window')
    scene.app.type('fourth')
    assert text.text.startswith('First second fourth\n'), text.text
    scene.app.key('ctrl+z', 'ctrl+z', 'ctrl+z', 'ctrl+z')
    eventually(lambda: not text.text.startswith('First second fourth'), what='undone')
    scene.app.key('ctrl+shift+z', 'ctrl+shift+z', 'ctrl+shift+z', 'ctrl+shift+z')
    eventually(lambda: text.text.startswith('First second fourth\n'), what=f'done again: {text.text}')
    scene.send()
    scene.composer_is_gone()
    arrives('Re: Plans', 'First second fourth')
    eventually(lambda: len(frames(scene)) == 1, what='its window is gone')
    scene.quit()


@case
def what_was_left_is_there_again(scene):
    begin(scene)
    answer(scene, 'Half a thought')
    read(scene, 'Else', 'Something else')
    eventually(lambda: not named(scene), what='not below another conversation')
    scene.says('An answer is not finished')
    scene.shot('waiting')
    answer(scene)  # nothing is written
    read(scene, 'Plans', 'The second of them')
    eventually(lambda: named(scene), what='there again')
    eventually(lambda: not scene.app.find('label', 'not finished'), what='nothing waits')
    scene.shot('again')
    scene.app.click(editor(scene))
    scene.app.key('ctrl+Home', 'End')
    scene.app.type(', and the other half')
    read(scene, 'Else', 'Something else')
    assert not named(scene), 'an untouched one was kept'
    answer(scene, 'To something else')
    scene.send()
    eventually(lambda: not named(scene), what='sent')
    arrives('Re: Else', 'To something else')
    scene.app.click('push button', exact('Continue'))
    in_window(scene)
    assert editor(scene).text.startswith('Half a thought, and the other half\n'), editor(scene).text
    scene.send()
    scene.composer_is_gone()
    arrives('Re: Plans', 'the other half')
    assert not drafts(), drafts()
    scene.quit()


@case
def the_conversation_goes_and_the_answer_stays(scene):
    begin(scene)
    answer(scene, 'Not archived')
    scene.app.click('push button', exact('Archive'))
    in_window(scene)
    assert editor(scene).text.startswith('Not archived\n'), editor(scene).text
    lab.wait('alice', 'Archive', lambda f, m: m['Subject'] == 'Re: Plans', what='archived')
    scene.send()
    scene.composer_is_gone()
    arrives('Re: Plans', 'Not archived')
    scene.quit()


@case
def killed_while_answering_all_of_them_come_back(scene):
    begin(scene)
    answer(scene, 'The one')
    read(scene, 'Else', 'Something else')
    answer(scene, 'The other')
    time.sleep(4)
    scene.app.kill()
    scene.start()
    eventually(lambda: len(frames(scene)) == 3, what='two windows')
    found = sorted(n.text.partition('\n')[0] for n in scene.app.root.find_all('text', exact('Message text')))
    assert found == ['The one', 'The other'], found
    scene.quit()


@case
def closing_keeps_a_draft_and_quitting_all(scene):
    begin(scene)
    answer(scene, 'For later')
    scene.app.key('Escape')  # out of it
    time.sleep(.5)
    assert editor(scene).text.startswith('For later\n') and not editor(scene).has('focused')
    scene.app.click(editor(scene))
    scene.app.key('ctrl+w')
    scene.composer_is_gone()
    scene.says(exact('Draft saved'))
    lab.wait('alice', 'Drafts', lambda f, m: 'For later' in m.get_body(('plain',)).get_content(), what='the draft')
    assert len(frames(scene)) == 1, 'the window was closed'
    answer(scene, 'Kept at quitting')
    scene.quit()
    scene.start()
    scene.app.wait('text', exact('Message text'), condition=lambda n: n.text.startswith('Kept at quitting\n'))
    scene.quit()


@case
def in_the_window_of_a_message_too(scene):
    begin(scene)
    scene.app.key('ctrl+Return')
    eventually(lambda: len(frames(scene)) == 2, what='the window of the message')
    time.sleep(1)
    scene.app.key('f')
    eventually(lambda: named(scene, words('Forward')), what='below the message')
    assert len(frames(scene)) == 2, frames(scene)
    eventually(lambda: scene.app.find('text', exact('To')).has('focused'), what='the recipients have the keyboard')
    scene.app.type('bob@lab.test\t')
    scene.app.click(editor(scene))
    scene.app.key('ctrl+Home')
    scene.app.type('Passed on')
    scene.shot('forward')
    scene.app.key('Escape', 'Escape')  # out of it, and out of the window
    eventually(lambda: not named(scene, words('Forward')) and len(frames(scene)) == 2, what='a window of its own')
    assert editor(scene).text.startswith('Passed on'), editor(scene).text
    scene.send()
    scene.composer_is_gone()
    arrives('Fwd: Plans', 'Passed on')
    scene.quit()


@case
def in_a_narrow_window_it_takes_the_width(scene):
    begin(scene)
    scene.app.resize(360, 640)
    eventually(lambda: scene.main.extents[2] <= 360, what=f'360 pixels: {scene.main.extents}')
    width = scene.main.extents[2]  # what the frame leaves
    answer(scene, 'On the way')
    assert scene.main.extents[2] == width, f'the window grew to {scene.main.extents}'
    assert named(scene).extents[::2] == (0, width), named(scene).extents
    for name in ('Attach files', 'Send', 'Open in own window', 'Save as draft and close'):
        x, y, width, height = scene.app.find('push button', exact(name)).extents
        assert 0 <= x and x + width <= 360 and 0 <= y and y + height <= 640, f'{name} at {(x, y, width, height)}'
    scene.shot('narrow')
    scene.app.click('push button', exact('Send'))
    scene.composer_is_gone()
    arrives('Re: Plans', 'On the way')
    scene.quit()


@case
def in_a_window_for_those_who_want_it(scene):
    begin(scene, answer_below='false')
    scene.app.key('r')
    in_window(scene)
    assert not named(scene)
    scene.app.key('ctrl+w')
    scene.composer_is_gone()
    scene.quit()


main(chosen([an_answer_is_written_and_sent_below_the_conversation, it_moves_into_a_window_as_it_is, what_was_left_is_there_again,
             the_conversation_goes_and_the_answer_stays, killed_while_answering_all_of_them_come_back, closing_keeps_a_draft_and_quitting_all,
             in_the_window_of_a_message_too, in_a_narrow_window_it_takes_the_width, in_a_window_for_those_who_want_it]))
finish()
