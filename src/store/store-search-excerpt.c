/* A piece of a message's text around what was found in it, for a row of a list.  One thread; writes nothing. */
#include <string.h>

#include "base-fold.h"
#include "store-search-private.h"

/* Characters in front of the hit, and in all. */
#define BEFORE 30
#define LENGTH 200

/* What is looked for as words, without what must not be there. */
static void
list_terms (const SearchNode *node, GPtrArray *terms)
{
  if (node->kind == BASE_QUERY_TERM)
    g_ptr_array_add (terms, (gpointer)node);
  for (guint i = 0;
       node->children != NULL && node->kind != BASE_QUERY_NOT && i < node->children->len; i++)
    list_terms (node->children->pdata[i], terms);
}

/* The first hit of any of them at or behind `from`, and of those the longest. */
static gboolean
find_any (GPtrArray *terms, guint section, const char *folded, gsize length, gsize from,
          gsize *start, gsize *end)
{
  gboolean any = FALSE;

  for (guint i = 0; i < terms->len; i++) {
    const SearchNode *node = terms->pdata[i];
    gsize one_start, one_end;

    if ((node->sections & BASE_SECTION_BIT (section)) == 0
        || !base_find_look (node->find, folded, length, from, &one_start, &one_end))
      continue;
    if (!any || one_start < *start || (one_start == *start && one_end > *end)) {
      *start = one_start;
      *end = one_end;
    }
    any = TRUE;
  }
  return any;
}

/* White space becomes one blank each. */
static char *
cut_line (const char *text, gsize length, gsize at)
{
  const char *begin = text + at, *end = text + at;
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i < BEFORE && begin > text; i++)
    begin = g_utf8_prev_char (begin);
  /* Not within a word, where there is a place between two. */
  for (const char *c = begin; begin > text && c < text + at; c++) {
    if (g_ascii_isspace (*c)) {
      begin = c;
      break;
    }
  }
  for (guint i = 0; i < LENGTH && end < text + length; i++)
    end = g_utf8_next_char (end);
  if (begin > text)
    g_string_append (line, "…");
  for (const char *c = begin; c < end && c < text + length; c++) {
    if (!g_ascii_isspace (*c))
      g_string_append_c (line, *c);
    else if (line->len > 0 && line->str[line->len - 1] != ' ')
      g_string_append_c (line, ' ');
  }
  return g_string_free (g_steal_pointer (&line), FALSE);
}

static void
add_ranges (GPtrArray *terms, guint section, const char *line, GArray *ranges)
{
  g_autoptr (BaseFolded) folded = base_fold_with_places (line, -1);
  gsize from = 0, start, end;

  while (find_any (terms, section, folded->folded, folded->length, from, &start, &end)) {
    gsize text_start, text_end;
    StoreRange range;

    base_folded_get_range (folded, start, end, &text_start, &text_end);
    range = (StoreRange){ (guint)text_start, (guint)text_end };
    g_array_append_val (ranges, range);
    from = MAX (end, start + 1);
    while (from < folded->length && ((guint8)folded->folded[from] & 0xc0) == 0x80)
      from++;
  }
}

static char *
cut_section (GPtrArray *terms, SearchSection *section, GArray *ranges)
{
  g_autoptr (BaseFolded) folded = NULL;
  gsize start, end, at, at_end;
  char *line;

  if (section->folded == NULL)
    section->folded = base_fold (section->text, (gssize)section->length, &section->folded_length);
  if (!find_any (terms, section->section, section->folded, section->folded_length, 0, &start, &end))
    return NULL;
  folded = base_fold_with_places (section->text, (gssize)section->length);
  base_folded_get_range (folded, start, end, &at, &at_end);
  line = cut_line (section->text, section->length, at);
  if (ranges != NULL)
    add_ranges (terms, section->section, line, ranges);
  return line;
}

char *
store_search_dup_excerpt (StoreSearch *self, gint64 id, GArray *ranges)
{
  /* What rows show anyway is not wanted. */
  static const guint8 order[] = { BASE_SECTION_BODY,     BASE_SECTION_FILES, BASE_SECTION_QUOTED,
                                  BASE_SECTION_ATTACHED, BASE_SECTION_LIST,  BASE_SECTION_CC,
                                  BASE_SECTION_TO };
  SearchMessage message = { 0 };
  g_autoptr (GPtrArray) terms = g_ptr_array_new ();
  g_autoptr (GError) ignored = NULL;
  gboolean is_there;
  StoreIndexMark mark;
  gint64 version;
  char *line = NULL;

  list_terms (self->root, terms);
  if (terms->len == 0 || !store_search_file_get (self->db, &self->file, &ignored)
      || !store_search_load (self, id, &message, &is_there, &ignored) || !is_there)
    return NULL;
  /* Of one moment: who writes the index moves texts. */
  if (self->file != NULL && !store_search_file_begin (self->file, &mark, &version))
    self->file = NULL;
  if (store_search_fill_text (self, &message, &ignored)) {
    for (guint n = 0; line == NULL && n < G_N_ELEMENTS (order); n++) {
      for (guint i = 0; line == NULL && i < message.sections->len; i++) {
        SearchSection *section = &g_array_index (message.sections, SearchSection, i);

        if (section->section == order[n])
          line = cut_section (terms, section, ranges);
      }
    }
  }
  if (self->file != NULL)
    store_search_file_end (self->file);
  store_search_message_clear (&message);
  return line;
}
