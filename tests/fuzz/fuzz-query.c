/* What is typed to find mail, any bytes: all places are in the text and at characters, problems can be read, what is offered instead is a query, pieces can be taken out one
 * after another until nothing is left, and what completes it has a place. */
#include "fuzz.h"

#include <string.h>

#include "base-query.h"

#define NOW G_GINT64_CONSTANT (1795656600)

static void
check_place (const char *text, guint start, guint end)
{
  gsize length = strlen (text);

  g_assert_cmpuint (start, <=, end);
  g_assert_cmpuint (end, <=, length);
  g_assert_true ((text[start] & 0xC0) != 0x80 && (text[end] & 0xC0) != 0x80);
}

static guint
check_node (const char *text, const BaseQueryNode *node, guint depth)
{
  guint n = 1;

  check_place (text, node->start, node->end);
  check_place (text, node->text_start, node->text_end);
  g_assert_cmpuint (depth, <=, 4 * (BASE_QUERY_MAX_DEPTH + 2));
  if (node->text != NULL)
    fuzz_check_text (node->text);
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    n += check_node (text, node->children->pdata[i], depth + 1);
  return n;
}

static void
check_pieces (BaseQuery *query)
{
  guint n = base_query_get_n_pieces (query);

  for (guint i = 0; i < n; i++) {
    g_autofree char *text = base_query_dup_piece_text (query, i);
    g_autofree char *rest = base_query_replace_piece (query, i, NULL);

    fuzz_check_text (text);
    fuzz_check_text (rest);
    g_autoptr (BaseQuery) less = base_query_parse (rest, NOW);
    /* What was left out comes in where there is room again */
    if (base_query_get_problems (query)->len == 0)
      g_assert_cmpuint (base_query_get_n_pieces (less), <, n);
  }
}

static void
check_problems (const BaseQuery *query)
{
  GPtrArray *problems = base_query_get_problems (query);

  for (guint i = 0; i < problems->len; i++) {
    const BaseQueryProblem *problem = problems->pdata[i];

    check_place (base_query_get_typed (query), problem->start, problem->end);
    fuzz_check_text (problem->sentence);
    if (problem->instead != NULL) {
      g_autoptr (BaseQuery) mended = base_query_parse (problem->instead, NOW);

      fuzz_check_text (problem->instead);
      check_node (base_query_get_typed (mended), base_query_get_root (mended), 0);
    }
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *typed = g_strndup ((const char *)data, MIN (size, 2 * BASE_QUERY_MAX));
  g_autoptr (BaseQuery) query = base_query_parse (typed, NOW);
  const char *text = base_query_get_typed (query);
  g_autofree char *normal = base_query_dup_normal (query);
  gsize cursor = size > 0 ? data[0] * strlen (text) / 255 : 0;
  g_autoptr (BaseQueryCompletion) completion = base_query_complete (text, cursor, NOW);

  fuzz_check_text (text);
  fuzz_check_text (normal);
  g_assert_cmpuint (check_node (text, base_query_get_root (query), 0), <=,
                    3 * BASE_QUERY_MAX_NODES);
  check_pieces (query);
  check_problems (query);
  check_place (text, completion->start, completion->end);
  fuzz_check_text (completion->typed);
  return 0;
}
