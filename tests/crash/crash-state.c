/* What server and profile hold after a run, and whether that is right.  Pure but for asking the model server. */
#include <string.h>

#include "crash-run.h"

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* "USER:MAILBOX" or "USER:MAILBOX<TAB>FLAGS<TAB>HASH<TAB>MESSAGE-ID", in any order and number. */
static GPtrArray *
new_mail_lines (GPtrArray *lines)
{
  g_autoptr (GHashTable) mailboxes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *result = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer name;

  for (guint i = 0; i < lines->len; i++) {
    const char *line = g_ptr_array_index (lines, i);

    g_hash_table_add (mailboxes, g_strndup (line, strcspn (line, "\t")));
    if (strchr (line, '\t') != NULL && strstr (line, "\\Deleted") == NULL)
      g_ptr_array_add (result, g_strdup (line));
  }
  g_hash_table_iter_init (&iter, mailboxes);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (result, g_strdup (name));
  g_ptr_array_sort (result, compare_lines);
  return result;
}

static GPtrArray *
split_lines (char *text)
{
  g_autofree char *owned = text;
  g_auto (GStrv) lines = g_strsplit (owned, "\n", -1);
  GPtrArray *result = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      g_ptr_array_add (result, g_strdup (lines[i]));
  g_ptr_array_sort (result, compare_lines);
  return result;
}

CrashState *
crash_state_new (CrashRun *run)
{
  CrashState *state = g_new0 (CrashState, 1);
  g_autoptr (GPtrArray) server = split_lines (model_server_dump (run->server, NULL));
  g_autoptr (GPtrArray) here = g_ptr_array_new ();

  state->server = new_mail_lines (server);
  state->delivered = split_lines (model_server_dump_delivered (run->server));
  state->drafts = g_ptr_array_new_with_free_func (g_free);
  state->outbox = g_ptr_array_new_with_free_func (g_free);
  state->accounts = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < run->told->len; i++) {
    char *line = g_ptr_array_index (run->told, i);

    if (g_str_has_prefix (line, "mail "))
      g_ptr_array_add (here, line + 5);
    else if (g_str_has_prefix (line, "draft "))
      g_ptr_array_add (state->drafts, g_strdup (line + 6));
    else if (g_str_has_prefix (line, "outbox "))
      g_ptr_array_add (state->outbox, g_strdup (line + 7));
    else if (g_str_has_prefix (line, "account "))
      g_ptr_array_add (state->accounts, g_strdup (line + 8));
  }
  state->here = new_mail_lines (here);
  g_ptr_array_sort (state->drafts, compare_lines);
  g_ptr_array_sort (state->outbox, compare_lines);
  g_ptr_array_sort (state->accounts, compare_lines);
  return state;
}

void
crash_state_free (CrashState *state)
{
  g_ptr_array_unref (state->server);
  g_ptr_array_unref (state->here);
  g_ptr_array_unref (state->delivered);
  g_ptr_array_unref (state->drafts);
  g_ptr_array_unref (state->outbox);
  g_ptr_array_unref (state->accounts);
  g_free (state);
}

/* ---- comparing ---- */

typedef gboolean (*LineTest) (const char *line, gpointer user_data);

/* Lines of `a` that `b` has not, and the other way; those that `skip` names count for neither. */
static void
append_difference (GString *text, const char *title, GPtrArray *a, GPtrArray *b, LineTest skip,
                   gpointer user_data)
{
  guint i = 0, k = 0;

  while (i < a->len || k < b->len) {
    const char *left = i < a->len ? g_ptr_array_index (a, i) : NULL;
    const char *right = k < b->len ? g_ptr_array_index (b, k) : NULL;
    int order;

    if (left != NULL && skip (left, user_data)) {
      i++;
      continue;
    }
    if (right != NULL && skip (right, user_data)) {
      k++;
      continue;
    }
    order = left == NULL ? 1 : right == NULL ? -1 : strcmp (left, right);
    if (order != 0)
      g_string_append_printf (text, "%s: %c %s\n", title, order < 0 ? '+' : '-',
                              order < 0 ? left : right);
    i += order <= 0;
    k += order >= 0;
  }
}

/* What is only at the server for somebody without an account here. */
static gboolean
is_of_others (const char *line, gpointer accounts)
{
  g_autofree char *user = g_strndup (line, strcspn (line, ":"));

  return !g_ptr_array_find_with_equal_func (accounts, user, g_str_equal, NULL);
}

/* Nobody knows whether these were sent. */
static GPtrArray *
new_uncertain (const CrashState *state)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < state->outbox->len; i++) {
    const char *line = g_ptr_array_index (state->outbox, i);

    if (*line == '2')
      g_ptr_array_add (ids, g_strdup (line + 2));
  }
  return ids;
}

/* It is about one of these Message-IDs, or a draft of that name. */
static gboolean
is_about (const char *line, gpointer ids)
{
  for (guint i = 0; i < ((GPtrArray *)ids)->len; i++) {
    const char *id = g_ptr_array_index ((GPtrArray *)ids, i);
    g_autofree char *draft = g_strdup_printf ("%.*s ", (int)strcspn (id + 1, "@"), id + 1);

    if (strstr (line, id) != NULL || g_str_has_prefix (line, draft))
      return TRUE;
  }
  return FALSE;
}

static guint
count_about (GPtrArray *lines, const char *id)
{
  guint n = 0;

  for (guint i = 0; i < lines->len; i++)
    n += strstr (g_ptr_array_index (lines, i), id) != NULL;
  return n;
}

/* Bodies that are not here: the server's lines without their hash too. */
static GPtrArray *
forget_hashes (GPtrArray *lines, GPtrArray *here)
{
  g_autoptr (GHashTable) bare = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *result = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < here->len; i++)
    if (strstr (g_ptr_array_index (here, i), "\t-\t") != NULL)
      g_hash_table_add (bare, g_strdup (g_ptr_array_index (here, i)));
  for (guint i = 0; i < lines->len; i++) {
    g_auto (GStrv) words = g_strsplit (g_ptr_array_index (lines, i), "\t", 4);
    g_autofree char *without = g_strv_length (words) == 4
                                   ? g_strdup_printf ("%s\t%s\t-\t%s", words[0], words[1], words[3])
                                   : NULL;

    g_ptr_array_add (result, without != NULL && g_hash_table_contains (bare, without)
                                 ? g_steal_pointer (&without)
                                 : g_strdup (g_ptr_array_index (lines, i)));
  }
  g_ptr_array_sort (result, compare_lines);
  return result;
}

char *
crash_state_compare (const CrashState *state, const CrashState *wanted)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) uncertain = new_uncertain (state);
  g_autoptr (GPtrArray) server = forget_hashes (state->server, state->here);

  append_difference (text, "here, not at the server", state->here, server, is_of_others,
                     state->accounts);
  for (guint i = 0; i < uncertain->len; i++)
    if (count_about (state->delivered, g_ptr_array_index (uncertain, i)) > 1)
      g_string_append_printf (text, "sent twice: %s\n",
                              (const char *)g_ptr_array_index (uncertain, i));
  if (wanted != NULL) {
    append_difference (text, "server", state->server, wanted->server, is_about, uncertain);
    append_difference (text, "delivered", state->delivered, wanted->delivered, is_about, uncertain);
    append_difference (text, "drafts", state->drafts, wanted->drafts, is_about, uncertain);
    append_difference (text, "outbox", state->outbox, wanted->outbox, is_about, uncertain);
    append_difference (text, "accounts", state->accounts, wanted->accounts, is_about, uncertain);
  } else if (uncertain->len > 0) {
    g_string_append (text, "uncertain without being killed\n");
  }
  return text->len > 0 ? g_strdup (text->str) : NULL;
}
