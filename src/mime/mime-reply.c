/* Answering: subjects, quotes, and whether the text speaks of a file that is not there.  Pure, any thread. */
#include "mime-build.h"

#include <string.h>

#include "base-subject.h"
#include "base-text.h"

/* A subject without any prefixes, those of replies and of forwards. */
static char *
bare_subject (const char *subject)
{
  g_autofree char *line = base_text_one_line (subject, 2000);
  const char *at = line, *next;
  BaseSubjectPrefix prefix;

  at = base_subject_skip_space (at);
  while ((next = base_subject_skip_prefix (at, &prefix)) != NULL)
    at = next;
  return g_strdup (at);
}

char *
mime_subject_reply (const char *subject)
{
  g_autofree char *bare = bare_subject (subject);

  return g_strconcat ("Re: ", bare, NULL);
}

char *
mime_subject_forward (const char *subject)
{
  g_autofree char *bare = bare_subject (subject);

  return g_strconcat ("Fwd: ", bare, NULL);
}

char *
mime_quote (const char *text)
{
  GString *out = g_string_new (NULL);
  gsize end = strlen (text);

  while (end > 0 && g_ascii_isspace (text[end - 1]))
    end--;
  for (const char *line = text; line < text + end;) {
    const char *newline = memchr (line, '\n', (gsize)(text + end - line));
    const char *stop = newline != NULL ? newline : text + end;
    gsize length = (gsize)(stop - line);

    if (length > 0 && line[length - 1] == '\r')
      length--;
    g_string_append (out, line[0] == '>' ? ">" : length > 0 ? "> " : ">");
    g_string_append_len (out, line, (gssize)length);
    g_string_append_c (out, '\n');
    line = stop + 1;
  }
  return g_string_free (out, FALSE);
}

/* ---- attachments spoken of ---- */

/* Letters that are as wide as they are high go on with no word: after an English one they are its Korean ending. */
static gboolean
goes_on (const char *at)
{
  gunichar c = g_utf8_get_char (at);

  return (g_unichar_isalnum (c) && !g_unichar_iswide (c)) || c == '_';
}

/* `word` with an asterisk before it or behind it: it counts within others, too. */
static gboolean
has_word (const char *folded, const char *word)
{
  static const char *const innocent[] = { "첨부하지 않", "첨부 없", "첨부없", "붙임성" };
  gboolean any_start = word[0] == '*',
           any_end = word[0] != '\0' && g_str_has_suffix (word + 1, "*");
  g_autofree char *bare = g_strndup (word + any_start, strlen (word) - any_start - any_end);
  gsize length = strlen (bare);

  for (const char *at = folded; length > 0 && (at = strstr (at, bare)) != NULL; at += length) {
    gboolean counts = (any_start || at == folded || !goes_on (g_utf8_prev_char (at)))
                      && (any_end || !goes_on (at + length));

    for (gsize i = 0; i < G_N_ELEMENTS (innocent); i++)
      counts = counts && !g_str_has_prefix (at, innocent[i]);
    if (counts)
      return TRUE;
  }
  return FALSE;
}

static gboolean
speaks_of_attachment (const char *folded, char **more)
{
  /* Korean takes its endings without a space: 첨부합니다, 붙임 파일, 동봉하였습니다 … */
  static const char *const words[] = {
    "attach",    "attached",      "attaching",   "attachment",    "attachments", "enclosed",
    "enclosure", "enclosures",    "enclosing",   "*첨부*",        "*붙임*",      "*동봉*",
    "*별첨*",    "*파일을 보냅*", "*파일 보냅*", "*파일을 드립*",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (has_word (folded, words[i]))
      return TRUE;
  for (; *more != NULL; more++)
    if (has_word (folded, *more))
      return TRUE;
  return FALSE;
}

gboolean
mime_text_mentions_attachment (const char *text, const char *subject, const char *more)
{
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  g_autofree char *folded_more = base_text_fold (more != NULL ? more : "");
  g_auto (GStrv) words = g_strsplit (folded_more, " ", -1);
  g_autofree char *bare = bare_subject (subject), *folded_subject = base_text_fold (bare);

  /* The subject of an answer is the other person's. */
  if (g_strcmp0 (bare, subject) == 0 && speaks_of_attachment (folded_subject, words))
    return TRUE;
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *folded = NULL;
    const char *line = lines[i];

    if (strcmp (line, "-- ") == 0 || strcmp (line, "-- \r") == 0)
      return FALSE;
    if (line[0] == '>' || line[0] == '\0')
      continue;
    folded = base_text_fold (line);
    if (speaks_of_attachment (folded, words))
      return TRUE;
  }
  return FALSE;
}
