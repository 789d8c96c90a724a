/* From what was typed to its tree.  Pure, any thread.  Must take any text, end in time that grows with its length, and leave nothing out without a problem that says so. */
#include "base-query-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_PROBLEMS 20
#define MAX_VALUE_WORDS                                                                            \
  5 /* of a value with spaces that is in no quotes: "15 march 2024", "지난 주 월요일" */

typedef struct
{
  BaseQueryParsed *parsed; /* Borrowed */
  const char *typed;       /* Borrowed */
  gsize length, at;
  guint depth, nodes;
  guint unclosed;         /* how deep it is at the end */
  const char *open_quote; /* Borrowed: what would close the phrase there; nullable */
  gboolean full;          /* enough: the rest is left out */
  gint64 now;
  BaseQueryNames *names;
} Parser;

BaseQueryNode *
base_query_node_new (BaseQueryKind kind, guint start, guint end)
{
  BaseQueryNode *node = g_new0 (BaseQueryNode, 1);

  node->kind = kind;
  node->start = start;
  node->end = end;
  node->from = G_MININT64;
  node->until = G_MAXINT64;
  node->most = G_MAXUINT64;
  return node;
}

void
base_query_node_free (BaseQueryNode *node)
{
  g_clear_pointer (&node->children, g_ptr_array_unref);
  g_free (node->text);
  g_free (node);
}

void
base_query_problem_free (BaseQueryProblem *problem)
{
  g_free (problem->sentence);
  g_free (problem->instead);
  g_free (problem);
}

/* Takes sentence and instead. */
static void
complain (Parser *parser, gsize start, gsize end, char *sentence, char *instead)
{
  BaseQueryProblem *problem = g_new (BaseQueryProblem, 1);

  if (parser->parsed->problems->len == MAX_PROBLEMS)
    base_query_problem_free (g_ptr_array_steal_index (parser->parsed->problems, MAX_PROBLEMS - 1));
  problem->start = (guint)start;
  problem->end = (guint)end;
  problem->sentence = sentence;
  problem->instead = instead;
  g_ptr_array_add (parser->parsed->problems, problem);
}

/* The query with something else from `start` to `end`. */
static char *
mended (Parser *parser, gsize start, gsize end, const char *text)
{
  return g_strdup_printf ("%.*s%s%s", (int)start, parser->typed, text, parser->typed + end);
}

/* The query without what is there; of the spaces around it one stays. */
static char *
without (Parser *parser, gsize start, gsize end)
{
  GString *rest = g_string_new_len (parser->typed, (gssize)start);

  if (start == 0 || base_query_is_space ((guchar)parser->typed[start - 1])
      || parser->typed[start - 1] == '(') {
    while (end < parser->length && base_query_is_space (g_utf8_get_char (parser->typed + end)))
      end = (gsize)(g_utf8_next_char (parser->typed + end) - parser->typed);
  }
  g_string_append (rest, parser->typed + end);
  if (end == parser->length)
    g_strchomp (rest->str);
  return g_string_free (rest, FALSE);
}

/* The query with all that is open at its end closed, the innermost first, which is found first. */
static char *
closed (Parser *parser)
{
  GString *text = g_string_new (parser->typed);

  if (parser->open_quote != NULL)
    g_string_append (text, parser->open_quote);
  parser->unclosed = MAX (parser->unclosed, parser->depth);
  for (guint i = 0; i < parser->unclosed; i++)
    g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}

/* ---- characters ---- */

gboolean
base_query_is_space (gunichar c)
{
  return g_unichar_isspace (c) || c == 0x3000 || c == 0x200B || g_unichar_iscntrl (c);
}

gboolean
base_query_is_quote (gunichar c, gunichar *closes)
{
  *closes = c == 0xAB ? 0xBB : '"';
  return c == '"' || c == 0xFF02 || (c >= 0x201C && c <= 0x201F) || c == 0xAB;
}

static gboolean
is_closing (gunichar c, gunichar closes)
{
  gunichar other;

  return closes == '"' ? base_query_is_quote (c, &other) && other == '"' : c == closes;
}

static gboolean
is_open (gunichar c)
{
  return c == '(' || c == 0xFF08;
}

static gboolean
is_close (gunichar c)
{
  return c == ')' || c == 0xFF09;
}

static gboolean
is_colon (gunichar c)
{
  return c == ':' || c == 0xFF1A;
}

static gboolean
is_minus (gunichar c)
{
  return c == '-' || c == 0x2212 || c == 0xFF0D;
}

/* 0 at the end. */
static gunichar
look (const Parser *parser, gsize at)
{
  return at < parser->length ? g_utf8_get_char (parser->typed + at) : 0;
}

static gsize
next (const Parser *parser, gsize at)
{
  return (gsize)(g_utf8_next_char (parser->typed + at) - parser->typed);
}

static gsize
skip_spaces (const Parser *parser, gsize at)
{
  while (at < parser->length && base_query_is_space (look (parser, at)))
    at = next (parser, at);
  return at;
}

/* Where the phrase that begins at `at` is closed; 0: nowhere.  The place of the quotation mark itself. */
static gsize
find_closing (const Parser *parser, gsize at)
{
  gunichar closes;

  if (!base_query_is_quote (look (parser, at), &closes))
    return 0;
  for (at = next (parser, at); at < parser->length; at = next (parser, at)) {
    gunichar c = look (parser, at);

    if (c == '\\' && at + 1 < parser->length && strchr ("\"\\", parser->typed[at + 1]) != NULL)
      at++;
    else if (is_closing (c, closes))
      return at;
  }
  return 0;
}

/* The end of the word that begins at `at`: a space, a phrase, or a parenthesis that is not its own. */
static gsize
end_of_word (const Parser *parser, gsize at)
{
  guint inner = 0;
  gsize start = at;
  gboolean letters = FALSE;
  gunichar closes;

  for (; at < parser->length; at = next (parser, at)) {
    gunichar c = look (parser, at);

    if (base_query_is_space (c))
      break;
    if (at > start && base_query_is_quote (c, &closes) && find_closing (parser, at) != 0)
      break;
    if (is_open (c))
      inner++;
    else if (is_close (c) && inner > 0)
      inner--;
    else if (is_close (c) && (parser->depth > 0 || letters))
      break;
    letters |= g_unichar_isalnum (c);
  }
  return at;
}

/* ---- what stands at a place ---- */

static BaseQueryWord
word_at (const Parser *parser, gsize at, gsize *end)
{
  *end = at < parser->length ? end_of_word (parser, at) : at;
  return *end > at ? base_query_names_word (parser->names, parser->typed + at, *end - at)
                   : BASE_QUERY_NO_WORD;
}

/* An operator, with *value behind its colon.  A name may have a space in it ("보낸 사람:"). */
static BaseQueryOp
operator_at (const Parser *parser, gsize at, gsize *value)
{
  guint spaces = 0;
  gsize colon = at;
  gunichar c;
  BaseQueryOp op;

  for (;; colon = next (parser, colon)) {
    c = look (parser, colon);
    if (c == 0 || colon - at > 60 || is_colon (c))
      break;
    if (base_query_is_space (c) && ++spaces > 2)
      break;
  }
  if (!is_colon (c) || colon == at)
    return BASE_QUERY_NO_OP;
  *value = next (parser, colon);
  op = base_query_names_look (parser->names, parser->typed + at, colon - at);
  /* file:///home */
  return strncmp (parser->typed + *value, "//", 2) == 0 ? BASE_QUERY_NO_OP : op;
}

/* Whether something begins there that is no plain word, or nothing. */
static gboolean
is_special (const Parser *parser, gsize at)
{
  gunichar c = look (parser, at), closes;
  gsize end;

  return c == 0 || is_open (c) || is_close (c) || is_minus (c) || base_query_is_quote (c, &closes)
         || word_at (parser, at, &end) != BASE_QUERY_NO_WORD
         || operator_at (parser, at, &end) != BASE_QUERY_NO_OP;
}

/* ---- nodes ---- */

static BaseQueryNode *
make_node (Parser *parser, BaseQueryKind kind, gsize start, gsize end)
{
  parser->nodes++;
  return base_query_node_new (kind, (guint)start, (guint)end);
}

/* Takes the child. */
static BaseQueryNode *
negate (Parser *parser, BaseQueryNode *child, gsize start)
{
  BaseQueryNode *node;

  if (child->kind == BASE_QUERY_NOT) {
    node = g_ptr_array_steal_index (child->children, 0);
    base_query_node_free (child);
    node->start = (guint)start;
    return node;
  }
  node = make_node (parser, BASE_QUERY_NOT, start, child->end);
  node->children = g_ptr_array_new_with_free_func ((GDestroyNotify)base_query_node_free);
  g_ptr_array_add (node->children, child);
  return node;
}

/* Takes both; an OR that was joined here before takes one more. */
static BaseQueryNode *
join_or (Parser *parser, BaseQueryNode *left, BaseQueryNode *right)
{
  BaseQueryNode *node = left;

  if (left->kind != BASE_QUERY_OR) {
    node = make_node (parser, BASE_QUERY_OR, left->start, right->end);
    node->children = g_ptr_array_new_with_free_func ((GDestroyNotify)base_query_node_free);
    g_ptr_array_add (node->children, left);
  }
  g_ptr_array_add (node->children, right);
  node->end = right->end;
  return node;
}

/* ---- values ---- */

/* What stands between words is none of theirs: "kim, lee". */
static gsize
without_commas (const Parser *parser, gsize start, gsize end)
{
  for (gsize at = end; at > start; end = at) {
    gunichar c;

    at = (gsize)(g_utf8_prev_char (parser->typed + at) - parser->typed);
    c = look (parser, at);
    if (at == start || (c != ',' && c != ';' && c != 0xFF0C && c != 0x3001))
      break;
  }
  return end;
}

static void
set_text (Parser *parser, BaseQueryNode *node, gsize start, gsize end, gboolean phrase)
{
  GString *text = g_string_new (NULL);

  if (!phrase)
    end = without_commas (parser, start, end);
  for (gsize at = start; at < end; at = next (parser, at)) {
    if (phrase && parser->typed[at] == '\\' && at + 1 < end
        && strchr ("\"\\", parser->typed[at + 1]) != NULL)
      at++;
    g_string_append_unichar (text, look (parser, at));
  }
  node->text = g_string_free (text, FALSE);
  node->text_start = (guint)start;
  node->text_end = (guint)end;
}

/* A value that is none: said, with what it may have been. */
static void
complain_of_value (Parser *parser, BaseQueryOp op, gsize start, gsize value_start,
                   const BaseQueryNode *node)
{
  g_autofree char *nearest = base_query_value_mend (op, node->text, parser->now);
  g_autofree char *name = value_start > start
                              ? g_strndup (parser->typed + start, value_start - start)
                              : base_query_op_shown (op);
  char *instead = NULL;
  BaseQueryNode other = { 0 };
  gboolean negated;

  g_strchomp (name);
  if (nearest != NULL) {
    instead = mended (parser, value_start, node->end, nearest);
  } else if (op == BASE_QUERY_OP_HAS
             && base_query_value_look (BASE_QUERY_OP_TYPE, node->text, &other, &negated)) {
    /* has:pdf */
    g_autofree char *type = base_query_op_shown (BASE_QUERY_OP_TYPE);
    g_autofree char *whole = g_strdup_printf ("%s:%s", type, other.text);

    instead = mended (parser, start, node->end, whole);
  }
  g_free (other.text);
  complain (parser, value_start, node->end, base_query_value_sentence (op, node->text, name),
            instead);
}

static BaseQueryNode *parse_all (Parser *parser, BaseQueryOp op, gboolean top);
static BaseQueryNode *parse_group (Parser *parser, BaseQueryOp op);

/* Words from `start` on that are a value together, the longest; moves on behind it.  FALSE: not even the first one is, *end is its end then. */
static gboolean
take_words (Parser *parser, BaseQueryOp op, gsize start, BaseQueryNode *node, gboolean *negated)
{
  gsize ends[MAX_VALUE_WORDS];
  guint n = 0, most = base_query_value_may_have_spaces (op) ? MAX_VALUE_WORDS : 1;

  for (gsize at = start; n < most; at = skip_spaces (parser, ends[n - 1])) {
    if (n > 0 && is_special (parser, at))
      break;
    ends[n++] = end_of_word (parser, at);
    /* What follows at once, without a space, is a phrase or a parenthesis */
    if (ends[n - 1] < parser->length && !base_query_is_space (look (parser, ends[n - 1])))
      break;
  }
  for (guint i = n; i > 0; i--) {
    /* Any words are the name of a folder, but only one of them is meant, if they are not known */
    BaseQueryNode probe = { 0 };

    g_clear_pointer (&node->text, g_free);
    set_text (parser, node, start, ends[i - 1], FALSE);
    node->end = (guint)ends[i - 1];
    if (i > 1 && (op == BASE_QUERY_OP_IN || op == BASE_QUERY_OP_TYPE)) {
      gboolean known = base_query_value_look (op, node->text, &probe, negated);

      g_free (probe.text);
      if (!known)
        continue;
    }
    if (base_query_value_take (op, node, parser->now, negated)) {
      parser->at = ends[i - 1];
      return TRUE;
    }
  }
  parser->at = ends[0];
  return FALSE;
}

/* A phrase; moves on behind it. */
static void
take_phrase (Parser *parser, BaseQueryNode *node)
{
  gsize start = parser->at, closing = find_closing (parser, start), inner = next (parser, start);

  node->exact = closing != 0;
  if (closing == 0) {
    parser->open_quote = look (parser, start) == 0xAB ? "»" : "\"";
    complain (parser, start, parser->length, g_strdup (_ ("This quotation mark is never closed.")),
              closed (parser));
    set_text (parser, node, inner, parser->length, TRUE);
    parser->at = parser->length;
  } else {
    set_text (parser, node, inner, closing, TRUE);
    parser->at = next (parser, closing);
  }
  node->end = (guint)parser->at;
}

static gboolean
is_blank (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    if (!base_query_is_space (g_utf8_get_char (text)))
      return FALSE;
  }
  return TRUE;
}

static void
begin (Parser *parser, BaseQueryOp op, gsize start, gsize value)
{
  parser->parsed->begun = (BaseQueryBegun){
    .op = op, .start = (guint)start, .value = (guint)value, .end = (guint)value
  };
}

/* What stands at parser->at as value of `op`; `start`: where its name does, if it has one.  NULL: left out. */
static BaseQueryNode *
parse_value (Parser *parser, BaseQueryOp op, gsize start)
{
  gsize at = parser->at;
  gunichar closes;
  gboolean understood, negated = FALSE;
  g_autoptr (GPtrArray) problems = NULL;
  BaseQueryNode *node;

  begin (parser, op, start, at);
  node = make_node (parser, base_query_op_kind (op), start, at);
  if (base_query_is_quote (look (parser, at), &closes)) {
    take_phrase (parser, node);
    understood = is_blank (node->text) || base_query_value_take (op, node, parser->now, &negated);
  } else {
    understood = take_words (parser, op, at, node, &negated);
  }
  node->exact &= node->kind == BASE_QUERY_TERM;
  parser->parsed->begun.end = (guint)parser->at;
  if (!understood) {
    node->end = (guint)parser->at;
    parser->parsed->begun.wrong = TRUE;
    parser->parsed->wrong = parser->parsed->begun;
    complain_of_value (parser, op, start, at, node);
  }
  if (!understood || is_blank (node->text)) {
    base_query_node_free (node);
    return NULL;
  }
  return negated ? negate (parser, node, start) : node;
}

/* Behind "from:". */
static BaseQueryNode *
parse_operator (Parser *parser, BaseQueryOp op, gsize start, gsize value)
{
  gsize at = skip_spaces (parser, value);
  gunichar closes;

  parser->at = at;
  if (is_open (look (parser, at)))
    return parse_group (parser, op);
  if (base_query_is_quote (look (parser, at), &closes)
      || (at == value && at < parser->length && !is_close (look (parser, at))
          && operator_at (parser, at, &(gsize){ 0 }) == BASE_QUERY_NO_OP)
      || !is_special (parser, at))
    return parse_value (parser, op, start);
  begin (parser, op, start, value);
  parser->at = value;
  complain (parser, start, value,
            /* Translators: an operator of a search, “from:” */
            g_strdup_printf (_ ("“%.*s” needs something behind it."), (int)(value - start),
                             parser->typed + start),
            without (parser, start, value));
  return NULL;
}

/* mailto:kim@example.com */
static gboolean
is_scheme (const char *text, gsize length)
{
  static const char *const schemes[] = { "mailto", "data", "news",  "tel", "sms", "urn", "cid",
                                         "mid",    "geo",  "about", "re",  "fw",  "fwd" };

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++) {
    if (strlen (schemes[i]) == length && g_ascii_strncasecmp (schemes[i], text, length) == 0)
      return TRUE;
  }
  return FALSE;
}

/* "form:kim": whether it would be right with another name. */
static void
complain_of_name (Parser *parser, gsize start, gsize end)
{
  const char *name = NULL;
  gsize colon = start;
  BaseQueryOp op;
  gboolean negated;
  BaseQueryNode *node;

  while (colon < end && !is_colon (look (parser, colon)) && colon - start < 40)
    colon = next (parser, colon);
  if (colon == start || !is_colon (look (parser, colon)) || next (parser, colon) == end
      || strncmp (parser->typed + colon + 1, "//", 2) == 0
      || is_scheme (parser->typed + start, colon - start))
    return;
  op = base_query_names_nearest (parser->names, parser->typed + start, colon - start, &name);
  if (op == BASE_QUERY_NO_OP)
    return;
  node = base_query_node_new (BASE_QUERY_TERM, (guint)start, (guint)end);
  set_text (parser, node, next (parser, colon), end, FALSE);
  if (base_query_value_take (op, node, parser->now, &negated)) {
    g_autofree char *nearest = base_query_op_begun (op, name);

    complain (parser, start, next (parser, colon),
              /* Translators: “form:” where “from:” is meant */
              g_strdup_printf (_ ("“%.*s:” is no operator. Is “%s:” meant?"), (int)(colon - start),
                               parser->typed + start, nearest),
              mended (parser, start, colon, nearest));
  }
  base_query_node_free (node);
}

static BaseQueryNode *
parse_word (Parser *parser, BaseQueryOp op)
{
  gsize start = parser->at, value;
  gunichar closes;
  BaseQueryOp named = operator_at (parser, start, &value);
  BaseQueryNode *node;

  if (named != BASE_QUERY_NO_OP)
    return parse_operator (parser, named, start, value);
  if (op != BASE_QUERY_NO_OP)
    return parse_value (parser, op, start);
  begin (parser, BASE_QUERY_NO_OP, start, start);
  node = make_node (parser, BASE_QUERY_TERM, start, start);
  if (base_query_is_quote (look (parser, start), &closes)) {
    take_phrase (parser, node);
  } else {
    parser->at = end_of_word (parser, start);
    set_text (parser, node, start, parser->at, FALSE);
    node->end = (guint)parser->at;
    complain_of_name (parser, start, parser->at);
  }
  parser->parsed->begun.end = (guint)parser->at;
  if (is_blank (node->text)) {
    base_query_node_free (node);
    return NULL;
  }
  return node;
}

/* ---- sequences ---- */

/* Where the group that begins at parser->at ends, whatever is in it. */
static void
skip_group (Parser *parser)
{
  guint depth = 0;

  do {
    gunichar c = look (parser, parser->at);

    depth += is_open (c);
    depth -= is_close (c);
    parser->at = next (parser, parser->at);
  } while (depth > 0 && parser->at < parser->length);
}

static BaseQueryNode *
parse_group (Parser *parser, BaseQueryOp op)
{
  gsize start = parser->at;
  BaseQueryNode *node;
  guint complaints;

  if (parser->depth == BASE_QUERY_MAX_DEPTH) {
    skip_group (parser);
    complain (parser, start, parser->at,
              g_strdup (_ ("Too many parentheses stand within each other.")),
              without (parser, start, parser->at));
    return NULL;
  }
  parser->depth++;
  parser->at = next (parser, start);
  complaints = parser->parsed->problems->len;
  node = parse_all (parser, op, FALSE);
  if (parser->at >= parser->length || parser->full) {
    if (!parser->full)
      complain (parser, start, next (parser, start),
                g_strdup (_ ("This parenthesis is never closed.")), closed (parser));
    parser->depth--;
    return node;
  }
  parser->depth--;
  parser->at = next (parser, parser->at);
  if (node != NULL) {
    node->start = (guint)start;
    node->end = (guint)parser->at;
  } else if (complaints == parser->parsed->problems->len) {
    complain (parser, start, parser->at, g_strdup (_ ("Nothing stands in these parentheses.")),
              without (parser, start, parser->at));
  }
  return node;
}

/* "-" and NOT, and what they are in front of. */
static BaseQueryNode *
parse_negated (Parser *parser, BaseQueryOp op)
{
  gsize start = parser->at, end;
  gboolean negated = FALSE;
  BaseQueryNode *node;

  for (;;) {
    gunichar c = look (parser, parser->at),
             after = parser->at < parser->length ? look (parser, next (parser, parser->at)) : 0;

    if (is_minus (c) && after != 0 && !base_query_is_space (after) && !is_minus (after)
        && !is_close (after)) {
      parser->at = next (parser, parser->at);
    } else if (word_at (parser, parser->at, &end) == BASE_QUERY_WORD_NOT) {
      gsize behind = skip_spaces (parser, end);

      if (behind == parser->length || is_close (look (parser, behind))) {
        complain (parser, parser->at, end,
                  g_strdup_printf (_ ("“%.*s” needs something behind it."), (int)(end - parser->at),
                                   parser->typed + parser->at),
                  without (parser, parser->at, end));
        parser->at = end;
        return NULL;
      }
      parser->at = behind;
    } else {
      break;
    }
    negated = !negated;
  }
  node = is_open (look (parser, parser->at)) ? parse_group (parser, op) : parse_word (parser, op);
  if (node != NULL && negated)
    return negate (parser, node, start);
  if (node != NULL)
    node->start = (guint)start;
  return node;
}

static void
complain_of_word (Parser *parser, gsize start, gsize end)
{
  complain (parser, start, end,
            /* Translators: “OR” in a search */
            g_strdup_printf (_ ("“%.*s” stands between two words; one of them is missing."),
                             (int)(end - start), parser->typed + start),
            without (parser, start, end));
}

/* OR and AND, of which `join` remembers where the last one stands. */
typedef struct
{
  BaseQueryWord word;
  gsize start, end;
} Join;

/* Whether nothing follows that one could join. */
static gboolean
nothing_follows (const Parser *parser, gsize at)
{
  gsize end;

  at = skip_spaces (parser, at);
  return at >= parser->length || (is_close (look (parser, at)) && parser->depth > 0)
         || word_at (parser, at, &end) == BASE_QUERY_WORD_OR
         || word_at (parser, at, &end) == BASE_QUERY_WORD_AND;
}

static void
parse_join (Parser *parser, Join *join, guint n_items, gboolean top)
{
  gsize end;
  BaseQueryWord word = word_at (parser, parser->at, &end);

  if (n_items == 0 || nothing_follows (parser, end)) {
    complain_of_word (parser, parser->at, end);
  } else {
    guint place[2] = { (guint)parser->at, (guint)end };

    *join = (Join){ .word = word, .start = parser->at, .end = end };
    if (top && word == BASE_QUERY_WORD_AND)
      g_array_append_vals (parser->parsed->ands, place, 2);
  }
  begin (parser, BASE_QUERY_NO_OP, parser->at, parser->at);
  parser->parsed->begun.end = (guint)end;
  parser->at = end;
}

static BaseQueryNode *
finish_items (Parser *parser, GPtrArray *items)
{
  BaseQueryNode *node;

  if (items->len == 0)
    return NULL;
  if (items->len == 1)
    return g_ptr_array_steal_index (items, 0);
  node = make_node (parser, BASE_QUERY_AND, ((BaseQueryNode *)items->pdata[0])->start,
                    ((BaseQueryNode *)items->pdata[items->len - 1])->end);
  node->children = g_ptr_array_ref (items);
  return node;
}

/* All up to the end or the parenthesis that closes it; NULL: nothing in it. */
static BaseQueryNode *
parse_all (Parser *parser, BaseQueryOp op, gboolean top)
{
  g_autoptr (GPtrArray) items =
      g_ptr_array_new_with_free_func ((GDestroyNotify)base_query_node_free);
  Join join = { .word = BASE_QUERY_NO_WORD };

  while ((parser->at = skip_spaces (parser, parser->at)) < parser->length && !parser->full) {
    gunichar c = look (parser, parser->at);
    gsize end;
    BaseQueryWord word = word_at (parser, parser->at, &end);
    BaseQueryNode *node;

    if (is_close (c) && parser->depth > 0)
      break;
    if (is_close (c)) {
      gsize at = parser->at;

      parser->at = next (parser, at);
      complain (parser, at, parser->at,
                g_strdup (_ ("Nothing is open that this parenthesis could close.")),
                without (parser, at, parser->at));
      continue;
    }
    if (word == BASE_QUERY_WORD_OR || word == BASE_QUERY_WORD_AND) {
      parse_join (parser, &join, items->len, top);
      continue;
    }
    if (parser->nodes >= BASE_QUERY_MAX_NODES) {
      parser->full = TRUE;
      complain (parser, parser->at, parser->length,
                g_strdup (_ ("This is too long for a search; its end is left out.")),
                g_strndup (parser->typed, parser->at));
      break;
    }
    node = parse_negated (parser, op);
    if (node != NULL && join.word == BASE_QUERY_WORD_OR && items->len > 0)
      items->pdata[items->len - 1] = join_or (parser, items->pdata[items->len - 1], node);
    else if (node != NULL)
      g_ptr_array_add (items, node);
    join.word = BASE_QUERY_NO_WORD;
  }
  if (top) {
    for (guint i = 0; i < items->len; i++)
      g_ptr_array_add (parser->parsed->pieces, items->pdata[i]);
  }
  return finish_items (parser, items);
}

static int
compare_problems (gconstpointer one, gconstpointer other)
{
  const BaseQueryProblem *a = *(BaseQueryProblem *const *)one,
                         *b = *(BaseQueryProblem *const *)other;

  return a->start < b->start ? -1 : a->start > b->start;
}

void
base_query_parse_typed (BaseQueryParsed *parsed, gint64 now)
{
  g_autoptr (BaseQueryNames) names = base_query_names_new ();
  Parser parser = { .parsed = parsed,
                    .typed = parsed->typed,
                    .length = strlen (parsed->typed),
                    .now = now,
                    .names = names };

  if (parser.length > BASE_QUERY_MAX) {
    gsize cut = BASE_QUERY_MAX;

    while ((parsed->typed[cut] & 0xC0) == 0x80)
      cut--;
    complain (&parser, cut, parser.length,
              g_strdup (_ ("This is too long for a search; its end is left out.")),
              g_strndup (parsed->typed, cut));
    parser.length = cut;
  }
  parsed->root = parse_all (&parser, BASE_QUERY_NO_OP, TRUE);
  if (parsed->root == NULL)
    parsed->root = base_query_node_new (BASE_QUERY_ALL, 0, (guint)parser.length);
  g_ptr_array_sort (parsed->problems, compare_problems);
}
