/* What a query asks of FTS5: every message that is a hit has these tokens, and most of those that have them are hits.  Pure. */
#include <string.h>

#include "base-words.h"
#include "store-search-private.h"

/* Sizes below say too little: nearly all messages are larger. */
#define LARGE 262144
/* Octets. */
#define WEAK 3
/* Texts, to judge by. */
#define SEEN 30

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

/* Most messages have a word that begins with so few letters, and all of these words are many lists. */
static gboolean
is_weak (const char *part)
{
  gsize tag = part[0] == '"' && part[1] > 0 && part[1] < '0' ? 1 : 0;

  return part[0] == '"' && g_str_has_suffix (part, "\" *")
         && strlen (part) - strlen ("\"\" *") - tag <= WEAK;
}

static char *
join_all (GPtrArray *parts, StoreSearchWords how)
{
  guint n_weak = 0;

  for (guint i = 0; i < parts->len; i++)
    n_weak += is_weak (parts->pdata[i]);
  for (guint i = parts->len; how == STORE_SEARCH_WORDS_LOOSE && n_weak < parts->len && i > 0; i--) {
    if (is_weak (parts->pdata[i - 1])) {
      g_ptr_array_remove_index (parts, i - 1);
      n_weak--;
    }
  }
  return parts->len > 0 ? join (parts, " AND ") : NULL;
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
write_words (GPtrArray *words, guint tag, StoreSearchWords how)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < words->len; i++) {
    const BaseWord *word = words->pdata[i];

    g_ptr_array_add (parts, write_token (tag, word->token, word->prefix));
  }
  return join_all (parts, how);
}

/* Of the texts that were read so many have it: it says little, and takes long. */
static gboolean
is_frequent (const SearchNode *node)
{
  return node->n_seen >= SEEN && node->n_held * 10 >= node->n_seen;
}

/* Two initial consonants: all threes that begin with them, each by itself, for FTS5 gives the first of these before it has seen all. */
static char *
write_initials (GPtrArray *words, StoreSearchWords how)
{
  const BaseWord *word = words->pdata[0];
  g_autoptr (GPtrArray) parts = NULL;

  if (words->len > 1 || !word->prefix || strlen (word->token) != 2 * strlen ("ᄀ"))
    return write_words (words, STORE_INDEX_INITIALS, how);
  parts = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (parts, write_token (STORE_INDEX_INITIALS, word->token, FALSE));
  for (gunichar initial = 0x1100; initial <= 0x1112; initial++) {
    g_autoptr (GString) three = g_string_new (word->token);

    g_string_append_unichar (three, initial);
    g_ptr_array_add (parts, write_token (STORE_INDEX_INITIALS, three->str, FALSE));
  }
  return join_any (parts);
}

static char *
plan_term (const SearchNode *node, StoreSearchWords how)
{
  gsize length;
  const char *folded = base_find_get_folded (node->find, &length);
  g_autoptr (GPtrArray) words =
      base_words_of_term (folded, length, base_find_is_whole (node->find));
  g_autoptr (GPtrArray) initials = base_words_of_initials_term (folded, length);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  guint sections = how == STORE_SEARCH_WORDS_BEST ? node->sections & PEOPLE : node->sections;
  gboolean everywhere = FALSE;

  if (how == STORE_SEARCH_WORDS_LOOSE && is_frequent (node))
    return NULL;
  for (guint section = 1; section < BASE_N_SECTIONS; section++)
    everywhere |= !STORE_INDEX_IS_TAGGED (section) && (sections & BASE_SECTION_BIT (section)) != 0;
  if (everywhere)
    g_ptr_array_add (parts, write_words (words, 0, how));
  for (guint section = 1; !everywhere && section < BASE_N_SECTIONS; section++) {
    if (sections & BASE_SECTION_BIT (section))
      g_ptr_array_add (parts, write_words (words, section, how));
  }
  if (node->initials != NULL && initials != NULL)
    g_ptr_array_add (parts, write_initials (initials, how));
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

static char *plan (const SearchNode *node, StoreSearchWords how);

static char *
plan_children (const SearchNode *node, StoreSearchWords how)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < node->children->len; i++) {
    char *part = plan (node->children->pdata[i], how);

    if (part != NULL || node->kind == BASE_QUERY_OR)
      g_ptr_array_add (parts, part);
  }
  if (node->kind == BASE_QUERY_OR)
    return join_any (parts);
  return join_all (parts, how);
}

static char *
plan (const SearchNode *node, StoreSearchWords how)
{
  switch (node->kind) {
  case BASE_QUERY_AND:
  case BASE_QUERY_OR:
    return plan_children (node, how);
  case BASE_QUERY_TERM:
    return plan_term (node, how);
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
store_search_plan_words (const SearchNode *root, StoreSearchWords how)
{
  return plan (root, how);
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
