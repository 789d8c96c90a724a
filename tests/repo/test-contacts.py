"""Without the desktop's address books (-Dcontacts=disabled): nothing asks for their library, and what is compiled differs in one file, which
`without-contacts` is the program with."""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import main  # noqa: E402

SOURCE, BUILD, MESON, PROGRAM = sys.argv[1:5]
SWITCH = 'SOSIK_BOOK_MODULE'


def introspect(build, what):
    return json.loads(subprocess.run([MESON, 'introspect', what, build], stdout=subprocess.PIPE, check=True).stdout)


def defines(build):
    """Of each source file, what it is compiled with."""
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
        return {entry['output']: set(re.findall(r'-D([A-Za-z_]+)', entry['command'])) for entry in json.load(file)}


def it_is_set_up_without_the_library():
    with tempfile.TemporaryDirectory() as folder:
        options = {option['name']: option['value'] for option in introspect(BUILD, '--buildoptions')}
        build = os.path.join(folder, 'build')
        done = subprocess.run([MESON, 'setup', '-Dcontacts=disabled', '--prefix', options['prefix'], '-Db_sanitize=' + options['b_sanitize'],
                               '-Dwerror=true', '-Doptimization=' + options['optimization'], '-Ddebug=' + str(options['debug']).lower(), build, SOURCE],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
        with open(os.path.join(build, 'build.ninja'), encoding='utf-8') as file:
            assert 'ebook' not in file.read(), 'something wants the library'
        here, there = defines(BUILD), defines(build)
    assert set(there) <= set(here), sorted(set(there) - set(here))
    other = {name: here[name] ^ there[name] for name in there if here[name] != there[name]}
    assert set().union(*other.values()) <= {SWITCH}, other


def one_file_knows():
    found = []
    for folder, _folders, names in os.walk(os.path.join(SOURCE, 'src')):
        for name in names:
            if name.endswith(('.c', '.h')):
                with open(os.path.join(folder, name), encoding='utf-8') as file:
                    if SWITCH in file.read():
                        found.append(name)
    assert found == ['mail-book.c'], found


def the_program_without_starts():
    assert subprocess.run([PROGRAM, '--version'], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    with open(PROGRAM, 'rb') as file:
        assert b'libsosik-book' not in file.read()


if __name__ == '__main__':
    main([it_is_set_up_without_the_library, one_file_knows, the_program_without_starts])
