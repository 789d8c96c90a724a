/* What stands behind an operator: understood, or said why not and what may be meant.  Pure, any thread. */
#include "base-query-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* Replaces the text by the way to write it that all have in common. */
static void
set_common (BaseQueryNode *node)
{
  char *common = base_query_name (node->text, -1, FALSE);

  g_free (node->text);
  node->text = common;
}

static gboolean
take_date (BaseQueryOp op, BaseQueryNode *node, gint64 now)
{
  BaseQueryRange range;
  gint64 moment;

  if (base_query_op_wants_span (op) && base_query_span_parse (node->text, now, &moment))
    range = (BaseQueryRange){ .from = moment, .until = moment, .relative = TRUE };
  else if (!base_query_date_parse (node->text, now, &range))
    return FALSE;
  if (op == BASE_QUERY_OP_AFTER || op == BASE_QUERY_OP_NEWER || op == BASE_QUERY_OP_ON)
    node->from = range.from;
  if (op == BASE_QUERY_OP_BEFORE || op == BASE_QUERY_OP_OLDER)
    node->until = range.from;
  if (op == BASE_QUERY_OP_ON)
    node->until = range.until;
  node->relative = range.relative;
  set_common (node);
  return TRUE;
}

static gboolean
take_size (BaseQueryOp op, BaseQueryNode *node)
{
  guint64 octets;

  if (!base_query_size_parse (node->text, &octets) || (op == BASE_QUERY_OP_SMALLER && octets == 0))
    return FALSE;
  if (op == BASE_QUERY_OP_LARGER)
    node->least = octets + 1;
  else
    node->most = octets - 1;
  return TRUE;
}

static gboolean
is_any_file (const char *text)
{
  /* Translators: in a search behind “filename:”, what stands for any attachment; several may be given with “;” between them */
  static const char any[] = NC_ ("search value", "*");
  g_auto (GStrv) names = g_strsplit (g_dpgettext2 (NULL, "search value", any), ";", -1);

  return strcmp (text, any) == 0 || g_strv_contains ((const char *const *)names, text);
}

/* One that is known, or the end of a file's name ("*.hwp"). */
static void
take_type (BaseQueryNode *node)
{
  gboolean negated;
  char *end;

  if (base_query_value_look (BASE_QUERY_OP_TYPE, node->text, node, &negated))
    return;
  end = g_strdup (node->text + strspn (node->text, "*."));
  if (*end == '\0') {
    g_free (end);
    return;
  }
  g_free (node->text);
  node->text = end;
  if (!base_query_value_look (BASE_QUERY_OP_TYPE, node->text, node, &negated))
    set_common (node);
}

gboolean
base_query_value_take (BaseQueryOp op, BaseQueryNode *node, gint64 now, gboolean *negated)
{
  *negated = FALSE;
  node->kind = base_query_op_kind (op);
  node->field = base_query_op_field (op);
  switch (node->kind) {
  case BASE_QUERY_DATE:
    return take_date (op, node, now);
  case BASE_QUERY_SIZE:
    return take_size (op, node);
  case BASE_QUERY_IS:
  case BASE_QUERY_HAS:
    return base_query_value_look (op, node->text, node, negated);
  case BASE_QUERY_IN:
    base_query_value_look (op, node->text, node, negated);
    return TRUE;
  case BASE_QUERY_TERM:
    if (op == BASE_QUERY_OP_FILENAME && is_any_file (node->text))
      node->kind = BASE_QUERY_HAS;
    if (op == BASE_QUERY_OP_TYPE)
      take_type (node);
    return TRUE;
  case BASE_QUERY_ACCOUNT:
  case BASE_QUERY_LABEL:
    return TRUE;
  case BASE_QUERY_ALL:
  case BASE_QUERY_AND:
  case BASE_QUERY_OR:
  case BASE_QUERY_NOT:
    break;
  }
  g_assert_not_reached ();
}

gboolean
base_query_value_may_have_spaces (BaseQueryOp op)
{
  BaseQueryKind kind = base_query_op_kind (op);

  return kind == BASE_QUERY_DATE || kind == BASE_QUERY_SIZE || kind == BASE_QUERY_IS
         || kind == BASE_QUERY_HAS || kind == BASE_QUERY_IN || op == BASE_QUERY_OP_TYPE;
}

char *
base_query_value_sentence (BaseQueryOp op, const char *value, const char *name)
{
  g_autofree char *known = base_query_value_list (op);

  if (base_query_op_kind (op) == BASE_QUERY_SIZE)
    return g_strdup_printf (_ ("“%s” is no size. Write 500KB, 10M or 1.5GB."), value);
  if (base_query_op_kind (op) != BASE_QUERY_DATE)
    /* Translators: the operator of a search, what was typed behind it, and all that may be */
    return g_strdup_printf (_ ("“%s” does not know “%s”. It knows: %s."), name, value, known);
  if (base_query_op_wants_span (op))
    /* Translators: what was typed behind “older_than:” */
    return g_strdup_printf (_ ("“%s” is no span of time. Write 3d, 2w, 6m or 1y."), value);
  return g_strdup_printf (
      _ ("“%s” is no date. Write 2024-03-15, 2024-03, “last week” or “3 days ago”."), value);
}

static char *
nearest (BaseQueryOp op, const char *value, gint64 now)
{
  if (base_query_op_kind (op) == BASE_QUERY_SIZE)
    return base_query_size_nearest (value);
  if (base_query_op_kind (op) != BASE_QUERY_DATE)
    return base_query_value_nearest (op, value);
  return base_query_op_wants_span (op) ? base_query_span_nearest (value, now)
                                       : base_query_date_nearest (value, now);
}

char *
base_query_value_mend (BaseQueryOp op, const char *value, gint64 now)
{
  g_autofree char *mended = nearest (op, value, now);

  return mended != NULL && strchr (mended, ' ') != NULL ? g_strdup_printf ("\"%s\"", mended)
                                                        : g_steal_pointer (&mended);
}
