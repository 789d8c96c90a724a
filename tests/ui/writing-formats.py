"""writing-formats.py PREFIX STATE SCREENSHOTS LANGUAGE: each format that a letter can have, as it is chosen, as it comes back, as it arrives; what is dropped into it."""
import email
import email.policy
import glob
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from giving import drag_in, given  # noqa: E402
from rich import Reader, arrived, begin, looks, make_picture, wait_for_picture  # noqa: E402
from scene import STATE, case, chosen, eventually, exact, finish, lab, words  # noqa: E402
from tap import main  # noqa: E402

SHOP = '\n[Identity shop]\nName=Our Shop\nAddress=shop@lab.test\n'


def choose_format(scene, button, item, role='menu item|radio menu item|check menu item|push button|toggle button'):
    """Of a menu of the bar."""
    scene.app.click('push button|toggle button', exact(button))
    scene.app.click(role, exact(item))
    time.sleep(.4)


def write_each_format(scene, editor):
    """A word each, in lines of their own; the caret is at the end of the last."""
    app = scene.app
    app.click(editor)
    for key, word in (('i', 'slanted'), ('u', 'lined'), ('shift+x', 'struck')):
        app.key('ctrl+' + key)
        app.type(word)
        app.key('ctrl+' + key)
        app.type(' bare')
        app.key('Return')
    app.key('ctrl+shift+h')
    app.type('Chapter')
    app.key('Return')
    # What is chosen without a selection is for what is typed next; with one, for that.
    choose_format(scene, 'Color', 'Red')
    app.type('reddish')
    app.key('Return')
    choose_format(scene, 'Color', 'The Usual Color')
    app.type('sized')
    app.key('shift+Home')
    choose_format(scene, 'Size and font', 'Large')
    app.key('End', 'Return')
    choose_format(scene, 'Size and font', 'Normal')
    app.type('typewritten')
    app.key('shift+Home')
    choose_format(scene, 'Size and font', 'Fixed Width')
    app.key('End', 'Return')
    choose_format(scene, 'Size and font', 'The Reader’s Usual Font')
    app.key('ctrl+k')
    app.fill('text', exact('Web or e-mail address'), 'javascript:x()')
    app.key('Return')
    scene.says(exact('A link has to begin with https://, http:// or mailto:.'))
    scene.shot('wrong-link')
    app.fill('text', exact('Web or e-mail address'), 'plan.example/a')
    app.fill('text', exact('Text to show'), 'the plan')
    app.key('Return')
    app.wait_gone('text', exact('Text to show'))
    app.key('ctrl+End', 'Return')
    app.key('ctrl+b')
    app.type('once bold')
    app.key('ctrl+b', 'shift+Home', 'ctrl+backslash', 'End', 'Return')
    app.key('ctrl+shift+l')
    app.type('outer')
    app.key('Return', 'ctrl+bracketright')
    app.type('inner')
    app.key('Return', 'ctrl+bracketleft')
    app.type('outer again')


def formats_are_right(letter):
    """As Reader has it."""
    for word, tag in (('slanted', 'i'), ('lined', 'u'), ('struck', 's'), ('Chapter', 'h2')):
        assert letter.around(word)[-1] == tag, (word, letter.around(word))
    assert not {'i', 'u', 's'} & set(letter.around(' bare')), letter.around(' bare')
    for word, style in (('reddish', 'color:#c01c28'), ('sized', 'font-size:'), ('typewritten', 'font-family:')):
        assert any(style in found for found in letter.attribute(word, 'style')), (word, letter.attribute(word, 'style'))
    assert not any('color' in style for style in letter.attribute('sized', 'style'))
    assert not any('font-size' in style for style in letter.attribute('typewritten', 'style'))
    assert letter.attribute('the plan', 'href') == ['https://plan.example/a']
    assert not {'b', 'strong', 'span', 'a'} & set(letter.around('once bold')), letter.around('once bold')
    assert letter.around('inner').count('ul') == 2 and letter.around('outer again').count('ul') == 1, letter.around('inner')


def queued(scene):
    """The HTML of the message in the outbox."""
    def read():
        for name in glob.glob(os.path.join(scene.profile, '**', '*.eml'), recursive=True):
            with open(name, 'rb') as file:
                message = email.message_from_binary_file(file, policy=email.policy.default)
            if message['Subject'] == 'Every format':
                return message.get_body(('html',)).get_content()
        return None
    return eventually(read, what='the message in the outbox')


@case
def formats_come_back_as_they_were_and_arrive(scene):
    begin(scene, undo_send_seconds=30)
    with open(os.path.join(scene.profile, 'config', 'accounts', 'alice.ini'), 'a', encoding='utf-8') as file:
        file.write(SHOP)
    scene.start()
    scene.inbox()
    scene.compose('bob@lab.test', 'Every format')
    editor = scene.app.wait('text', exact('Message text'))
    write_each_format(scene, editor)
    scene.shot('formats')
    # All that belongs to the letter is taken back with it.
    scene.app.click('push button', exact('Cc/Bcc'))
    scene.app.fill('text', exact('Cc'), 'kim@lab.test')
    scene.app.fill('text', exact('Bcc'), 'alice@lab.test')
    scene.app.click('combo box', exact('From'))
    scene.app.click('list item', 'shop@lab.test')
    scene.app.click('push button|toggle button', exact('Menu'))
    scene.app.click('menu item', exact('_Priority'))
    scene.app.click('radio menu item|menu item', exact('_High'))
    scene.app.click(editor)
    scene.app.key('ctrl+End', 'Return', 'Return')
    with given(**{'image/png': make_picture('300x200', 'cat.png')}):
        scene.app.key('ctrl+v')
        wait_for_picture(scene)
    scene.shot('formats')
    text = editor.text
    scene.send()
    scene.composer_is_gone()
    html = queued(scene)
    scene.app.click('push button', exact('_Undo'))
    editor = scene.app.wait('text', exact('Message text'), condition=lambda n: 'outer again' in n.text)
    scene.shot('taken-back')
    assert editor.text == text, (editor.text, text)
    assert 'kim@lab.test' in scene.value('Cc') and 'alice@lab.test' in scene.value('Bcc')
    assert scene.app.wait('combo box', exact('From')).find('label', 'shop@lab.test')
    assert looks(editor, 'slanted').get('style') == 'italic' and looks(editor, 'bare').get('style', 'normal') == 'normal', looks(editor, 'slanted')
    scene.send()
    scene.composer_is_gone()
    assert queued(scene) == html
    scene.quit(timeout=60)  # what is held back goes before that
    message, letter, text = arrived('Every format')
    formats_are_right(letter)
    assert message['From'] == 'Our Shop <shop@lab.test>' and message['Cc'] == 'kim@lab.test' and message['Bcc'] is None, message.items()
    assert message['X-Priority'].startswith('1') and message['Importance'].lower() == 'high', message.items()
    shown, = letter.pictures
    assert shown['width'] == '300' and any(part['Content-ID'] == f'<{shown["src"][len("cid:"):]}>' for part in message.walk()), shown
    lab.wait('alice', 'INBOX', lambda f, m: m['Subject'] == 'Every format' and m['Bcc'] is None, what='by Bcc')
    assert 'the plan <https://plan.example/a>\nonce bold\n• outer\n' in text, text
    seen = lab.shown('bob', message)
    for line in (r'Chapter', r'\[1\]the plan', r'  • outer', r'      . inner', r'\[1\] https://plan\.example/a'):
        assert re.search(rf'^ *{line} *$', seen, re.M), f'{line}: {seen}'
    assert len(re.findall('^.* PNG 300x200 ', seen, re.M)) == 1 and not re.search('^Bcc:', seen, re.M), seen


def drop(scene, target, *paths):
    """As a file manager gives them."""
    drag_in(scene, target, **{'text/uri-list': ''.join(f'file://{path.replace(" ", "%20")}\r\n' for path in paths).encode()})


@case
def what_is_dropped_from_another_program_arrives(scene):
    begin(scene)
    plan, folder = os.path.join(STATE, 'the plan.txt'), os.path.join(STATE, 'a folder')
    with open(plan, 'w', encoding='utf-8') as file:
        file.write('Monday')
    os.makedirs(folder, exist_ok=True)
    make_picture('300x200', 'cat.png')
    scene.start()
    scene.inbox()
    scene.compose('bob@lab.test', 'Dropped', 'Look:')
    scene.app.move(460, 60, '^Dropped$')
    editor = scene.app.wait('text', exact('Message text'))
    drop(scene, editor, plan)
    scene.app.wait(None, r'^the plan\.txt')
    drop(scene, editor, folder)
    scene.says(exact('A file was not attached.'))
    scene.says(re.escape(words('“%s” is a folder. Attach the files in it, or pack it into one file first.') % 'a folder'))
    scene.shot('folder')
    scene.app.key('Escape')
    scene.app.click(editor)
    scene.app.key('ctrl+End')
    drop(scene, editor, os.path.join(STATE, 'cat.png'))
    wait_for_picture(scene, 2)
    assert not scene.app.find(None, r'^cat\.png'), 'it is a file, too'
    scene.shot('picture')
    scene.send()
    scene.composer_is_gone()
    message, letter, _text = arrived('Dropped')
    shown, = letter.pictures
    part, = message.iter_attachments()
    assert part.get_filename() == 'the plan.txt' and part.get_content().strip() == 'Monday', part.items()
    assert any(p['Content-ID'] == f'<{shown["src"][len("cid:"):]}>' and p.get_content_disposition() == 'inline' for p in message.walk()), shown
    # In a letter without formats it is a file like any other, and several come at once.
    scene.compose('bob@lab.test', 'Dropped as files', 'Look:')
    scene.app.move(460, 60, '^Dropped as files$')
    scene.app.click('push button|toggle button', exact('Formatting'))
    drop(scene, scene.app.wait('text', exact('Message text')), os.path.join(STATE, 'cat.png'), plan)
    scene.app.wait(None, r'^cat\.png')
    scene.app.wait(None, r'^the plan\.txt')
    scene.send()
    scene.composer_is_gone()
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Dropped as files', what='Dropped as files')
    assert [p.get_filename() for p in message.iter_attachments()] == ['cat.png', 'the plan.txt'] and message.get_body(('html',)) is None
    scene.quit()


main(chosen([formats_come_back_as_they_were_and_arrive, what_is_dropped_from_another_program_arrives]))
finish()
