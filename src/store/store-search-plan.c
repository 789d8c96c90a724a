/* What a query asks of FTS5: every message that is a hit has these tokens, and most of those that have them are hits.  Pure. */
#include "base-words.h"
#include "store-search-private.h"

/* Sizes below say too little: nearly all messages are larger. */
#define LARGE 262144

#define PEOPLE                                                                                     \
  (BASE_SECTION_BIT (BASE_SECTION_SUBJECT) | BASE_SECTION_BIT (BASE_SECTION_FROM)                  \
   | BASE_SECTION_BIT (BASE_SECTION_TO) | BASE_SECTION_BIT (BASE_SECTION_CC))

static char *
join (GPtrArray *parts, const char *between)
{
  GString *all;

  if (parts->len == 1)
    return g_strdup (parts->pdata[0]);
  all = g_string_new ("(");
  for (guint i = 0; i < parts->len; i++)
    g_string_append_printf (all, "%s%s", i > 0 ? between : "", (const char *)parts->pdata[i]);
  g_string_append_c (all, ')');
  return g_string_free (all, FALSE);
}

/* NULL where one of them is, for then the others do not narrow it. */
static char *
join_any (GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++) {
    if (parts->pdata[i] == NULL)
      return NULL;
  }
  return parts->len > 0 ? join (parts, " OR ") : NULL;
}

static char *
write_token (guint tag, const char *token, gboolean prefix)
{
  GString *text = g_string_new ("\"");

  if (tag != 0)
    g_string_append_c (text, (char)tag);
  for (const char *at = token; *at != '\0'; at++) {
    if (*at == '"')
      g_string_append_c (text, '"');
    g_string_append_c (text, *at);
  }
  g_string_append (text, prefix ? "\" *" : "\"");
  return g_string_free (text, FALSE);
}

static char *
write_words (GPtrArray *words, guint tag)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < words->len; i++) {
    const BaseWord *word = words->pdata[i];

    g_ptr_array_add (parts, write_token (tag, word->token, word->prefix));
  }
  return parts->len > 0 ? join (parts, " AND ") : NULL;
}

static char *
plan_term (const SearchNode *node, gboolean best)
{
  gsize length;
  const char *folded = base_find_get_folded (node->find, &length);
  g_autoptr (GPtrArray) words =
      base_words_of_term (folded, length, base_find_is_whole (node->find));
  g_autoptr (GPtrArray) initials = base_words_of_initials_term (folded, length);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  guint sections = best ? node->sections & PEOPLE : node->sections;
  gboolean everywhere = FALSE;

  for (guint section = 1; section < BASE_N_SECTIONS; section++)
    everywhere |= !STORE_INDEX_IS_TAGGED (section) && (sections & BASE_SECTION_BIT (section)) != 0;
  if (everywhere)
    g_ptr_array_add (parts, write_words (words, 0));
  for (guint section = 1; !everywhere && section < BASE_N_SECTIONS; section++) {
    if (sections & BASE_SECTION_BIT (section))
      g_ptr_array_add (parts, write_words (words, section));
  }
  if (node->initials != NULL && initials != NULL)
    g_ptr_array_add (parts, write_words (initials, STORE_INDEX_INITIALS));
  return join_any (parts);
}

static char *
plan_size (const SearchNode *node)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  if (node->least < LARGE)
    return NULL;
  for (guint bits = g_bit_storage ((gulong)node->least);
       bits <= g_bit_storage ((gulong)MIN (node->most, (guint64)G_MAXINT64)); bits++) {
    g_autofree char *token = g_strdup_printf ("z%u", bits);

    g_ptr_array_add (parts, write_token (STORE_INDEX_FACTS, token, FALSE));
  }
  return join_any (parts);
}

static char *plan (const SearchNode *node, gboolean best);

static char *
plan_children (const SearchNode *node, gboolean best)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < node->children->len; i++) {
    char *part = plan (node->children->pdata[i], best);

    if (part != NULL || node->kind == BASE_QUERY_OR)
      g_ptr_array_add (parts, part);
  }
  if (node->kind == BASE_QUERY_OR)
    return join_any (parts);
  return parts->len > 0 ? join (parts, " AND ") : NULL;
}

static char *
plan (const SearchNode *node, gboolean best)
{
  switch (node->kind) {
  case BASE_QUERY_AND:
  case BASE_QUERY_OR:
    return plan_children (node, best);
  case BASE_QUERY_TERM:
    return plan_term (node, best);
  case BASE_QUERY_HAS:
    return write_token (STORE_INDEX_FACTS, "a", FALSE);
  case BASE_QUERY_SIZE:
    return plan_size (node);
  case BASE_QUERY_ALL:
  case BASE_QUERY_NOT:
  case BASE_QUERY_IS:
  case BASE_QUERY_IN:
  case BASE_QUERY_ACCOUNT:
  case BASE_QUERY_LABEL:
  case BASE_QUERY_DATE:
    break;
  }
  return NULL;
}

char *
store_search_plan_words (const SearchNode *root, gboolean best)
{
  return plan (root, best);
}

void
store_search_plan_dates (const SearchNode *root, gint64 *from, gint64 *until)
{
  if (root->kind == BASE_QUERY_DATE) {
    *from = MAX (*from, root->from);
    *until = MIN (*until, root->until);
  }
  for (guint i = 0; root->kind == BASE_QUERY_AND && i < root->children->len; i++)
    store_search_plan_dates (root->children->pdata[i], from, until);
}
