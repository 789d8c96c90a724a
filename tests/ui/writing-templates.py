"""writing-templates.py PREFIX STATE SCREENSHOTS LANGUAGE: texts that are written again and again, from the preferences to the mail that arrives."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from letters import letter as make_letter, menu, row  # noqa: E402
from scene import case, chosen, eventually, exact, finish, lab, words  # noqa: E402
from tap import main  # noqa: E402


def ready(scene, **settings):
    scene.empty('alice', 'bob')
    scene.settings(undo_send_seconds=0, **settings)
    scene.account()
    scene.start()
    scene.inbox()


def templates(scene):
    """The window of them, from a letter."""
    scene.app.click('push button|toggle button', exact('Menu'))
    scene.app.click('menu item', exact('_Insert Template…'))
    scene.app.wait('push button', exact('New template'))


def write(scene, name, text, abbreviation='', subject=''):
    """In the window that is open for it."""
    scene.app.fill('text', exact('Name'), name)
    if abbreviation:
        scene.app.fill('text', exact('Abbreviation (type it, then Tab)'), abbreviation)
    if subject:
        scene.app.fill('text', exact('Subject, where there is none'), subject)
    lines(scene, 'Text of the template', text)
    scene.app.click('push button', exact('Save'))


def lines(scene, name, text):
    first, *others = text.split('\n')
    scene.app.fill('text', exact(name), first)
    for line in others:
        scene.app.key('Return')
        if line:
            scene.app.type(line)


def find(scene, term):
    scene.app.fill('entry', exact('Find a template'), term)


def is_saved(scene):
    scene.app.wait_gone('text', exact('Text of the template'))


def letter(scene):
    return scene.app.wait('text', exact('Message text')).text


def arrives(subject):
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == subject, 30, what=subject)
    return message.get_body(('plain',)).get_content()


@case
def a_template_is_written_found_and_used(scene):
    ready(scene)
    scene.compose('"Bob & Miller" <bob@lab.test>')
    templates(scene)
    scene.says(exact('No Templates Yet'))
    scene.shot('empty')
    scene.app.click('push button', exact('_New Template'))
    scene.app.click('push button', exact('Save'))
    scene.app.wait(None, exact('The template needs a short name, by which you find it.'))
    write(scene, 'Offer', '')
    scene.app.wait(None, exact('The template has no text yet.'))
    write(scene, 'Offer', 'Dear {name},\n\nour offer for <{address}>.\n{unknown}', subject='Offer for {address}')
    is_saved(scene)
    scene.app.click('push button', exact('New template'))
    write(scene, '감사 인사', '감사합니다.', abbreviation=';thx')
    is_saved(scene)
    scene.shot('list')
    # By initial consonants, then by words that nothing has, then by a piece of a word.
    find(scene, 'ㄱㅅ')
    scene.app.wait_gone('list item', '^Offer$')
    scene.app.wait('list item', '^감사 인사$')
    find(scene, 'zebra')
    scene.says(exact('No Such Template'))
    find(scene, 'offer')
    scene.app.click('list item', '^Offer$')
    expected = 'Dear Bob & Miller,\n\nour offer for <bob@lab.test>.\n{unknown}'
    eventually(lambda: expected in letter(scene), what='the text of the template')
    assert scene.value('Subject') == 'Offer for bob@lab.test', scene.value('Subject')
    scene.app.key('ctrl+z')
    eventually(lambda: 'Dear' not in letter(scene), what='undo')
    scene.app.key('ctrl+shift+z')
    eventually(lambda: expected in letter(scene), what='redo')
    scene.shot('used')
    scene.send()  # {unknown} is nothing of ours: nobody is asked
    scene.composer_is_gone()
    assert expected in arrives('Offer for bob@lab.test').replace('\r\n', '\n')


@case
def what_is_typed_for_one_becomes_it(scene):
    ready(scene)
    scene.compose('', 'Short')
    templates(scene)
    scene.app.click('push button', exact('New template'))
    write(scene, 'Thanks', 'Thank you, {name}!', abbreviation=';Thx')
    is_saved(scene)
    scene.app.click('push button', exact('New template'))
    write(scene, 'Other', 'x', abbreviation=';thx')
    scene.app.wait(None, '^“Thanks” has')
    scene.shot('taken')
    scene.app.fill('text', exact('Abbreviation (type it, then Tab)'), 'ㅈㅅ')
    scene.app.fill('text', exact('Text of the template'), '서울시 종로구')
    scene.app.click('push button', exact('Save'))
    is_saved(scene)
    scene.app.key('Escape')
    scene.app.wait_gone('push button', exact('New template'))
    scene.app.fill('text', exact('Message text'), 'Hello ;thx')
    scene.app.key('Tab')
    eventually(lambda: letter(scene) == 'Hello Thank you, {name}!', what='the text for ;thx')
    scene.app.type(' ㅈㅅ')
    scene.app.key('Tab')
    eventually(lambda: letter(scene).endswith('! 서울시 종로구'), what='the text for ㅈㅅ')
    scene.app.type(' nothing')
    scene.app.key('Tab')  # elsewhere it goes on to the next field
    scene.app.wait('text', exact('Message text'), condition=lambda n: not n.has('focused') and n.text.endswith(' nothing'))

    # The name is not known: somebody should look.
    scene.write('bob@lab.test')
    scene.send()
    scene.says(words('A placeholder of a template is still there, in braces.'))
    scene.shot('asked')
    scene.app.click(scene.app.nth(-1, 'push button', exact('_Send')))
    scene.composer_is_gone()
    assert 'Thank you, {name}! 서울시 종로구 nothing' in arrives('Short')


@case
def they_are_kept_changed_and_removed(scene):
    ready(scene)
    scene.compose('', 'Plan')
    lines(scene, 'Message text', 'Monday: plan\nFriday: done')
    scene.app.click('push button|toggle button', exact('Menu'))
    scene.app.click('menu item', exact('Save as Te_mplate…'))
    scene.app.wait('text', exact('Text of the template'), condition=lambda n: n.text == 'Monday: plan\nFriday: done')
    # What is new is not thrown away unasked.
    for key in ('Escape', 'ctrl+w', 'ctrl+q'):
        scene.app.key(key)
        scene.says(exact('Discard what you changed?'))
        scene.app.key('Escape')
        scene.app.wait_gone('label', exact('Discard what you changed?'))
    scene.app.fill('text', exact('Name'), 'Week')
    scene.app.click('push button', exact('Save'))
    is_saved(scene)
    scene.app.click('push button|toggle button', exact('Menu'))
    scene.app.click('menu item', exact('Disca_rd'))
    scene.composer_is_gone()
    scene.quit()

    scene.start()
    scene.inbox()
    scene.app.key('ctrl+comma')
    scene.app.click(None, exact('Writing'))
    scene.app.click('list item', exact('Templates'))
    scene.app.click('list item', '^Week$')
    scene.app.wait('text', exact('Text of the template'), condition=lambda n: n.text == 'Monday: plan\nFriday: done')
    scene.app.fill('text', exact('Name'), 'Each week')
    scene.app.click('push button', exact('Save'))
    is_saved(scene)
    scene.app.wait('list item', '^Each week$')
    scene.app.click('push button', '^' + words('Remove “%s”').replace('%s', 'Each week') + '$')
    scene.says(exact('No Templates Yet'))
    scene.app.click('push button', exact('_Undo'))
    scene.app.wait('list item', '^Each week$')
    scene.shot('back')

    # Who quits is asked, and quits by the answer.
    scene.app.click('list item', '^Each week$')
    scene.app.fill('text', exact('Subject, where there is none'), 'Report')
    scene.app.key('ctrl+q')
    scene.says(exact('Discard what you changed?'))
    scene.app.click('push button', exact('_Discard'))
    assert scene.app.process.wait(15) == 0
    scene.app = None


def keep(scene, name, text, identifier):
    """As a person writes its file."""
    folder = os.path.join(scene.profile, 'config', 'templates')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, identifier + '.ini'), 'w', encoding='utf-8') as file:
        file.write(f'# Kept by hand\n[Template]\nName={name}\nText={text}\n')


@case
def a_message_is_answered_with_one(scene):
    scene.empty('alice', 'bob')
    scene.settings(undo_send_seconds=0)
    scene.account()
    keep(scene, 'Away', 'I am away.', '0b7ab6f2-6dd4-4ae2-9b1a-0c6f5ad2a0d1')
    keep(scene, 'Thanks', r'Dear {name},\n\nthank you!', '1b7ab6f2-6dd4-4ae2-9b1a-0c6f5ad2a0d1')
    scene.append('alice', 'INBOX', make_letter('Plans', 'The first line', name='plans'))
    scene.start()
    scene.inbox()
    row(scene, 'Plans')
    scene.click_row('Plans')
    scene.app.wait('push button', exact('Reply'), condition=lambda n: n.has('sensitive'))

    # By keys alone: the first that is found.
    scene.app.key('ctrl+shift+t')
    scene.app.wait('entry', exact('Find a template'), condition=lambda n: n.has('focused') or n.find_all('text'))
    scene.app.type('thanks')
    scene.app.wait_gone('list item', '^Away$')
    scene.shot('chosen-from')
    scene.app.key('Return')
    editor = scene.app.wait('text', exact('Message text'), condition=lambda n: n.has('editable', 'focused') and 'thank you!' in n.text)
    own, _, quote = editor.text.partition('\n\n' + 'On ')
    assert own == 'Dear Bob Miller,\n\nthank you!' and '> The first line' in quote, editor.text
    scene.shot('answer')
    # What others wrote is no part of a template.
    scene.app.click('push button|toggle button', exact('Menu'))
    scene.app.click('menu item', exact('Save as Te_mplate…'))
    scene.app.wait('text', exact('Text of the template'), condition=lambda n: n.text == own)
    assert scene.value('Subject, where there is none') == ''
    scene.app.key('Escape')
    scene.app.click('push button', exact('_Discard'))
    is_saved(scene)
    scene.send()
    scene.composer_is_gone()
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Re: Plans', 30, what='the answer')
    assert message['In-Reply-To'] == '<plans@lab.test>', message['In-Reply-To']
    body = message.get_body(('plain',)).get_content().replace('\r\n', '\n')
    assert body.startswith(own + '\n\nOn ') and body.rstrip().endswith('> The first line'), body

    # From the menu of the message; once more, into the answer that is there.
    for n in (1, 2):
        menu(scene, 'Repl_y With Template…')
        scene.app.click('list item', '^Away$')
        scene.app.wait('text', exact('Message text'), condition=lambda node: node.has('editable') and node.text.count('I am away.') == n)
    scene.quit()


if __name__ == '__main__':
    main(chosen([a_template_is_written_found_and_used, what_is_typed_for_one_becomes_it, they_are_kept_changed_and_removed, a_message_is_answered_with_one]), finish)
