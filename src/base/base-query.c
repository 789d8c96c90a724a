/* A query as others see it: made once, then only read; its pieces; its one way of writing.  Pure, any thread. */
#include "base-query-private.h"

#include <string.h>

#include "base-text.h"

struct _BaseQuery
{
  gint references;
  BaseQueryParsed parsed;
};

BaseQuery *
base_query_parse (const char *typed, gint64 now)
{
  BaseQuery *query = g_new0 (BaseQuery, 1);

  query->references = 1;
  query->parsed.typed = base_text_repair (typed, -1);
  query->parsed.pieces = g_ptr_array_new ();
  query->parsed.ands = g_array_new (FALSE, FALSE, sizeof (guint));
  query->parsed.problems = g_ptr_array_new_with_free_func ((GDestroyNotify)base_query_problem_free);
  base_query_parse_typed (&query->parsed, now);
  return query;
}

BaseQuery *
base_query_ref (BaseQuery *query)
{
  g_atomic_int_inc (&query->references);
  return query;
}

void
base_query_unref (BaseQuery *query)
{
  if (!g_atomic_int_dec_and_test (&query->references))
    return;
  base_query_node_free (query->parsed.root);
  g_ptr_array_unref (query->parsed.pieces);
  g_array_unref (query->parsed.ands);
  g_ptr_array_unref (query->parsed.problems);
  g_free (query->parsed.typed);
  g_free (query);
}

const char *
base_query_get_typed (const BaseQuery *query)
{
  return query->parsed.typed;
}

const BaseQueryNode *
base_query_get_root (const BaseQuery *query)
{
  return query->parsed.root;
}

GPtrArray *
base_query_get_problems (const BaseQuery *query)
{
  return query->parsed.problems;
}

/* ---- one way of writing ---- */

static void write_normal (GString *out, const BaseQueryNode *node);

static int
compare_texts (gconstpointer one, gconstpointer other)
{
  return strcmp (*(const char *const *)one, *(const char *const *)other);
}

/* In any order they mean the same. */
static void
write_children (GString *out, const char *name, const BaseQueryNode *node)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  const char *last = "";

  for (guint i = 0; i < node->children->len; i++) {
    GString *text = g_string_new (NULL);

    write_normal (text, node->children->pdata[i]);
    g_ptr_array_add (texts, g_string_free (text, FALSE));
  }
  g_ptr_array_sort (texts, compare_texts);
  g_string_append_printf (out, "(%s", name);
  for (guint i = 0; i < texts->len; i++) {
    if (strcmp (texts->pdata[i], last) != 0)
      g_string_append_printf (out, " %s", (const char *)texts->pdata[i]);
    last = texts->pdata[i];
  }
  g_string_append_c (out, ')');
}

static void
write_text (GString *out, const char *name, const BaseQueryNode *node)
{
  g_autofree char *folded = base_text_fold (node->text);

  g_string_append_printf (out, "%s%s\"", name, node->exact ? "=" : ":");
  for (const char *c = folded; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_c (out, '\\');
    g_string_append_c (out, *c);
  }
  g_string_append_c (out, '"');
}

static void
write_date (GString *out, const BaseQueryNode *node)
{
  if (node->relative)
    g_string_append_printf (out, "date:%s%s\"%s\"", node->from == G_MININT64 ? "" : "from",
                            node->until == G_MAXINT64 ? "" : "until", node->text);
  else
    g_string_append_printf (out, "date:%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, node->from,
                            node->until);
}

static void
write_normal (GString *out, const BaseQueryNode *node)
{
  static const char *const fields[] = { "",     "subject",  "from", "to",  "cc",
                                        "body", "filename", "type", "list" };

  switch (node->kind) {
  case BASE_QUERY_ALL:
    g_string_append (out, "all");
    break;
  case BASE_QUERY_AND:
    write_children (out, "and", node);
    break;
  case BASE_QUERY_OR:
    write_children (out, "or", node);
    break;
  case BASE_QUERY_NOT:
    write_children (out, "not", node);
    break;
  case BASE_QUERY_TERM:
    write_text (out, fields[node->field], node);
    break;
  case BASE_QUERY_IS:
    g_string_append_printf (out, "is:%s", base_query_state_name (node->state));
    break;
  case BASE_QUERY_HAS:
    g_string_append (out, "has:attachment");
    break;
  case BASE_QUERY_IN:
    if (node->place != BASE_QUERY_NO_PLACE)
      g_string_append_printf (out, "in:%s", base_query_place_name (node->place));
    else
      write_text (out, "in", node);
    break;
  case BASE_QUERY_ACCOUNT:
    write_text (out, "account", node);
    break;
  case BASE_QUERY_LABEL:
    write_text (out, "label", node);
    break;
  case BASE_QUERY_DATE:
    write_date (out, node);
    break;
  case BASE_QUERY_SIZE:
    g_string_append_printf (out, "size:%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, node->least,
                            node->most);
    break;
  }
}

char *
base_query_dup_normal (const BaseQuery *query)
{
  GString *out = g_string_new (NULL);

  write_normal (out, query->parsed.root);
  return g_string_free (out, FALSE);
}

/* ---- pieces ---- */

guint
base_query_get_n_pieces (const BaseQuery *query)
{
  return query->parsed.pieces->len;
}

const BaseQueryNode *
base_query_get_piece (const BaseQuery *query, guint i)
{
  return query->parsed.pieces->pdata[i];
}

char *
base_query_dup_piece_text (const BaseQuery *query, guint i)
{
  const BaseQueryNode *piece = query->parsed.pieces->pdata[i];

  return g_strndup (query->parsed.typed + piece->start, piece->end - piece->start);
}

/* An AND that would have nothing on one side goes, too. */
static void
take_and_in (const BaseQuery *query, guint *start, guint *end)
{
  const GArray *ands = query->parsed.ands;
  const char *typed = query->parsed.typed;

  for (guint i = 0; i + 1 < ands->len; i += 2) {
    guint from = g_array_index (ands, guint, i), to = g_array_index (ands, guint, i + 1);
    g_autofree char *behind = to <= *start ? g_strndup (typed + to, *start - to) : NULL;
    g_autofree char *before = *end <= from ? g_strndup (typed + *end, from - *end) : NULL;

    if (behind != NULL && base_text_is_blank (behind)) {
      *start = from;
      return;
    }
    if (before != NULL && base_text_is_blank (before)) {
      *end = to;
      return;
    }
  }
}

char *
base_query_replace_piece (const BaseQuery *query, guint i, const char *piece)
{
  const BaseQueryNode *node = query->parsed.pieces->pdata[i];
  guint start = node->start, end = node->end;
  const char *typed = query->parsed.typed;
  g_autofree char *before = NULL, *after = NULL;

  if (piece != NULL)
    return g_strdup_printf ("%.*s%s%s", (int)start, typed, piece, typed + end);
  take_and_in (query, &start, &end);
  before = g_strchomp (g_strndup (typed, start));
  after = g_strchug (g_strdup (typed + end));
  return g_strconcat (before, *before != '\0' && *after != '\0' ? " " : "", after, NULL);
}

/* Whether it has to stand in quotes to be one word, and no operator. */
static gboolean
is_plain (const char *text)
{
  gunichar first = g_utf8_get_char (text);
  g_autoptr (BaseQueryNames) names = base_query_names_new ();

  if (!g_unichar_isalnum (first)
      || base_query_names_word (names, text, strlen (text)) != BASE_QUERY_NO_WORD)
    return FALSE;
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);

    if (base_query_is_space (letter)
        || (g_unichar_ispunct (letter)
            && (letter > 127 || strchr ("@._-/+&", (int)letter) == NULL)))
      return FALSE;
  }
  return TRUE;
}

static char *
write_behind (BaseQueryOp op, const char *text)
{
  g_autofree char *name = op != BASE_QUERY_NO_OP ? base_query_op_shown (op) : g_strdup ("");
  GString *out = g_string_new (name);

  if (op != BASE_QUERY_NO_OP)
    g_string_append_c (out, ':');
  if (is_plain (text)) {
    g_string_append (out, text);
    return g_string_free (out, FALSE);
  }
  g_string_append_c (out, '"');
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c), closes;

    /* Any of them would end it; which one does not matter to who looks for it */
    if (base_query_is_quote (letter, &closes) && letter != 0xAB)
      g_string_append (out, "\\\"");
    else if (letter == '\\')
      g_string_append (out, "\\\\");
    else
      g_string_append_unichar (out, letter);
  }
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

char *
base_query_write_term (BaseQueryField field, const char *text)
{
  g_autofree char *whole = base_text_repair (text, -1);

  return write_behind (field == BASE_QUERY_ANYWHERE ? BASE_QUERY_NO_OP
                                                    : base_query_op_of (BASE_QUERY_TERM, field),
                       whole);
}

char *
base_query_write (BaseQueryKind kind, const char *text)
{
  g_autofree char *whole = base_text_repair (text, -1);

  return write_behind (base_query_op_of (kind, 0), whole);
}
