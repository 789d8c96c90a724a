"""writing-identities.py PREFIX STATE SCREENSHOTS LANGUAGE: identities and signatures: set up by hand, chosen, answered from, and what arrives."""
import configparser
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dragging import drag  # noqa: E402
from drive import run  # noqa: E402
from scene import BASE, case, chosen, eventually, exact, finish, lab, words  # noqa: E402
from tap import main  # noqa: E402

SHOP = '가게 <shop@lab.test>'
RICH = '<div><div><b>Shop</b></div><div>open all day</div></div>'
SETTINGS = {
    'Account': {'Signature': 'plain'},
    'Identity shop': {'Name': '가게', 'Address': 'shop@lab.test', 'ReplyTo': 'orders@lab.test', 'BccSelf': 'true', 'Signature': 'shop',
                      'SignatureAbove': 'true', 'SentFolder': 'Archive'},
    'Identity kim': {'Name': 'Not Kim', 'Address': 'kimshop@lab.test'},
    'Signature plain': {'Name': 'Plain', 'Text': 'Alice Lee\\nLab'},
    'Signature shop': {'Name': 'Shop_1', 'Text': 'Shop\\nopen all day', 'Html': RICH},
}
PLAIN_SIGNATURE = '-- \nAlice Lee\nLab'
SHOP_SIGNATURE = '-- \nShop\nopen all day'


def file_of(scene, user='alice'):
    return os.path.join(scene.profile, 'config', 'accounts', user + '.ini')


def read(scene, user='alice'):
    settings = configparser.ConfigParser(interpolation=None)
    settings.optionxform = str
    settings.read(file_of(scene, user), encoding='utf-8')
    return settings


def write_settings(scene, settings, user='alice'):
    with open(file_of(scene, user), 'w', encoding='utf-8') as file:
        settings.write(file, space_around_delimiters=False)


def ready(scene, **settings):
    scene.empty('alice', 'bob')
    scene.settings(undo_send_seconds=0, **settings)
    scene.account()
    written = read(scene)
    for group, values in SETTINGS.items():
        if not written.has_section(group):
            written.add_section(group)
        for key, value in values.items():
            written[group][key] = value
    write_settings(scene, written)
    scene.start()
    scene.inbox()


def editor(scene, condition=lambda n: True):
    return scene.app.wait('text', exact('Message text'), condition=lambda n: n.has('editable') and condition(n))


def text_is(scene, wanted):
    eventually(lambda: editor(scene).text == wanted, 60, f'{wanted!r}; it is {editor(scene).text!r}')


def write(scene, text, subject=None):
    """Above the signature."""
    if subject:
        scene.app.fill('text', exact('Subject'), subject)
    scene.app.click(editor(scene))
    scene.app.key('ctrl+Home')
    scene.app.type(text)


def sender(scene):
    box = scene.app.wait('combo box', exact('From'))
    labels = [n.name for n in box.find_all('label') if n.name]
    return labels[0] if labels else ''


def choose(scene, address):
    scene.app.click('combo box', exact('From'))
    scene.app.click('list item', re.escape(address))
    eventually(lambda: address in sender(scene), 5, address)
    time.sleep(.3)


def arrived(user, subject, folder='INBOX'):
    return lab.wait(user, folder, lambda f, m: m['Subject'] == subject, what=subject)[1]


def plain(message):
    return message.get_body(('plain',)).get_content().replace('\r\n', '\n')


def receive(scene, subject, to, text='Hello'):
    """From bob, by the server: whom it was for stands in what that writes on top."""
    lab.send('bob', to, subject, text)
    scene.app.wait('list item|table row', re.escape(subject), timeout=60)


def answer(scene, subject, key='ctrl+r'):
    scene.click_row(re.escape(subject))
    scene.app.wait('push button', exact('Reply'), condition=lambda n: n.has('sensitive'))
    time.sleep(.5)
    scene.app.key(key)
    editor(scene)


def open_identities(scene):
    scene.account_page('alice@lab.test')
    scene.app.click('push button', exact('Identities and signatures of the account “%s”').replace('%s', 'alice@lab.test'))
    scene.app.wait('push button', exact('Add an identity'))


def has_keyboard(scene, name):
    eventually(lambda: any(n.has('focused') for n in scene.app.root.find_all(None, name)), 5,
               f'the keyboard at {name}; it is at {[n for n in scene.app.root.walk() if n.has("focused")]}')


def default(scene, address):
    return scene.app.wait('check box|radio button', exact('Write new messages as %s').replace('%s', address)).has('checked')


def discard(scene, answer, title, key='Escape'):
    """Closes the form, which asks."""
    scene.app.key(key)
    scene.app.wait('label', exact('Discard what you changed?'))
    scene.app.click(scene.app.nth(-1, 'push button', exact(answer)))
    scene.app.wait_gone('label', exact('Discard what you changed?'))
    scene.app.wait(None, exact(title), gone=answer == '_Discard')


def save(scene, title):
    scene.app.click('push button', exact('_Save'))
    scene.app.wait_gone(None, exact(title))


@case
def they_are_set_up_by_hand(scene):
    scene.empty('alice', 'bob')
    scene.account()
    scene.start()
    scene.inbox()
    app = scene.app
    open_identities(scene)
    scene.shot('empty')
    assert not app.unnamed(), app.unnamed()

    app.click('push button', exact('Add a signature'))
    app.fill('text', exact('Name of the Signature'), 'Bold_one')
    app.click('check box', '^' + re.escape(words('With Formatting')))
    app.click('text', exact('Signature text'))
    app.key('ctrl+b')
    app.type('Alice')
    app.key('ctrl+b', 'Return')
    discard(scene, '_Keep Editing', 'Add Signature')
    discard(scene, '_Keep Editing', 'Add Signature', 'ctrl+q')
    has_keyboard(scene, exact('Signature text'))
    app.type('Lab & Co.')
    scene.shot('signature')
    assert not app.unnamed(), app.unnamed()
    save(scene, 'Add Signature')
    app.wait('label', '^Bold_one$')
    has_keyboard(scene, exact('Change the signature “%s”').replace('%s', 'Bold_one'))
    app.key('space')
    app.wait(None, exact('Change Signature'))
    app.key('Escape')  # nothing was changed
    app.wait_gone(None, exact('Change Signature'))

    app.click('push button', exact('Add an identity'))
    app.fill('text', exact('Name'), 'Nobody')
    discard(scene, '_Discard', 'Add Identity')
    app.click('push button', exact('Add an identity'))
    app.fill('text', exact('Name'), '가게')
    app.fill('text', exact('E-Mail Address'), 'shop')
    app.click('push button', exact('_Save'))
    scene.says('“shop” is not an e-mail address')
    assert app.find('alert') and app.find('text', exact('E-Mail Address')).description.startswith('“shop” is not an e-mail address')
    scene.shot('wrong')
    app.key('End')  # there without a click
    app.type('@lab.test')
    eventually(lambda: scene.value('E-Mail Address') == 'shop@lab.test', 60, scene.value('E-Mail Address'))
    assert not app.find('text', exact('E-Mail Address')).description
    app.fill('text', exact('Replies Go To (Optional)'), 'orders@lab.test')
    app.click('combo box|toggle button|push button', exact('Signature'))
    app.click(app.nth(-1, 'list item', 'Bold_one'))
    app.click('check box', '^' + re.escape(words('Bcc to Myself')))
    scene.shot('identity')
    assert not app.unnamed(), app.unnamed()
    save(scene, 'Add Identity')
    app.wait('label', exact('shop@lab.test'))
    has_keyboard(scene, exact('Change the identity %s').replace('%s', 'shop@lab.test'))
    scene.shot('list')

    groups = eventually(lambda: [g for g in read(scene).sections() if g.startswith('Identity ')], what='the identity in the file')
    found = read(scene)
    signature = found[groups[0]]['Signature']
    assert dict(found[groups[0]]) == {'Name': '가게', 'Address': 'shop@lab.test', 'ReplyTo': 'orders@lab.test', 'BccSelf': 'true', 'Signature': signature}
    assert found['Signature ' + signature]['Html'] == '<div><div><b>Alice</b></div><div>Lab &amp; Co.</div></div>', found['Signature ' + signature]['Html']
    assert found['Signature ' + signature]['Text'] == 'Alice\\nLab & Co.'

    # Removed with it and put back whole
    app.click('push button', exact('Remove the signature “%s”').replace('%s', 'Bold_one'))
    scene.says(exact('Signature removed'))
    eventually(lambda: 'Signature' not in read(scene)[groups[0]], what='the identity without it')
    app.click('push button', exact('_Undo'))
    eventually(lambda: read(scene)[groups[0]].get('Signature') == signature, what='the identity with it')
    has_keyboard(scene, exact('Change the signature “%s”').replace('%s', 'Bold_one'))
    app.click('push button', exact('Remove the identity %s').replace('%s', 'shop@lab.test'))
    scene.says(exact('Identity removed'))
    app.wait_gone('label', exact('shop@lab.test'))
    at_neighbour = exact('Change the identity %s').replace('%s', 'alice@lab.test')
    app.wait('push button', at_neighbour, condition=lambda n: n.has('focused'))
    app.click(app.nth(-1, 'push button', exact('_Undo')))
    app.wait('label', exact('shop@lab.test'))
    # Each is put back by itself, whatever was removed after it.
    app.wait_gone('push button', exact('_Undo'))
    app.click('push button', exact('Remove the signature “%s”').replace('%s', 'Bold_one'))
    app.click('push button', exact('Remove the identity %s').replace('%s', 'shop@lab.test'))
    app.wait_gone('label', exact('shop@lab.test'))
    scene.says(exact('Signature removed'))
    app.click('push button', exact('_Undo'))
    app.wait('label', '^Bold_one$')
    scene.says(exact('Identity removed'))
    app.click('push button', exact('_Undo'))
    app.wait('label', exact('shop@lab.test'))
    app.wait('label', '^Bold_one$')
    eventually(lambda: groups[0] in read(scene) and 'Signature ' + signature in read(scene), what='both in the file')
    # What was refused is not shown as if it had been saved.
    path = file_of(scene)
    os.rename(path, path + '.aside')
    os.mkdir(path)
    app.click('check box|radio button', exact('Write new messages as %s').replace('%s', 'shop@lab.test'))
    scene.says(exact('The change was not saved.'))
    app.key('Escape')
    app.wait_gone('label', exact('The change was not saved.'))
    assert default(scene, 'alice@lab.test') and not default(scene, 'shop@lab.test')
    has_keyboard(scene, exact('Write new messages as %s').replace('%s', 'shop@lab.test'))
    os.rmdir(path)
    os.rename(path + '.aside', path)
    app.click('check box|radio button', exact('Write new messages as %s').replace('%s', 'shop@lab.test'))
    eventually(lambda: default(scene, 'shop@lab.test'), what='the mark')
    has_keyboard(scene, exact('Write new messages as %s').replace('%s', 'shop@lab.test'))
    eventually(lambda: read(scene)['Account'].get('DefaultIdentity') == groups[0].partition(' ')[2], what='the default')

    # Changed again, after a restart
    scene.quit()
    scene.start()
    scene.inbox()
    open_identities(scene)
    app = scene.app
    app.click('push button', exact('Change the identity %s').replace('%s', 'shop@lab.test'))
    eventually(lambda: scene.value('Replies Go To (Optional)') == 'orders@lab.test', what='what was saved')
    app.fill('text', exact('Name'), 'Shop')
    save(scene, 'Change Identity')
    eventually(lambda: read(scene)[groups[0]]['Name'] == 'Shop', what='the new name')
    scene.leave_preferences()
    scene.compose('bob@lab.test', 'From the shop')
    assert sender(scene) == 'Shop <shop@lab.test>', sender(scene)
    text_is(scene, '\n\n-- \nAlice\nLab & Co.')
    scene.shot('composer')
    scene.app.key('ctrl+w')
    scene.quit()


@case
def who_received_it_answers_it(scene):
    ready(scene)
    receive(scene, 'For the shop', 'shop@lab.test')
    receive(scene, 'By a plus', 'alice+news@lab.test')
    receive(scene, 'For alice', 'alice@lab.test')
    answer(scene, 'For the shop')
    assert sender(scene) == SHOP, sender(scene)
    assert scene.value('Bcc') == 'shop@lab.test', scene.value('Bcc')
    assert editor(scene).text.startswith('\n\n' + SHOP_SIGNATURE + '\n\nOn '), editor(scene).text
    scene.shot('shop')
    write(scene, 'We are open.')
    scene.send()
    scene.composer_is_gone()
    message = arrived('bob', 'Re: For the shop')
    assert re.search(r'<shop@lab\.test>$', message['From']) and '가게' in str(message['From']), message['From']
    assert message['Reply-To'] == 'orders@lab.test' and message['Bcc'] is None and message['Return-Path'] == '<shop@lab.test>', message.as_string()
    body = plain(message)
    assert body.startswith('We are open.\n\n' + SHOP_SIGNATURE + '\n\nOn '), repr(body)
    # By Bcc, and into its own folder
    arrived('alice', 'Re: For the shop')
    arrived('alice', 'Re: For the shop', 'Archive')
    assert not [m for _f, m in lab.messages('alice', 'Sent') if m['Subject'] == 'Re: For the shop'], 'a copy in Sent as well'

    answer(scene, 'By a plus')
    assert sender(scene) == 'Alice Lee <alice+news@lab.test>', sender(scene)
    assert editor(scene).text.endswith('\n\n' + PLAIN_SIGNATURE), editor(scene).text
    scene.shot('plus')
    write(scene, 'Thank you.')
    scene.send()
    scene.composer_is_gone()
    message = arrived('bob', 'Re: By a plus')
    assert message['From'] == 'Alice Lee <alice+news@lab.test>' and message['Reply-To'] is None, message['From']
    assert message['Return-Path'] == '<alice+news@lab.test>', message['Return-Path']
    arrived('alice', 'Re: By a plus', 'Sent')

    answer(scene, 'For alice')
    assert sender(scene) == 'Alice Lee <alice@lab.test>', sender(scene)
    scene.app.key('ctrl+w')
    scene.quit()


@case
def switching_changes_the_signature_only_if_untouched(scene):
    ready(scene)
    scene.compose('bob@lab.test', 'Switched')
    text_is(scene, '\n\n' + PLAIN_SIGNATURE)
    choose(scene, 'shop@lab.test')
    text_is(scene, '\n\n' + SHOP_SIGNATURE)
    assert scene.value('Bcc') == 'shop@lab.test', scene.value('Bcc')
    choose(scene, 'kimshop@lab.test')
    text_is(scene, '')
    assert not scene.chips('Bcc'), scene.chips('Bcc')
    choose(scene, '<alice@lab.test>')
    text_is(scene, '\n\n' + PLAIN_SIGNATURE)
    write(scene, 'Hello')
    choose(scene, 'shop@lab.test')
    text_is(scene, 'Hello\n\n' + SHOP_SIGNATURE)
    # One word more, and it is the person's.
    scene.app.click(editor(scene))
    scene.app.key('ctrl+End')
    scene.app.type(' and night')
    choose(scene, '<alice@lab.test>')
    touched = 'Hello\n\n' + SHOP_SIGNATURE + ' and night'
    text_is(scene, touched)
    # The menu adds one all the same, and takes it away.
    for item, wanted in (('Plain', touched + '\n\n' + PLAIN_SIGNATURE), ('Shop_1', touched + '\n\n' + SHOP_SIGNATURE), ('None', touched)):
        scene.app.click('push button|toggle button', exact('Menu'))
        scene.app.click('menu item', exact('Si_gnature'))
        time.sleep(.4)
        if item == 'Shop_1':
            scene.shot('menu')
        scene.app.click('menu item', '^_?' + item.replace('_', '__?') + '$' if item != 'None' else '^_?' + re.escape(words('_None').lstrip('_')) + '$')
        text_is(scene, wanted)
    scene.send()
    scene.composer_is_gone()
    message = arrived('bob', 'Switched')
    assert message['From'] == 'Alice Lee <alice@lab.test>' and plain(message).strip('\n') == touched, plain(message)
    # What was only switched is nothing written.
    scene.compose()
    choose(scene, 'shop@lab.test')
    scene.app.key('ctrl+w')
    scene.composer_is_gone()
    time.sleep(1)
    assert not scene.app.find('label', exact('Draft saved'))
    scene.quit()


@case
def a_draft_keeps_its_identity_and_a_refused_one_is_explained(scene):
    ready(scene, write_rich='true')
    scene.compose('bob@lab.test', 'Kept')
    choose(scene, 'shop@lab.test')
    write(scene, 'Words')
    time.sleep(3)
    scene.app.kill()
    scene.start()
    scene.inbox()
    text_is(scene, 'Words\n\n' + SHOP_SIGNATURE)
    assert sender(scene) == SHOP, sender(scene)
    # Its formats came back with it: it is untouched.
    choose(scene, '<alice@lab.test>')
    text_is(scene, 'Words\n\n' + PLAIN_SIGNATURE)
    choose(scene, 'shop@lab.test')
    scene.shot('back')
    scene.send()
    scene.composer_is_gone()
    message = arrived('bob', 'Kept')
    assert 'shop@lab.test' in message['From']
    html = message.get_body(('html',)).get_content()
    assert '<b>Shop</b>' in html and '\n\n-- \nShop\n' in plain(message), html

    scene.compose('bob@lab.test', 'Not mine')
    choose(scene, 'kimshop@lab.test')
    write(scene, 'Hello')
    scene.send()
    scene.composer_is_gone()
    scene.says('refused to send mail from “kimshop@lab.test”', 30)
    scene.outbox()
    scene.shot('refused')
    scene.app.click('push button', exact('Edit'))
    editor(scene, lambda n: 'Hello' in n.text)
    assert sender(scene) == 'Not Kim <kimshop@lab.test>', sender(scene)
    choose(scene, '<alice@lab.test>')
    scene.send()
    scene.composer_is_gone()
    assert arrived('bob', 'Not mine')['From'] == 'Alice Lee <alice@lab.test>'
    scene.quit()


def order(scene):
    """From the top down, by what the buttons of the rows say."""
    name = exact('Change the identity %s').replace('%s', '(.*)')
    found = [(n.extents, re.match(name, n.name)) for n in scene.app.root.find_all('push button', name)]
    return [address.group(1) for box, address in sorted(found, key=lambda pair: pair[0][1] if pair[0] else 0) if address]  # they may go meanwhile


@case
def they_have_an_order(scene):
    ready(scene)
    app = scene.app
    open_identities(scene)
    alice, shop, kim = 'alice@lab.test', 'shop@lab.test', 'kimshop@lab.test'
    eventually(lambda: order(scene) == [alice, shop, kim], what='as the file has it')
    assert not app.unnamed(), app.unnamed()

    app.click('push button|toggle button', exact('Move the identity %s').replace('%s', alice))
    app.wait('menu item', exact('Move _Up'), condition=lambda n: not n.has('sensitive'))
    scene.shot('menu')
    app.click('menu item', exact('Move _Down'))
    eventually(lambda: order(scene) == [shop, alice, kim], what='alice below the shop')
    has_keyboard(scene, exact('Move the identity %s').replace('%s', alice))
    app.key('alt+Down')
    eventually(lambda: order(scene) == [shop, kim, alice], what='alice at the end')
    app.key('alt+Down')
    app.key('alt+Up')
    eventually(lambda: order(scene) == [shop, alice, kim], what='alice in the middle')
    drag(scene, app.wait('label', f'^{kim}$'), app.wait('label', f'^{shop}$'))
    eventually(lambda: order(scene) == [kim, shop, alice], what='kim at the top')
    eventually(lambda: read(scene)['Account'].get('IdentityOrder') == 'kim;shop;Account;', what='the file')
    # Removed from the middle and put back there
    app.click('push button', exact('Remove the identity %s').replace('%s', shop))
    app.click('push button', exact('_Undo'))
    eventually(lambda: order(scene) == [kim, shop, alice], what='the shop in its place')

    scene.quit()
    scene.start()
    scene.inbox()
    open_identities(scene)
    assert order(scene) == [kim, shop, alice], order(scene)
    scene.leave_preferences()
    scene.compose()
    scene.app.click('combo box', exact('From'))
    offered = [n.name for n in scene.app.root.find_all('list item', '<.*@lab.test>')]
    assert [re.search('<(.*)>', name).group(1) for name in offered] == [kim, shop, alice], offered
    scene.shot('from')
    scene.app.key('Escape')
    scene.app.key('ctrl+w')
    scene.quit()


@case
def the_account_of_a_letter_goes(scene):
    scene.empty('alice', 'bob')
    scene.account('alice')
    scene.account('bob')
    for user, name in (('alice', 'A. Lee'), ('bob', 'Bob of the lab')):
        settings = read(scene, user)
        settings['Account']['Signature'] = 'one'
        settings['Signature one'] = {'Name': 'One', 'Text': name}
        write_settings(scene, settings, user)
    scene.start()
    scene.inbox()
    scene.compose('bob@lab.test', 'Who writes')
    choose(scene, '<bob@lab.test>')
    write(scene, 'Hello')
    text_is(scene, 'Hello\n\n-- \nBob of the lab')
    scene.account_page('bob@lab.test')
    scene.app.click('push button', exact('Remove the account “%s”').replace('%s', 'bob@lab.test'))
    scene.app.click(scene.app.nth(-1, 'push button', exact('_Remove')))
    scene.app.wait_gone('push button', exact('Remove the account “%s”').replace('%s', 'bob@lab.test'))
    scene.app.key('Escape')
    scene.app.wait_gone('frame|dialog', exact('Preferences'))
    scene.app.bring_forward('^Who writes')
    scene.says('Alice Lee <alice@lab.test>')
    scene.says(exact('The account that this message was written from was removed. It is from %s now.').replace('%s', '.*'))
    scene.shot('said')
    text_is(scene, 'Hello\n\n-- \nA. Lee')
    eventually(lambda: scene.app.find('label', exact('Saved')), what='the draft of the new account')
    scene.send()
    scene.composer_is_gone()
    message = arrived('bob', 'Who writes')
    assert message['From'].endswith('<alice@lab.test>') and plain(message).startswith('Hello\n\n-- \nA. Lee'), message.as_string()
    arrived('alice', 'Who writes', 'Sent')
    scene.quit()


def logged_in_as():
    with open(os.path.join(lab.state, 'log', 'postfix.log'), encoding='utf-8', errors='replace') as file:
        return re.findall(r'sasl_username=(\w+)', file.read())


@case
def one_sends_by_a_server_of_its_own(scene):
    ready(scene)
    app = scene.app
    open_identities(scene)
    app.click('push button', exact('Change the identity %s').replace('%s', 'shop@lab.test'))
    app.click('switch|toggle button|check box', '^' + re.escape(words('Send through another server')))
    eventually(lambda: scene.value('User name') == 'shop@lab.test', 60, scene.value('User name'))
    # What came with it is seen.
    row = app.find('text|password text', exact('Password'))
    pane = next(a for a in row.ancestors if a.role == 'scroll pane')
    eventually(lambda: row.extents[1] + row.extents[3] <= pane.extents[1] + pane.extents[3], 60, f'in sight: {row.extents} in {pane.extents}')
    scene.shot('switched-on')
    app.click('push button', exact('_Save'))
    scene.says(exact('The name of the %s server is missing.').replace('%s', 'SMTP'))
    app.fill('text', exact('Server'), 'localhost')
    app.fill('text', exact('Port'), str(BASE + 465))
    app.fill('text', exact('User name'), 'bob')
    app.fill('text|password text', exact('Password'), 'not-it')
    app.click('push button', exact('_Save'))
    # Refused, and nothing of it is kept.
    scene.says('“localhost”.*“bob”')
    scene.shot('refused')
    assert not app.unnamed(), app.unnamed()
    assert not read(scene).has_section('SMTP shop')
    app.fill('text|password text', exact('Password'), 'bobpw')
    save(scene, 'Change Identity')
    found = eventually(lambda: dict(read(scene)['SMTP shop']) if read(scene).has_section('SMTP shop') else None, what='its server in the file')
    assert found['Host'] == 'localhost' and found['User'] == 'bob' and 'bobpw' not in open(file_of(scene), encoding='utf-8').read(), found
    scene.leave_preferences()
    before = len(logged_in_as())
    scene.compose()
    choose(scene, 'shop@lab.test')
    scene.write(to='kim@lab.test', subject='By its own', text='Hello')
    scene.send()
    assert 'shop@lab.test' in arrived('kim', 'By its own')['From']
    eventually(lambda: logged_in_as()[before:] == ['bob'], 60, f'signed in as bob: {logged_in_as()}')
    scene.composer_is_gone()
    scene.compose()
    scene.write(to='kim@lab.test', subject='By that of the account', text='Hello')
    scene.send()
    assert 'alice@lab.test' in arrived('kim', 'By that of the account')['From']
    eventually(lambda: logged_in_as()[before:] == ['bob', 'alice'], 60, f'and as alice: {logged_in_as()}')
    scene.composer_is_gone()
    # Removed and brought back, it still knows its password.
    open_identities(scene)
    app.click('push button', exact('Remove the identity %s').replace('%s', 'shop@lab.test'))
    scene.says(exact('Identity removed'))
    eventually(lambda: not read(scene).has_section('SMTP shop'), what='it is gone from the file')
    app.click('push button', exact('_Undo'))
    eventually(lambda: read(scene).has_section('SMTP shop'), what='it is back in the file')
    scene.leave_preferences()
    scene.compose()
    choose(scene, 'shop@lab.test')
    scene.write(to='kim@lab.test', subject='By its own again', text='Hello')
    scene.send()
    arrived('kim', 'By its own again')
    eventually(lambda: logged_in_as()[before:] == ['bob', 'alice', 'bob'], 60, f'as bob again: {logged_in_as()}')
    scene.composer_is_gone()
    scene.quit()
    # Nobody knows it any more: it is asked for as that of the identity.
    run('secret-tool', 'clear', 'account', 'alice', 'protocol', 'smtp-shop')
    scene.start()
    scene.inbox()
    scene.compose()
    choose(scene, 'shop@lab.test')
    scene.write(to='kim@lab.test', subject='With a password that was asked for', text='Hello')
    scene.send()
    scene.app.wait(None, exact('Password for %s').replace('%s', 'shop@lab.test'), timeout=60)
    scene.shot('asked')
    scene.app.fill('text|password text', exact('Password'), 'bobpw')
    scene.app.click('push button', exact('Sign In'))
    assert 'shop@lab.test' in arrived('kim', 'With a password that was asked for')['From']
    scene.quit()
    # Of an account by whose server nothing is sent, one of those that send by others goes: it does not "only receive".
    settings = read(scene)
    settings['SMTP']['Disabled'] = 'true'
    settings['Identity kin'] = {'Address': 'kin@lab.test'}
    settings['SMTP kin'] = settings['SMTP kim'] = dict(settings['SMTP shop'])
    write_settings(scene, settings)
    scene.start()
    scene.inbox()
    app = scene.app
    scene.compose('bob@lab.test', 'As whom')
    choose(scene, 'shop@lab.test')
    open_identities(scene)
    app.click('push button', exact('Remove the identity %s').replace('%s', 'shop@lab.test'))
    scene.says(exact('Identity removed'))
    scene.leave_preferences()
    app.bring_forward('^As whom')
    eventually(lambda: 'kimshop@lab.test' in sender(scene), 60, 'it is from another one that sends')
    time.sleep(.5)
    assert not app.find(None, 'only receives mail'), 'it sends'
    scene.quit()


@case
def the_trouble_of_ones_own_server_is_mended_in_its_form(scene):
    """Which the bar opens, and not that of the account."""
    ready(scene)
    open_identities(scene)
    app = scene.app
    app.click('push button', exact('Change the identity %s').replace('%s', 'shop@lab.test'))
    app.click('switch|toggle button|check box', '^' + re.escape(words('Send through another server')))
    for name, text in (('Server', 'localhost'), ('Port', str(BASE + 465)), ('User name', 'bob'), ('Password', 'bobpw')):
        app.fill('text|password text', exact(name), text)
    save(scene, 'Change Identity')
    scene.leave_preferences()

    def write_from_the_shop(subject):
        scene.compose()
        choose(scene, 'shop@lab.test')
        scene.write(to='kim@lab.test', subject=subject, text='Hello')
        scene.send()
        scene.composer_is_gone()

    def proved():
        return read(scene)['SMTP shop'].get('Proved', '')

    write_from_the_shop('Proved')
    arrived('kim', 'Proved')
    eventually(lambda: proved().startswith('scram;'), what='what its server proved')
    scene.quit()
    # As if it had been more
    settings = read(scene)
    settings['SMTP shop']['Proved'] = proved().replace('scram;', 'scram-plus;')
    write_settings(scene, settings)
    scene.start()
    scene.inbox()
    write_from_the_shop('With less')
    scene.says('used to prove that nobody stands between', 30)
    scene.shot('bar')
    app = scene.app
    app.click('push button', exact('Settings…'))
    app.wait(None, exact('Change Identity'))
    eventually(lambda: scene.value('E-Mail Address') == 'shop@lab.test', what='the form of the shop')
    app.click('push button', exact('_Save'))
    app.wait(None, exact('Sign In with Less Protection?'))
    scene.shot('question')
    app.click('push button', exact('Sign In'))
    app.wait_gone(None, exact('Change Identity'), timeout=60)
    arrived('kim', 'With less')
    app.wait_gone('push button', exact('Settings…'))
    assert proved().startswith('scram;'), proved()
    scene.quit()


main(chosen([they_are_set_up_by_hand, who_received_it_answers_it, switching_changes_the_signature_only_if_untouched,
             a_draft_keeps_its_identity_and_a_refused_one_is_explained, they_have_an_order, the_account_of_a_letter_goes, one_sends_by_a_server_of_its_own,
             the_trouble_of_ones_own_server_is_mended_in_its_form]), finish)
