/* What somebody typed to find mail, understood: a tree, and for each piece where it stands in what was typed.
 *
 *   kim 보고서             both words, in any order, anywhere
 *   "exact phrase"         also “ ” „ ＂ « »; \" and \\ within
 *   from: to: cc: subject: body: filename: type: list: is: has: in: account: label:
 *   before: after: on: older_than: newer_than:     a day, a month, a year or words; with spaces, too, where they are clear
 *   larger: smaller:       10M, 500KB, 1.5 GB, octets; K, M and G are thousands, as elsewhere in the window
 *   a OR b, -a, NOT a, ( ) OR binds its two neighbours: a b OR c is a (b OR c); from:(kim OR lee)
 *
 * Operators have English names and those of the person's language ("from:", "보낸사람:"); so have their values, and dates.  Weeks begin as the locale has it.  "after:"
 * begins with the first moment of its date, "before:" ends in front of it, as Gmail and IMAP have it.  A mail address, a URL, 10:30 and "re:" are plain words.
 *
 * Nothing typed is an error, and nothing finds nothing without saying so.  What is not understood is told with its place and the nearest right query.  Meanwhile an
 * operator that nobody knows is a plain word; one without a value, or with a wrong one, a lone OR and a parenthesis without its other are as if they were not
 * there, so that a list stays while somebody types on.  A phrase that is not closed yet ends where the text does, and is not exact.
 *
 * Pure; immutable, any thread.  Any bytes will do; of more than BASE_QUERY_MAX octets the first ones are taken, and that is told. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BASE_QUERY_MAX       4096
#define BASE_QUERY_MAX_NODES 200
#define BASE_QUERY_MAX_DEPTH 20

typedef enum
{
  BASE_QUERY_ALL,     /* nothing that narrows it */
  BASE_QUERY_AND,     /* children, two or more */
  BASE_QUERY_OR,      /* children, two or more */
  BASE_QUERY_NOT,     /* one child, never a NOT */
  BASE_QUERY_TERM,    /* text in field; exact */
  BASE_QUERY_IS,      /* state */
  BASE_QUERY_HAS,     /* an attachment */
  BASE_QUERY_IN,      /* the folder that text names, or place where that is one */
  BASE_QUERY_ACCOUNT, /* text: all of its name or its address; where none has that, a part */
  BASE_QUERY_LABEL,   /* text: a keyword or a label, whole */
  BASE_QUERY_DATE,    /* received in [from, until) */
  BASE_QUERY_SIZE,    /* octets in [least, most] */
} BaseQueryKind;

typedef enum
{
  BASE_QUERY_ANYWHERE,
  BASE_QUERY_SUBJECT,
  BASE_QUERY_FROM,
  BASE_QUERY_TO, /* To, Cc and Bcc, as people mean it */
  BASE_QUERY_CC, /* Cc and Bcc */
  BASE_QUERY_BODY,
  BASE_QUERY_FILENAME,
  BASE_QUERY_TYPE, /* text: "pdf", "image", "video", "audio", "document", "spreadsheet", "presentation", "archive", "calendar", "contact", "message", "text";
                      else as typed, in small letters: the end of a file's name (hwp) or a media type (application/pdf) */
  BASE_QUERY_LIST, /* List-Id, and who is written to */
} BaseQueryField;

typedef enum
{
  BASE_QUERY_UNREAD,
  BASE_QUERY_READ,
  BASE_QUERY_STARRED,
  BASE_QUERY_REPLIED,
  BASE_QUERY_FORWARDED,
  BASE_QUERY_DRAFT,
} BaseQueryState;

typedef enum
{
  BASE_QUERY_NO_PLACE,
  BASE_QUERY_ANYPLACE, /* in:anywhere: Junk and Trash, too */
  BASE_QUERY_INBOX,
  BASE_QUERY_SENT,
  BASE_QUERY_DRAFTS,
  BASE_QUERY_ARCHIVE,
  BASE_QUERY_JUNK,
  BASE_QUERY_TRASH,
} BaseQueryPlace;

typedef struct _BaseQueryNode BaseQueryNode;
struct _BaseQueryNode
{
  BaseQueryKind kind;
  guint start, end;     /* octets in what was typed; with operator, quotes and "-" */
  GPtrArray *children;  /* of BaseQueryNode; NULL where there are none */
  BaseQueryField field; /* of TERM */
  char *
      text; /* of TERM, IN, ACCOUNT, LABEL: as typed, without quotes and escapes.  Of DATE: as people write it, to compare */
  guint text_start, text_end; /* where that stands */
  gboolean exact;             /* of TERM: "..." */
  BaseQueryState state;
  BaseQueryPlace place;
  gint64 from, until;  /* seconds since 1970 UTC; G_MININT64, G_MAXINT64: open */
  gboolean relative;   /* of DATE: is another one tomorrow */
  guint64 least, most; /* 0, G_MAXUINT64: open */
};

/* What was not understood. */
typedef struct
{
  guint start, end;
  char *sentence; /* for people */
  char *instead;  /* the whole query, mended; NULL: nobody knows */
} BaseQueryProblem;

typedef struct _BaseQuery BaseQuery;

/* `now`: what "today" is, in seconds; in the local time zone. */
BaseQuery *base_query_parse (const char *typed, gint64 now) G_GNUC_WARN_UNUSED_RESULT;
BaseQuery *base_query_ref (BaseQuery *query);
void base_query_unref (BaseQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseQuery, base_query_unref)

/* Valid UTF-8, which all places are in: what was typed where that is. */
const char *base_query_get_typed (const BaseQuery *query);
const BaseQueryNode *base_query_get_root (const BaseQuery *query);
/* Of BaseQueryProblem, by their places; empty where all was understood. */
GPtrArray *base_query_get_problems (const BaseQuery *query);
/* What it means, in one way of writing: the same for two that mean the same, whatever their order, language and spelling. */
char *base_query_dup_normal (const BaseQuery *query) G_GNUC_WARN_UNUSED_RESULT;

/* ---- chips: the pieces that all have to be true ---- */

guint base_query_get_n_pieces (const BaseQuery *query);
const BaseQueryNode *base_query_get_piece (const BaseQuery *query, guint i);
char *base_query_dup_piece_text (const BaseQuery *query, guint i) G_GNUC_WARN_UNUSED_RESULT;
/* The text of a query with another piece in its place; NULL: without it. */
char *base_query_replace_piece (const BaseQuery *query, guint i,
                                const char *piece) G_GNUC_WARN_UNUSED_RESULT;
/* `text` as one piece to put into a query: in quotes where it has to be, behind the operator of a field (in the person's language). */
char *base_query_write_term (BaseQueryField field, const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* The same for in:, account: and label:. */
char *base_query_write (BaseQueryKind kind, const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* ---- completion ---- */

typedef struct
{
  char *text; /* what to put in: "from:", "is:unread", "before:2024-03" */
  char *help; /* for people, short: "who wrote it" */
} BaseQueryOffer;

/* What may stand where somebody types. */
typedef struct
{
  guint start, end; /* what an offer takes the place of: with operator */
  gboolean
      value; /* an operator stands in front: its kind and field say what is wanted (people, folders, labels are known elsewhere) */
  BaseQueryKind kind;
  BaseQueryField field;
  char *typed;       /* of the value, or of the word, so far; without quotes */
  GPtrArray *offers; /* of BaseQueryOffer, the likeliest first; for an empty word all operators */
} BaseQueryCompletion;
/* `cursor`: octets. */
BaseQueryCompletion *base_query_complete (const char *typed, gsize cursor,
                                          gint64 now) G_GNUC_WARN_UNUSED_RESULT;
/* For a page of help: GPtrArray of BaseQueryOffer, one for each operator, whose text is an example of it ("from:kim"). */
GPtrArray *base_query_list_operators (void) G_GNUC_WARN_UNUSED_RESULT;
/* The same for what binds words together: "a phrase", OR, -, ( ). */
GPtrArray *base_query_list_forms (void) G_GNUC_WARN_UNUSED_RESULT;
void base_query_completion_free (BaseQueryCompletion *completion);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseQueryCompletion, base_query_completion_free)

G_END_DECLS
