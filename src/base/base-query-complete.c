/* What may stand where somebody types a query: operators, and the values of those that know theirs.  Pure, any thread. */
#include "base-query-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-text.h"

static void
offer_free (BaseQueryOffer *offer)
{
  g_free (offer->text);
  g_free (offer->help);
  g_free (offer);
}

void
base_query_completion_free (BaseQueryCompletion *completion)
{
  g_free (completion->typed);
  g_ptr_array_unref (completion->offers);
  g_free (completion);
}

typedef struct
{
  GPtrArray *offers;    /* Borrowed */
  const char *operator; /* Borrowed: as it was typed, or its name; without ":" */
} Filling;

/* Takes the text. */
static void
add (GPtrArray *offers, char *text, const char *help)
{
  BaseQueryOffer *offer = g_new (BaseQueryOffer, 1);

  offer->text = text;
  offer->help = g_strdup (help);
  g_ptr_array_add (offers, offer);
}

static void
add_value (const char *shown, const char *help, gpointer user_data)
{
  const Filling *filling = user_data;
  const char *quote = strchr (shown, ' ') != NULL ? "\"" : "";

  add (filling->offers, g_strconcat (filling->operator, ":", quote, shown, quote, NULL), help);
}

static void
offer_sizes (Filling *filling, const char *typed)
{
  static const char *const sizes[] = { "1MB", "5MB", "10MB", "25MB" };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    if (g_ascii_strncasecmp (sizes[i], typed, strlen (typed)) == 0) {
      guint64 octets;
      g_autofree char *help =
          base_query_size_parse (sizes[i], &octets) ? base_text_size (octets) : NULL;

      add_value (sizes[i], help, filling);
    }
  }
}

static void
offer_values (Filling *filling, BaseQueryOp op, const char *typed, gint64 now)
{
  BaseQueryKind kind = base_query_op_kind (op);

  if (kind == BASE_QUERY_SIZE)
    offer_sizes (filling, typed);
  else if (kind != BASE_QUERY_DATE)
    base_query_value_foreach (op, typed, add_value, filling);
  else if (base_query_op_wants_span (op))
    base_query_span_foreach (typed, now, add_value, filling);
  else
    base_query_date_foreach (typed, now, add_value, filling);
}

static void
offer_words (GPtrArray *offers, const char *typed, gint64 now)
{
  static const BaseQueryOp with_values[] = { BASE_QUERY_OP_IS, BASE_QUERY_OP_HAS,
                                             BASE_QUERY_OP_TYPE };

  for (guint op = 0; op < BASE_QUERY_N_OPS; op++) {
    g_autofree char *name = base_query_op_begun (op, typed);

    if (name != NULL)
      add (offers, g_strconcat (name, ":", NULL), base_query_op_help (op));
  }
  /* "unr" */
  for (guint i = 0; i < G_N_ELEMENTS (with_values) && *typed != '\0'; i++) {
    g_autofree char *name = base_query_op_shown (with_values[i]);
    Filling filling = { .offers = offers, .operator= name };

    base_query_value_foreach (with_values[i], typed, add_value, &filling);
  }
  /* "last": on:"last week" */
  if (g_utf8_strlen (typed, -1) >= 2) {
    g_autofree char *name = base_query_op_shown (BASE_QUERY_OP_ON);
    Filling filling = { .offers = offers, .operator= name };

    base_query_date_foreach (typed, now, add_value, &filling);
  }
}

/* Where the word goes on behind the cursor. */
static guint
end_of_rest (const char *typed, gsize at)
{
  while (typed[at] != '\0' && typed[at] != ')'
         && !base_query_is_space (g_utf8_get_char (typed + at)))
    at = (gsize)(g_utf8_next_char (typed + at) - typed);
  return (guint)at;
}

/* Typed so far, without the quotation mark it began with. */
static char *
without_quote (const char *typed, guint start, guint end)
{
  gunichar closes;
  const char *from = typed + start, *to = typed + end;

  if (from < to && base_query_is_quote (g_utf8_get_char (from), &closes))
    from = g_utf8_next_char (from);
  return g_strndup (from, (gsize)(to - from));
}

static void
parsed_clear (BaseQueryParsed *parsed)
{
  base_query_node_free (parsed->root);
  g_ptr_array_unref (parsed->pieces);
  g_array_unref (parsed->ands);
  g_ptr_array_unref (parsed->problems);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BaseQueryParsed, parsed_clear)

/* What is being typed at the end of the text.  "before:last we" was no date yet, and then another word. */
static BaseQueryBegun
begun_at_end (const BaseQueryParsed *parsed, gint64 now)
{
  guint end = (guint)strlen (parsed->typed);
  const BaseQueryBegun *wrong = &parsed->wrong;

  if (wrong->wrong && (parsed->begun.op == BASE_QUERY_NO_OP || parsed->begun.wrong)) {
    g_autofree char *value = without_quote (parsed->typed, wrong->value, end);
    g_autoptr (GPtrArray) offers = g_ptr_array_new_with_free_func ((GDestroyNotify)offer_free);
    Filling filling = { .offers = offers, .operator= "" };

    offer_values (&filling, wrong->op, value, now);
    if (offers->len > 0)
      return *wrong;
  }
  if (parsed->begun.end == end)
    return parsed->begun;
  return (BaseQueryBegun){ .op = BASE_QUERY_NO_OP, .start = end, .value = end, .end = end };
}

BaseQueryCompletion *
base_query_complete (const char *typed, gsize cursor, gint64 now)
{
  g_autofree char *whole = base_text_repair (typed, -1);
  gsize length = strlen (whole);
  g_autofree char *before = NULL;
  BaseQueryCompletion *completion = g_new0 (BaseQueryCompletion, 1);

  cursor = MIN (cursor, MIN (length, BASE_QUERY_MAX));
  while ((whole[cursor] & 0xC0) == 0x80)
    cursor--;
  before = g_strndup (whole, cursor);
  g_auto (BaseQueryParsed) parsed = { .typed = before,
                                      .pieces = g_ptr_array_new (),
                                      .ands = g_array_new (FALSE, FALSE, sizeof (guint)),
                                      .problems = g_ptr_array_new_with_free_func (
                                          (GDestroyNotify)base_query_problem_free),
                                      .begun = { .op = BASE_QUERY_NO_OP } };
  base_query_parse_typed (&parsed, now);
  BaseQueryBegun begun = begun_at_end (&parsed, now);

  completion->start = begun.start;
  completion->end = end_of_rest (whole, cursor);
  completion->value = begun.op != BASE_QUERY_NO_OP;
  completion->kind = completion->value ? base_query_op_kind (begun.op) : BASE_QUERY_TERM;
  completion->field = completion->value ? base_query_op_field (begun.op) : BASE_QUERY_ANYWHERE;
  completion->typed = without_quote (before, begun.value, (guint)cursor);
  completion->offers = g_ptr_array_new_with_free_func ((GDestroyNotify)offer_free);
  if (completion->value) {
    g_autofree char *name = begun.value > begun.start
                                ? g_strndup (before + begun.start, begun.value - begun.start)
                                : base_query_op_shown (begun.op);
    Filling filling = { .offers = completion->offers, .operator= name };

    /* The name as it stands there, without its colon and the spaces around it */
    g_strchomp (name);
    if (begun.value > begun.start)
      *g_utf8_find_prev_char (name, name + strlen (name)) = '\0';
    offer_values (&filling, begun.op, completion->typed, now);
  } else {
    offer_words (completion->offers, completion->typed, now);
  }
  return completion;
}

/* ---- help ---- */

GPtrArray *
base_query_list_operators (void)
{
  GPtrArray *offers = g_ptr_array_new_with_free_func ((GDestroyNotify)offer_free);

  for (guint op = 0; op < BASE_QUERY_N_OPS; op++)
    add (offers, base_query_op_example (op), base_query_op_help (op));
  return offers;
}

GPtrArray *
base_query_list_forms (void)
{
  static const struct
  {
    const char *example, *help;
  } forms[] = {
    /* Translators: examples of searches with what they find.  Quotation marks, “-” and parentheses stay as they are; OR may be your word for it */
    { NC_ ("search example", "annual report"),
      NC_ ("search help", "both words, wherever they are") },
    { NC_ ("search example", "\"annual report\""),
      NC_ ("search help", "exactly these words, one after the other") },
    { NC_ ("search example", "budget OR invoice"), NC_ ("search help", "one of the two, or both") },
    { NC_ ("search example", "report -newsletter"),
      NC_ ("search help", "the one word, but not the other") },
    { NC_ ("search example", "from:(kim OR lee)"),
      NC_ ("search help", "several for one operator") },
  };
  GPtrArray *offers = g_ptr_array_new_with_free_func ((GDestroyNotify)offer_free);

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    add (offers, g_strdup (g_dpgettext2 (NULL, "search example", forms[i].example)),
         g_dpgettext2 (NULL, "search help", forms[i].help));
  return offers;
}
