"""What the program calls things in the language of the session, from the installed translation itself."""
import gettext
import re


class Words:
    def __init__(self, prefix, language):
        self.translation = gettext.translation('sosik', f'{prefix}/share/locale', [language], fallback=language.startswith(('C', 'en')))

    def __call__(self, text):
        return self.translation.gettext(text)

    def folder(self, name):
        """A pattern for the name of a special folder; what comes behind it is the number of unread messages."""
        return '^' + re.escape(self.translation.pgettext('folder', name))

    def exact(self, text):
        """A pattern for just this name, mnemonics left out."""
        pieces = re.split(r' ?\(_.\)', self(text))  # Korean shows the mnemonic behind: “계정 추가(A)”, “링크(K)…”
        name = r'( ?\(.\))?'.join(re.escape(piece.replace('_', '')) for piece in pieces)
        return f'^{name}( ?\\(.\\))?$'
