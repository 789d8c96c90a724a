/* What is left of a page when only some of its words are wanted: those that a person selected.  The words are named by their places, never
 * handed in, so that nothing comes out which is not in the clean page.  Runs on any thread. */
#include "mime-html.h"

#include <string.h>

#include "mime-html-parse-private.h"

typedef struct
{
  char *start; /* owned; NULL once it is written */
  const char *name;
  gboolean raw; /* a style sheet: it says how the rest looks, and is no words */
} Open;

typedef struct
{
  /* Owned */
  GString *out, *said;
  GArray *open; /* of Open */
  GHashTable *names;

  /* Given */
  const MimeHtmlRun *runs;
  gsize n_runs;

  gsize run; /* the one that is not over yet */
  guint at;  /* words and pictures so far, in characters */
  guint bodies;
} Cut;

static void
open_clear (gpointer data)
{
  g_free (((Open *)data)->start);
}

static gboolean
is_empty_element (const char *name)
{
  static const char *const names[] = { "br", "col", "hr", "img", "wbr", "meta", NULL };

  return g_strv_contains (names, name);
}

/* The next character is one of those that are wanted. */
static gboolean
is_wanted (Cut *cut)
{
  while (cut->run < cut->n_runs && cut->at >= cut->runs[cut->run].end)
    cut->run++;
  return cut->run < cut->n_runs && cut->at >= cut->runs[cut->run].start;
}

/* So is what stands before it: spaces, ends of lines. */
static gboolean
is_within (Cut *cut)
{
  return is_wanted (cut) && cut->at > cut->runs[cut->run].start;
}

static void
write_starts (Cut *cut)
{
  for (guint i = 0; i < cut->open->len; i++) {
    Open *open = &g_array_index (cut->open, Open, i);

    if (open->start != NULL)
      g_string_append (cut->out, open->start);
    g_clear_pointer (&open->start, g_free);
  }
}

static char *
dup_tag (const char *name, const char **attributes)
{
  GString *tag = g_string_new ("<");

  g_string_append (tag, name);
  for (guint i = 0; attributes != NULL && attributes[i] != NULL; i += 2) {
    g_autofree char *value = g_markup_escape_text (attributes[i + 1], -1);

    g_string_append_printf (tag, " %s=\"%s\"", attributes[i], value);
  }
  g_string_append_c (tag, '>');
  return g_string_free (tag, FALSE);
}

static gboolean
is_counted_picture (const char *name, const char **attributes)
{
  const char *source = strcmp (name, "img") == 0 ? mime_html_attribute (attributes, "src") : NULL;

  return source != NULL && g_str_has_prefix (source, "sosik-cid:");
}

static void
on_empty_element (Cut *cut, const char *name, const char **attributes)
{
  gboolean picture = is_counted_picture (name, attributes);

  if (picture ? is_wanted (cut) : is_within (cut)) {
    g_autofree char *tag = dup_tag (name, attributes);

    write_starts (cut);
    g_string_append (cut->out, tag);
    g_string_append (cut->said, picture ? "\xef\xbf\xbc" : "");
  }
  cut->at += picture;
}

static void
on_start (const char *name, const char **attributes, gpointer user_data)
{
  Cut *cut = user_data;
  char *known = g_hash_table_lookup (cut->names, name);
  Open open = { NULL, NULL, strcmp (name, "style") == 0 };

  if (known == NULL) {
    known = g_strdup (name);
    g_hash_table_add (cut->names, known);
  }
  open.name = known;
  if (strcmp (name, "body") == 0)
    cut->bodies++;
  if (is_empty_element (name)) {
    if (cut->bodies > 0)
      on_empty_element (cut, name, attributes);
  } else {
    open.start = dup_tag (name, attributes);
  }
  g_array_append_val (cut->open, open);
}

static void
on_end (gpointer user_data)
{
  Cut *cut = user_data;
  Open *open = &g_array_index (cut->open, Open, cut->open->len - 1);

  if (strcmp (open->name, "body") == 0)
    cut->bodies--;
  if (open->start == NULL && !is_empty_element (open->name))
    g_string_append_printf (cut->out, "</%s>", open->name);
  g_array_set_size (cut->open, cut->open->len - 1);
}

/* Characters up to the space are not counted: they are the one thing that two programs may keep differently. */
static gboolean
is_counted (const char *at)
{
  return (guchar)*at > ' ';
}

static void
write_text (Cut *cut, const char *text, gsize length)
{
  const char *end = text + length;
  g_autoptr (GString) kept = g_string_new (NULL);

  for (const char *at = text; at < end;) {
    gsize size = MIN ((gsize)(g_utf8_next_char (at) - at), (gsize)(end - at));

    if (is_counted (at) ? is_wanted (cut) : is_within (cut)) {
      g_string_append_len (kept, at, (gssize)size);
      if (is_counted (at))
        g_string_append_len (cut->said, at, (gssize)size);
    }
    cut->at += is_counted (at);
    at += size;
  }
  if (kept->len == 0)
    return;
  g_autofree char *escaped = g_markup_escape_text (kept->str, (gssize)kept->len);
  write_starts (cut);
  g_string_append (cut->out, escaped);
}

static void
on_text (const char *text, gsize length, gpointer user_data)
{
  Cut *cut = user_data;
  const Open *open =
      cut->open->len > 0 ? &g_array_index (cut->open, Open, cut->open->len - 1) : NULL;

  if (open != NULL && open->raw) {
    write_starts (cut);
    g_string_append_len (cut->out, text, (gssize)length);
  } else if (cut->bodies > 0) {
    write_text (cut, text, length);
  }
}

char *
mime_html_cut (const char *clean, const MimeHtmlRun *runs, gsize n_runs, const char *said)
{
  const MimeHtmlEvents events = { on_start, on_end, on_text };
  g_autoptr (GString) out = g_string_new ("<!DOCTYPE html>");
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (Open));
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Cut cut = {
    .out = out, .said = found, .open = open, .names = names, .runs = runs, .n_runs = n_runs
  };

  g_array_set_clear_func (open, open_clear);
  mime_html_parse (clean, &events, &cut);
  if (found->len == 0 || strcmp (found->str, said) != 0)
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}
