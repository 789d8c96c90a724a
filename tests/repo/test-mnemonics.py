"""No letter of a menu is for two of its items, in English and in Korean; those of which only one is shown at a time may share theirs."""
import glob
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import main  # noqa: E402

SOURCE = sys.argv[1]
UI = os.path.join(SOURCE, 'src', 'ui')


def korean():
    """msgid -> msgstr; what has a context stands with it, as in a .mo file."""
    done = subprocess.run(['msgfmt', '-o', '-', os.path.join(SOURCE, 'po', 'ko.po')], capture_output=True, check=True)
    data = done.stdout
    count, ids, texts = (int.from_bytes(data[at:at + 4], 'little') for at in (8, 12, 16))

    def text(table, i):
        length, offset = (int.from_bytes(data[table + 8 * i + at:table + 8 * i + at + 4], 'little') for at in (0, 4))
        return data[offset:offset + length].decode()
    return {text(ids, i): text(texts, i) for i in range(count)}


def items(menu, name, added):
    """What stands on one level: (msgid, whether it is hidden at times)."""
    found = [(label, False) for label in added.get(name, [])]
    for child in menu:
        if child.tag == 'section':
            found += items(child, child.get('id'), added)
        elif child.tag in ('item', 'submenu'):
            attributes = {a.get('name'): a for a in child.findall('attribute')}
            label = attributes['label']
            context = label.get('context')
            found.append(((context + '\x04' if context else '') + label.text, 'hidden-when' in attributes))
    return found


def added_by_code(name):
    """The submenus that the program puts into sections of the menus of one file: id of the section -> their labels."""
    found = {}
    for path in glob.glob(os.path.join(UI, name + '*.c')):
        with open(path, encoding='utf-8') as file:
            for section, label in re.findall(r'g_menu_append_submenu \(self->(\w+), _ \("([^"]+)"\)', file.read()):
                found.setdefault(section, []).append(label)
    return found


def doubles(shown):
    letters = {}
    for label, hidden in shown:
        mnemonic = re.search(r'_(.)', label.rpartition('\x04')[2])
        if mnemonic:
            letters.setdefault(mnemonic.group(1).lower(), []).append((label, hidden))
    return [same for same in letters.values() if len(same) > 1 and not all(hidden for _label, hidden in same)]


def every_item_of_a_menu_has_a_letter_of_its_own():
    words = korean()
    wrong, n = [], 0
    for path in sorted(glob.glob(os.path.join(UI, '*.ui'))):
        name = os.path.basename(path).removesuffix('.ui')
        for menu in ElementTree.parse(path).iter():
            if menu.tag not in ('menu', 'submenu'):
                continue
            shown = items(menu, None, added_by_code(name))
            n += len(shown)
            for language, labels in (('en', shown), ('ko', [(words.get(label, label), hidden) for label, hidden in shown])):
                wrong += [f'{name} ({language}): {", ".join(label for label, _ in same)}' for same in doubles(labels)]
    assert n > 80, f'only {n} items were found'
    assert not wrong, '\n'.join(wrong)


def what_the_program_adds_is_looked_at():
    assert added_by_code('ui-composer') == {'signatures': ['Si_gnature'], 'spelling': ['Spelling _Languages']}, added_by_code('ui-composer')


main([every_item_of_a_menu_has_a_letter_of_its_own, what_the_program_adds_is_looked_at])
