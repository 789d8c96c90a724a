"""Languages that nobody speaks, made from the sentences of the program: one that is longer than English and shows where a sentence ends, and one that is
written from right to left.  They stand in the place of the installed translations, for one session only.

    pseudo.install(prefix, state, 'en_ZW.UTF-8')     # before anything reads translations
"""
import ast
import glob
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
KEPT = re.compile(r"%(?:\d+\$)?[-'0-9.]*[a-zA-Z%]|</?\w[^>]*>|&\w+;|\{[^}]*\}|\\.")
LATIN = str.maketrans('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', 'áƀćďéƒğħíĵķłɱñóþɋŕšťúṽŵẋýžÁɃĆĎÉƑĞĦÍĴĶŁṀÑÓÞɊŔŠŤÚṼŴẊÝŽ')
ARABIC = str.maketrans('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', 'ابجدهفقحيجكلمنعبقرستوفوخيزابجدهفقحيجكلمنعبقرستوفوخيز')
# Formats, and words that are looked for in texts, are no sentences.
AS_THEY_ARE = ('date format', 'placeholder', 'of the month')


def longer(text):
    """Four letters for ten; a mnemonic stays one."""
    more = 'ẋ' * max(2, len(text.replace('_', '')) * 2 // 5)
    if ' ' in text:
        more = ' ' + ' '.join(more[i:i + 7] for i in range(0, len(more), 7))
    end = len(text.rstrip('\n'))
    return '⟦' + text[:end] + more + '⟧' + text[end:]


def written(text, letters):
    """In other letters, but for what is filled in."""
    pieces, at = [], 0
    for kept in KEPT.finditer(text):
        pieces += [text[at:kept.start()].translate(letters), kept.group()]
        at = kept.end()
    return ''.join(pieces) + text[at:].translate(letters)


def said(text, context, language):
    if context in AS_THEY_ARE or re.match('attach attached', text) or text == 'en':
        return text
    return written(text, ARABIC) if language == 'ar' else longer(written(text, LATIN))


def quoted(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') + '"'


def entries():
    """(context, sentence, plural) of all that the program says: Korean is complete."""
    with open(os.path.join(HERE, '..', '..', 'po', 'ko.po'), encoding='utf-8') as file:
        for block in file.read().split('\n\n'):
            found = {key: ''.join(map(ast.literal_eval, re.findall(r'"(?:[^"\\]|\\.)*"', value)))
                     for key, value in re.findall(r'^(msgctxt|msgid|msgid_plural) ((?:"(?:[^"\\]|\\.)*"\n?)+)', block, re.M)}
            if found.get('msgid'):
                yield found.get('msgctxt'), found['msgid'], found.get('msgid_plural')


def install(prefix, state, locale):
    language = locale[:2]
    folder = os.path.join(state, 'translations', language, 'LC_MESSAGES')
    os.makedirs(folder, exist_ok=True)
    lines = ['msgid ""', 'msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=n != 1;\\n"', '']
    for context, one, many in entries():
        lines += [f'msgctxt {quoted(context)}'] if context else []
        lines += [f'msgid {quoted(one)}']
        lines += [f'msgid_plural {quoted(many)}', f'msgstr[0] {quoted(said(one, context, language))}', f'msgstr[1] {quoted(said(many, context, language))}'] if many \
            else [f'msgstr {quoted(said(one, context, language))}']
        lines.append('')
    with open(os.path.join(state, 'pseudo.po'), 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines))
    subprocess.run(['msgfmt', '-o', os.path.join(folder, 'sosik.mo'), os.path.join(state, 'pseudo.po')], check=True)
    subprocess.run(['mount', '--bind', os.path.join(state, 'translations'), os.path.join(prefix, 'share', 'locale')], check=True)


def of_others():
    """What GTK and libadwaita say by themselves, in English."""
    texts = set()
    for name in glob.glob('/usr/share/locale/ko/LC_MESSAGES/gtk40*.mo') + glob.glob('/usr/share/locale/ko/LC_MESSAGES/libadwaita.mo'):
        done = subprocess.run(['msgunfmt', '--no-wrap', name], stdout=subprocess.PIPE, check=True, text=True)
        texts.update(ast.literal_eval(text).replace('_', '') for text in re.findall(r'^msgid(?:_plural)? (".*")$', done.stdout, re.M))
    return texts
