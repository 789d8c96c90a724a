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

static gboolean
is_word_end (const char *at)
{
  return !g_ascii_isalnum (*at) && *at != '_';
}

static gboolean
speaks_of_attachment (const char *folded)
{
  static const char *const words[] = { "attach",     "attached",    "attaching",
                                       "attachment", "attachments", "enclosed",
                                       "enclosure",  "enclosures",  "enclosing" };
  /* Korean takes its endings without a space, so these count anywhere: 첨부합니다, 붙임 파일, 동봉하였습니다 … */
  static const char *const stems[] = { "첨부",        "붙임",      "동봉",       "별첨",
                                       "파일을 보냅", "파일 보냅", "파일을 드립" };
  static const char *const innocent[] = { "첨부하지 않", "첨부 없", "첨부없", "붙임성" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    gsize length = strlen (words[i]);

    for (const char *at = folded; (at = strstr (at, words[i])) != NULL; at += length) {
      if ((at == folded || is_word_end (at - 1)) && is_word_end (at + length))
        return TRUE;
    }
  }
  for (gsize i = 0; i < G_N_ELEMENTS (stems); i++) {
    for (const char *at = folded; (at = strstr (at, stems[i])) != NULL; at += strlen (stems[i])) {
      gboolean excused = FALSE;

      for (gsize j = 0; j < G_N_ELEMENTS (innocent); j++)
        excused = excused || g_str_has_prefix (at, innocent[j]);
      if (!excused)
        return TRUE;
    }
  }
  return FALSE;
}

gboolean
mime_text_mentions_attachment (const char *text, const char *subject)
{
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  g_autofree char *bare = bare_subject (subject), *folded_subject = base_text_fold (bare);

  /* The subject of an answer is the other person's. */
  if (g_strcmp0 (bare, subject) == 0 && speaks_of_attachment (folded_subject))
    return TRUE;
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *folded = NULL;
    const char *line = lines[i];

    if (strcmp (line, "-- ") == 0 || strcmp (line, "-- \r") == 0)
      return FALSE;
    if (line[0] == '>' || line[0] == '\0')
      continue;
    folded = base_text_fold (line);
    if (speaks_of_attachment (folded))
      return TRUE;
  }
  return FALSE;
}
