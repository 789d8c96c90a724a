/* Between the files of base-query: the names of operators and values, and dates. */
#pragma once

#include "base-query.h"

G_BEGIN_DECLS

typedef enum
{
  BASE_QUERY_OP_FROM,
  BASE_QUERY_OP_TO,
  BASE_QUERY_OP_SUBJECT,
  BASE_QUERY_OP_HAS,
  BASE_QUERY_OP_IS,
  BASE_QUERY_OP_IN,
  BASE_QUERY_OP_BODY,
  BASE_QUERY_OP_FILENAME,
  BASE_QUERY_OP_TYPE,
  BASE_QUERY_OP_AFTER,
  BASE_QUERY_OP_BEFORE,
  BASE_QUERY_OP_ON,
  BASE_QUERY_OP_NEWER,
  BASE_QUERY_OP_OLDER,
  BASE_QUERY_OP_LARGER,
  BASE_QUERY_OP_SMALLER,
  BASE_QUERY_OP_CC,
  BASE_QUERY_OP_LABEL,
  BASE_QUERY_OP_LIST,
  BASE_QUERY_OP_ACCOUNT,
  BASE_QUERY_N_OPS,
  BASE_QUERY_NO_OP = BASE_QUERY_N_OPS,
} BaseQueryOp;

/* ---- names: base-query-names.c ---- */

/* Names as they are compared: without case, width and, in `squeezed` ones, without spaces, "-" and "_". */
char *base_query_name (const char *text, gssize length,
                       gboolean squeezed) G_GNUC_WARN_UNUSED_RESULT;

/* The squeezed names in "one;other"; kept for good, for there are only so many. */
const char *const *base_query_squeezed (const char *names);
gboolean base_query_is_named (const char *names, const char *squeezed);

typedef struct _BaseQueryNames BaseQueryNames;
/* All names in English and the language that is spoken now. */
BaseQueryNames *base_query_names_new (void) G_GNUC_WARN_UNUSED_RESULT;
void base_query_names_free (BaseQueryNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseQueryNames, base_query_names_free)

BaseQueryKind base_query_op_kind (BaseQueryOp op);
BaseQueryField base_query_op_field (BaseQueryOp op);
BaseQueryOp base_query_op_of (BaseQueryKind kind, BaseQueryField field);
const char *base_query_op_help (BaseQueryOp op);
/* The first name in the language spoken. */
char *base_query_op_example (BaseQueryOp op) G_GNUC_WARN_UNUSED_RESULT; /* "from:kim" */
char *base_query_op_shown (BaseQueryOp op) G_GNUC_WARN_UNUSED_RESULT;
/* Its name that `text` begins, as it is shown; NULL: none. */
char *base_query_op_begun (BaseQueryOp op, const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* BASE_QUERY_NO_OP: none. */
BaseQueryOp base_query_names_look (const BaseQueryNames *names, const char *text, gsize length);
/* The nearest one to what is none, and its name. */
BaseQueryOp base_query_names_nearest (const BaseQueryNames *names, const char *text, gsize length,
                                      const char **name);

typedef enum
{
  BASE_QUERY_WORD_OR,
  BASE_QUERY_WORD_AND,
  BASE_QUERY_WORD_NOT,
  BASE_QUERY_NO_WORD,
} BaseQueryWord;
BaseQueryWord base_query_names_word (const BaseQueryNames *names, const char *text, gsize length);

/* newer_than: and older_than: */
gboolean base_query_op_wants_span (BaseQueryOp op);
/* Fills state, place or text and returns TRUE; *negated: what is the opposite of it.  `text`: of any case, width and spacing. */
gboolean base_query_value_look (BaseQueryOp op, const char *text, BaseQueryNode *node,
                                gboolean *negated);
/* The nearest to one that is none, as it is shown, or NULL. */
char *base_query_value_nearest (BaseQueryOp op, const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* Calls for each value of which a name begins with `text`: its shown name and what it means. */
typedef void (*BaseQueryValueFunc) (const char *shown, const char *help, gpointer user_data);
void base_query_value_foreach (BaseQueryOp op, const char *text, BaseQueryValueFunc func,
                               gpointer user_data);
/* "unread, read, starred" */
char *base_query_value_list (BaseQueryOp op) G_GNUC_WARN_UNUSED_RESULT;
/* In English, whatever language it was typed in. */
const char *base_query_state_name (BaseQueryState state);
const char *base_query_place_name (BaseQueryPlace place);

/* How many letters (of Hangul: its parts) have to be put in, taken out, changed or swapped with the next; more than `most`: most + 1. */
guint base_query_distance (const char *one, const char *other, guint most);

/* "10M": octets; FALSE: no size. */
gboolean base_query_size_parse (const char *text, guint64 *octets);
char *base_query_size_nearest (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* ---- values: base-query-value.c ---- */

/* Whether the text of `node` is a value of `op`, which is then understood. */
gboolean base_query_value_take (BaseQueryOp op, BaseQueryNode *node, gint64 now, gboolean *negated);
/* It knows its values, or what they look like, so that they may be of several words. */
gboolean base_query_value_may_have_spaces (BaseQueryOp op);
/* Why it is none; `name`: of the operator, as it was typed. */
char *base_query_value_sentence (BaseQueryOp op, const char *value,
                                 const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* The nearest one, as it has to be typed; NULL: nobody knows. */
char *base_query_value_mend (BaseQueryOp op, const char *value,
                             gint64 now) G_GNUC_WARN_UNUSED_RESULT;

/* ---- dates: base-query-date.c ---- */

typedef struct
{
  gint64 from, until;
  gboolean relative;
} BaseQueryRange;
gboolean base_query_date_parse (const char *text, gint64 now, BaseQueryRange *range);
/* "3d", "2 weeks", "한 달": a moment that long ago. */
gboolean base_query_span_parse (const char *text, gint64 now, gint64 *moment);
/* The nearest to what is none, or NULL. */
char *base_query_date_nearest (const char *text, gint64 now) G_GNUC_WARN_UNUSED_RESULT;
char *base_query_span_nearest (const char *text, gint64 now) G_GNUC_WARN_UNUSED_RESULT;
/* Words for dates of which a name begins with `text`. */
void base_query_date_foreach (const char *text, gint64 now, BaseQueryValueFunc func,
                              gpointer user_data);
void base_query_span_foreach (const char *text, gint64 now, BaseQueryValueFunc func,
                              gpointer user_data);

/* ---- parsing: base-query-parse.c ---- */

/* What was begun last, for completion. */
typedef struct
{
  BaseQueryOp op;
  guint start, value; /* of the operator, of what is behind it; equal where there is none */
  guint end;
  gboolean wrong; /* the value is none */
} BaseQueryBegun;

typedef struct
{
  char *typed;
  BaseQueryNode *root;
  GPtrArray *pieces;   /* of BaseQueryNode, in the tree of root */
  GArray *ands;        /* of guint pairs: where an AND stands on the top level */
  GPtrArray *problems; /* of BaseQueryProblem */
  BaseQueryBegun begun, wrong;
} BaseQueryParsed;

void base_query_parse_typed (BaseQueryParsed *parsed, gint64 now);
BaseQueryNode *base_query_node_new (BaseQueryKind kind, guint start,
                                    guint end) G_GNUC_WARN_UNUSED_RESULT;
void base_query_node_free (BaseQueryNode *node);
void base_query_problem_free (BaseQueryProblem *problem);
/* A space of any kind. */
gboolean base_query_is_space (gunichar c);
gboolean base_query_is_quote (gunichar c, gunichar *closes);

G_END_DECLS
