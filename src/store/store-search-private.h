/* What the files about searching share.  One thread. */
#pragma once

#include "base-find.h"
#include "store-index-private.h"
#include "store-search.h"

G_BEGIN_DECLS

/* ---- search.db as who searches has it (store-search-file.c) ---- */

struct _StoreSearchFile
{
  /* Owned */
  sqlite3 *sqlite;
  sqlite3_stmt *find_doc, *get_text, *get_key, *get_mark, *get_version, *get_end, *list_segments,
      *get_pairs, *get_places;
  GArray *
      shifts; /* of gint64, by block: how far behind the place that it wanted one of its messages may stand */
  GArray *
      reach; /* the same: the first place that a message of this block or a later one may have wanted */
  GHashTable *places;   /* by segment: GBytes, see store_search_file_get_places () */
  gint64 known_version; /* of the index, which these are of */
  gboolean is_known;

  guint serial; /* of all that were opened */
  int age;      /* of Store.index_age, when it was opened */
};

/* *file NULL: there is no index (yet).  FALSE: an error other than that. */
gboolean store_search_file_get (StoreDb *db, StoreSearchFile **file, GError **error);
/* It cannot be used any more. */
void store_search_file_drop (StoreDb *db);
/* Nor by anybody: who writes it begins it anew. */
void store_search_file_note_damage (StoreDb *db);
/* Around what is read in one go, so that all of it is of one moment; and what the index says of itself then. */
gboolean store_search_file_begin (StoreSearchFile *file, StoreIndexMark *mark, gint64 *version);
void store_search_file_end (StoreSearchFile *file);
/* Everything was received at this moment or before that stands at `place` or behind. */
gint64 store_search_file_get_reach (StoreSearchFile *file, gint64 place);
/* The farthest that any document stands behind the place that it wanted. */
gint64 store_search_file_get_most_shift (StoreSearchFile *file);
const char *store_search_say_unreadable (void);
/* 1: found, 0: none, -1: it cannot be read. */
int store_search_file_find (StoreSearchFile *file, gint64 message, StoreIndexSeen *seen);
/* 1: found, 0: what should be there is not, or is none, -1: it cannot be read now. */
int store_search_file_get_text (StoreSearchFile *file, gint64 place, char **text, gsize *length);
/* Of the message that stands there; the same. */
int store_search_file_get_key (StoreSearchFile *file, gint64 place, StoreKey *key);
/* A code of SQLite; DONE: there is no such segment.  Of each of its messages the place, 4 octets, little endian.  They are kept, 4 octets a message, until the index
 * changes: whoever types a phrase asks for them at each letter.  Borrowed until store_search_file_begin (). */
int store_search_file_get_places (StoreSearchFile *file, gint64 segment, GBytes **places);

/* ---- a query as it is held against messages (store-search-hold.c) ---- */

/* Of a term: two pieces that stand beside each other (base-pairs.h), and what was seen of it in the segments so far. */
typedef struct
{
  guint32 sum;
  guint n_asked; /* messages of the segments in which it was asked for */
  guint n_had;   /* of these, those that may have it */
  guint n_out;   /* that others had left, and it did not */
  guint n_left;  /* that others had left, and it did, too */
} SearchPair;

typedef struct _SearchNode SearchNode;
struct _SearchNode
{
  BaseQueryKind kind;
  GPtrArray *children; /* of SearchNode; NULL: none */
  /* Of TERM */
  BaseFind *find;
  BaseFind *initials; /* nullable: in subject and people instead */
  guint sections;     /* bits */
  GArray *pairs;      /* of SearchPair, the rarest first; NULL: none */
  guint n_seen,
      n_held; /* texts that it was looked for in while all are looked at, and those that have it */
  /* Of the others */
  BaseQueryState state;
  GHashTable *ids; /* of IN, ACCOUNT: gint64 of folders, of accounts; NULL: all */
  char *label;     /* folded */
  gint64 from, until;
  guint64 least, most;
};

typedef struct
{
  guint section;
  const char *text; /* borrowed */
  gsize length;
  char *folded; /* Owned; NULL: not folded yet */
  gsize folded_length;
} SearchSection;

/* A message that is looked at: its row, and its text when that is asked for. */
typedef struct
{
  gint64 id, folder, account, received, size, thread, own;
  guint flags, marks;
  gboolean has_attachments;
  /* Text */
  gboolean has_text; /* sections are filled in */
  char *text;        /* Owned */
  GArray *sections;  /* of SearchSection; Owned */
  StoreMessage *row; /* Owned; where there is no text in the index */
} SearchMessage;

typedef struct
{
  gint64 account;
  StoreRole role;
  gint64 id;
  gboolean is_off; /* its account is switched off */
  char *name;      /* folded path */
  const char *leaf;
  guint total, unread;
} SearchFolder;

/* How documents are come by. */
typedef enum
{
  STORE_SEARCH_SCAN_ALL,   /* one after the other */
  STORE_SEARCH_SCAN_LOOSE, /* by some of the words */
  STORE_SEARCH_SCAN_NONE,  /* by all of them */
} StoreSearchScan;

typedef struct _StoreSearchPlaces StoreSearchPlaces;

struct _StoreSearch
{
  /* Owned */
  BaseQuery *query;
  SearchNode *root;
  GHashTable *folders;       /* id -> SearchFolder */
  GHashTable *given;         /* gint64 ids of messages that were given out */
  GHashTable *owns;          /* the same of their message.own */
  GArray *waiting;           /* of StoreKey: what may be a hit, and was not looked at yet; a heap */
  GArray *ahead;             /* of gint64: places that are known to be next */
  StoreSearchPlaces *places; /* of what may have the phrases; NULL: not asked for */
  char *match, *match_best,
      *match_loose; /* of FTS5; NULL: nothing of it is words, or it is as the first */
  GArray *cursors;  /* of SearchCursor: rows, see store-search-rows.c */
  GArray *late;     /* of StoreKey, descending: rows that came after all that the index has seen */

  /* Borrowed */
  StoreDb *db;
  StoreSearchFile *file; /* NULL: there is none */

  gint64 last; /* row id of mail.db when it was asked last */
  gint64 folder;
  StoreSearchOrder order;
  gboolean anywhere;  /* Junk, Trash and Drafts, too */
  gboolean drafts;    /* these at least */
  gboolean by_rows;   /* the rows lead, not the words */
  gint64 from, until; /* all of it was received in [from, until) */
  StoreIndexMark mark;

  /* How far it is */
  guint phase;  /* of STORE_SEARCH_BEST: 0, 1, 2 */
  gint64 place; /* all places up to this one were looked at; -1: none */
  gboolean words_ended, rows_ended;
  gboolean has_pairs;               /* phrases: most that have the words have not the phrase */
  StoreSearchScan first_scan, scan; /* see SCANNED */
  guint n_read;                     /* texts, ever */
  guint looked, n_hit;              /* of the last ones: at so many, see COST_READ */
  StoreKey row_key;                 /* all rows above this one were looked at, and this one */
  StoreKey next_row;                /* read, and not looked at yet; 0: none is */
  guint late_at, ahead_at;
  gint64 ahead_last;    /* place behind which they are asked for again */
  gboolean ahead_ended; /* there are none behind those */
  guint n_pages;        /* for which words were asked for */
  gint64 version;       /* of search.db, when it was looked at last */
};

SearchNode *store_search_compile (StoreSearch *search, const BaseQueryNode *node,
                                  const StoreSearchScope *scope);
void store_search_node_free (SearchNode *node);
/* Whether the message is a hit; *where as StoreHit has it.  FALSE with an error, too. */
gboolean store_search_hold (StoreSearch *search, SearchNode *node, SearchMessage *message,
                            guint *where, GError **error);
/* 1: it is a hit, 0: not, -1: error. */
int store_search_look (StoreSearch *search, gint64 id, StoreHit *hit, GError **error);
gboolean store_search_load (StoreSearch *search, gint64 id, SearchMessage *message,
                            gboolean *is_there, GError **error);
void store_search_message_clear (SearchMessage *message);
gboolean store_search_fill_text (StoreSearch *search, SearchMessage *message, GError **error);
gboolean store_search_find_in (const BaseFind *find, SearchSection *section);

/* ---- phrases (store-search-pairs.c) ---- */

/* Whether anything is asked for that stands beside each other. */
gboolean store_search_has_pairs (const SearchNode *node);
/* Fills in `places` with all those that may be hits by that. */
gboolean store_search_find_places (StoreSearch *search, GCancellable *cancellable, GError **error);
void store_search_places_free (StoreSearchPlaces *places);
gboolean store_search_places_have (const StoreSearchPlaces *places, gint64 place);
/* So few that looking at them is quicker than asking for the words. */
gboolean store_search_places_are_few (const StoreSearchPlaces *places);
/* Appends those behind this one: gint64, ascending. */
void store_search_places_list (const StoreSearchPlaces *places, gint64 after, GArray *list);

/* ---- what is asked of FTS5 (store-search-plan.c) ---- */

typedef enum
{
  STORE_SEARCH_WORDS_ALL,
  STORE_SEARCH_WORDS_BEST, /* by subject and people alone */
  STORE_SEARCH_WORDS_LOOSE, /* without those that take longest and say least, where there are others */
} StoreSearchWords;

/* NULL: it does not narrow anything. */
char *store_search_plan_words (const SearchNode *root,
                               StoreSearchWords how) G_GNUC_WARN_UNUSED_RESULT;
/* The moments that all of it is within. */
void store_search_plan_dates (const SearchNode *root, gint64 *from, gint64 *until);

/* ---- rows in their order (store-search-rows.c) ---- */

typedef struct
{
  gint64 folder; /* 0: keys holds all there are */
  GArray *keys;  /* of StoreKey, descending: some that were read */
  guint at;
  StoreKey last; /* the next ones to be read are below */
  gboolean ended;
} SearchCursor;

/* A folder that the search is about. */
gboolean store_search_is_within (const StoreSearch *search, const SearchFolder *folder);
/* Whether the rows lead, and from where they are read. */
gboolean store_search_choose_rows (StoreSearch *search, GError **error);
/* From the first. */
void store_search_rewind_rows (StoreSearch *search);
/* The next key; *key -1: there is none. */
gboolean store_search_next_row (StoreSearch *search, StoreKey *key, GError **error);

G_END_DECLS
