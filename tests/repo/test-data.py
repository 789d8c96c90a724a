"""What gets installed is valid: desktop file, metainfo, settings schema, icons, D-Bus service, .ui files; the top level is the agreed one."""
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import main  # noqa: E402

SOURCE, BUILD = sys.argv[1:3]
DATA, BUILT = os.path.join(SOURCE, 'data'), os.path.join(BUILD, 'data')
ID = 'org.sosik.Sosik'


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, f'{" ".join(command)}\n{done.stdout}'
    return done.stdout


def read(*parts):
    with open(os.path.join(*parts), encoding='utf-8') as file:
        return file.read()


def desktop_file_is_valid():
    path = os.path.join(BUILT, ID + '.desktop')
    assert not run('desktop-file-validate', path).strip()
    text = read(path)
    assert 'x-scheme-handler/mailto' in text and 'Comment[ko]=' in text, text


def metainfo_is_valid():
    run('appstreamcli', 'validate', '--no-net', os.path.join(BUILT, ID + '.metainfo.xml'))


def schema_is_strict():
    with tempfile.TemporaryDirectory() as target:
        run('glib-compile-schemas', '--strict', '--targetdir', target, DATA)
        assert os.path.exists(os.path.join(target, 'gschemas.compiled'))
    assert f'id="{ID}"' in read(DATA, ID + '.gschema.xml')


def sending_can_be_undone_for_ten_seconds():
    key = ET.parse(os.path.join(DATA, ID + '.gschema.xml')).getroot().find('.//key[@name="undo-send-seconds"]')
    assert key.findtext('default') == '10' and key.find('range').attrib == {'min': '0', 'max': '30'}, ET.tostring(key)


def service_starts_the_program():
    text = read(BUILT, ID + '.service')
    assert re.search(rf'^Name={re.escape(ID)}$', text, re.M) and re.search(r'^Exec=/.*/sosik --gapplication-service$', text, re.M), text


def icons_are_drawings():
    for name in (ID, ID + '-symbolic'):
        root = ET.parse(os.path.join(DATA, 'icons', name + '.svg')).getroot()
        assert root.tag.endswith('svg') and root.get('viewBox'), name
        assert not [e for e in root.iter() if e.tag.endswith('image') or 'http' in str(e.get('href'))], name
        with tempfile.NamedTemporaryFile(suffix='.png') as png:
            run('/usr/bin/python3', '-c', 'import sys, gi; gi.require_version("GdkPixbuf", "2.0"); from gi.repository import GdkPixbuf; '
                'p = GdkPixbuf.Pixbuf.new_from_file_at_size(sys.argv[1], 64, 64); assert p.get_width() == 64; p.savev(sys.argv[2], "png", [], [])',
                os.path.join(DATA, 'icons', name + '.svg'), png.name)


def ui_files_are_well_formed():
    folder = os.path.join(SOURCE, 'src', 'ui')
    files = [n for n in os.listdir(folder) if n.endswith('.ui')]
    assert files
    for name in files:
        ET.parse(os.path.join(folder, name))


def account_example_is_what_the_program_reads():
    text = read(DATA, 'account.ini.example')
    code = ''.join(read(SOURCE, 'src', 'base', name) for name in ('base-account-keys.c', 'base-identity-file.c'))
    for key in re.findall(r'^#?([A-Z][A-Za-z]+)=', text, re.M):
        assert f'"{key}"' in code, f'{key} is in data/account.ini.example but in no file that reads it'


def every_program_of_tests_is_run():
    """By tests/run when nothing is said, whatever suite it is of."""
    lists = re.findall(r'^(?:unit|faults)="(.*)"$|\|\| suites=\((.*)\)$', read(SOURCE, 'tests', 'run'), re.M)
    run_all = {word for found in lists for word in ' '.join(found).split()}
    with open(os.path.join(BUILD, 'meson-info', 'intro-tests.json'), encoding='utf-8') as file:
        left = [test['name'] for test in json.load(file) if not run_all & {suite.partition(':')[2] for suite in test['suite']}]
    assert not left, f'nobody runs {left}'


def top_level_is_the_agreed_one():
    agreed = {'src', 'data', 'po', 'tests', 'meson.build', 'meson_options.txt', 'README.md', 'CONTRIBUTING.md', 'COPYING'}
    found = {n for n in run('git', '-c', 'safe.directory=*', '-C', SOURCE, 'ls-files').splitlines()}
    top = {n.split('/')[0] for n in found}
    assert agreed <= top, f'missing: {sorted(agreed - top)}'
    assert not [n for n in top - agreed if not n.startswith('.')], sorted(top - agreed)


main([desktop_file_is_valid, metainfo_is_valid, schema_is_strict, sending_can_be_undone_for_ten_seconds, service_starts_the_program, icons_are_drawings,
      ui_files_are_well_formed, account_example_is_what_the_program_reads, every_program_of_tests_is_run, top_level_is_the_agreed_one])
