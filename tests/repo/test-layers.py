"""The layer rule: who may include whom, and which library may be seen from where."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import main  # noqa: E402

ROOT = sys.argv[1]
SEES = {
    'base': [],
    'net': ['base'], 'mime': ['base'], 'store': ['base'], 'unpack': [],
    'imap': ['base', 'net'], 'smtp': ['base', 'net'],
    'sync': ['base', 'net', 'mime', 'store', 'imap', 'smtp'],
    'mail': ['base', 'mime', 'unpack', 'store', 'sync'],
    'ui': ['base', 'mail'],
}
ONLY_IN = {r'sqlite3\.h': ['store'], r'gnutls/': ['net'], r'zlib\.h': ['net'], r'gmime/': ['mime'], r'libxml/': ['mime'], r'libsecret/': ['mail'],
           r'libsoup/': ['mail'], r'json-glib/': ['net', 'mail'], r'(libical/|ytnef|poppler|seccomp|gdk-pixbuf/)': ['unpack'], r'(gtk|adwaita|webkit)[/.]': ['ui']}


def includes(layer):
    folder = os.path.join(ROOT, 'src', layer)
    for name in sorted(os.listdir(folder)):
        if name.endswith(('.c', '.h')):
            with open(os.path.join(folder, name), encoding='utf-8') as file:
                for number, line in enumerate(file, 1):
                    found = re.match(r'\s*#\s*include\s*([<"])([^">]+)', line)
                    if found:
                        yield f'src/{layer}/{name}:{number}', found[1], found[2]


def every_folder_of_src_is_a_layer():
    found = sorted(n for n in os.listdir(os.path.join(ROOT, 'src')) if os.path.isdir(os.path.join(ROOT, 'src', n)))
    assert found == sorted(SEES), f'{found} are not the layers {sorted(SEES)}'


def layers_see_only_what_stands_above():
    owner = {name: layer for layer in SEES for name in os.listdir(os.path.join(ROOT, 'src', layer)) if name.endswith('.h')}
    bad, seen = [], 0
    for layer, allowed in SEES.items():
        for where, quote, name in includes(layer):
            if quote == '"':
                seen += 1
                assert '/' not in name, f'{where}: headers are included by bare name, not {name}'
                if owner.get(name, layer) not in [layer, *allowed]:
                    bad.append(f'{where}: {layer} must not see {owner[name]} ({name})')
    assert seen > 100, f'only {seen} includes found: this test looks in the wrong place'
    assert not bad, '\n'.join(bad)


def libraries_stay_in_their_layer():
    bad = [f'{where}: <{name}> belongs in {layers}' for layer in SEES for where, _, name in includes(layer)
           for pattern, layers in ONLY_IN.items() if re.match(pattern, name) and layer not in layers]
    assert not bad, '\n'.join(bad)


def names_carry_their_layer():
    bad = [f'src/{layer}/{name}' for layer in SEES for name in os.listdir(os.path.join(ROOT, 'src', layer))
           if name.endswith(('.c', '.h')) and not name.startswith(layer + '-')]
    assert not bad, '\n'.join(bad)


def the_build_hides_the_layers_from_each_other():
    """Each layer's meson.build names just the layers it may see: a forbidden include does not compile."""
    for layer, allowed in SEES.items():
        with open(os.path.join(ROOT, 'src', layer, 'meson.build'), encoding='utf-8') as file:
            library = re.search(r'static_library\((.*?)\n\)', file.read(), re.S)[1]
        named = set(re.findall(r'\b(\w+)_dep\b', library))
        assert named <= set(allowed), f'src/{layer}/meson.build names {sorted(named - set(allowed))}'


main([every_folder_of_src_is_a_layer, layers_see_only_what_stands_above, libraries_stay_in_their_layer,
      names_carry_their_layer, the_build_hides_the_layers_from_each_other])
