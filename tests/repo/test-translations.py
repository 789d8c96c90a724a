"""The Korean translation is complete, and no file with strings is forgotten."""
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import main  # noqa: E402

SOURCE = sys.argv[1]
PO = os.path.join(SOURCE, 'po')


def run(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    assert done.returncode == 0, f'{" ".join(command)}\n{done.stdout}'
    return done.stdout


def listed():
    with open(os.path.join(PO, 'POTFILES.in'), encoding='utf-8') as file:
        return {line.strip() for line in file if line.strip() and not line.startswith('#')}


def every_file_with_strings_is_listed():
    wanted = set()
    for root, _, names in os.walk(os.path.join(SOURCE, 'src')):
        for name in names:
            path = os.path.join(root, name)
            with open(path, encoding='utf-8') as file:
                text = file.read()
            marked = re.search(r'\b(N?C?_|ngettext|dngettext)\s*\(', text) if name.endswith('.c') else 'translatable="yes"' in text
            if marked and name.endswith(('.c', '.ui')):
                wanted.add(os.path.relpath(path, SOURCE))
    missing = sorted(wanted - listed())
    assert len(wanted) > 20 and not missing, f'not in po/POTFILES.in: {missing}'
    gone = sorted(name for name in listed() if not os.path.exists(os.path.join(SOURCE, name)))
    assert not gone, f'in po/POTFILES.in but gone: {gone}'


def korean_is_complete():
    with tempfile.TemporaryDirectory() as folder:
        pot, merged = os.path.join(folder, 'sosik.pot'), os.path.join(folder, 'ko.po')
        run('xgettext', '--from-code=UTF-8', '--keyword=_', '--keyword=N_', '--keyword=C_:1c,2', '--keyword=NC_:1c,2',
            '--keyword=ngettext:1,2', '--add-comments', '-f', os.path.join(PO, 'POTFILES.in'), '-o', pot, cwd=SOURCE)
        run('msgmerge', '-q', '-o', merged, os.path.join(PO, 'ko.po'), pot)
        untranslated = run('msgattrib', '--no-wrap', '--untranslated', '--no-obsolete', merged)
        fuzzy = run('msgattrib', '--no-wrap', '--only-fuzzy', '--no-obsolete', merged)
        open_entries = re.findall(r'^msgid "(.+)"', untranslated + fuzzy, re.M)
        assert not open_entries, 'without Korean:\n' + '\n'.join(open_entries[:40])
        dead = re.findall(r'^#~ msgid "(.+)"', run('msgattrib', '--no-wrap', '--only-obsolete', merged), re.M)
        assert not dead, 'of sentences that nobody says:\n' + '\n'.join(dead[:40])
        run('msgfmt', '--check', '-o', os.devnull, merged)


def what_happens_next_is_said_by_who_knows():
    """A sentence about what went wrong is shown beside a time, in a dialog, or in the wizard, which tries nothing again: what
    comes next is added where that is known, once."""
    said = []
    for layer in ('base', 'net', 'mime', 'store', 'imap', 'smtp', 'sync'):
        folder = os.path.join(SOURCE, 'src', layer)
        for name in sorted(os.listdir(folder)):
            if not name.endswith('.c'):
                continue
            with open(os.path.join(folder, name), encoding='utf-8') as file:
                text = re.sub(r'"\s*"', '', file.read())
            said += [f'{layer}/{name}: {found}' for found in re.findall(r'"[^"]*Sosik (?:will )?(?:try|tries|connect)[^"]*"', text)]
    assert not said, '\n'.join(said)


main([what_happens_next_is_said_by_who_knows, every_file_with_strings_is_listed, korean_is_complete])
