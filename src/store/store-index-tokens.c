/* The words of each section of a text (base-words.h), each once in a message, for where in it a word stands is looked up in its text; and our tokenizer of FTS5, which is given
 * what was made of a text before, on whatever thread had time.
 *
 * Each StoreIndexTokens is one thread's.  What it gives of a text is what takes that text out of the index again: another rule is another BASE_WORDS_VERSION. */
#include <string.h>

#include "base-fold.h"
#include "base-pairs.h"
#include "base-words.h"
#include "store-index-private.h"

#define FEWEST_SLOTS 4096 /* a power of two */

typedef struct
{
  guint64 sum;
  guint32 stamp; /* the text that it was met in */
} Slot;

/* The tokens that were met in this text.  They are told apart by sums of 64 bits that begin with a number nobody can foresee. */
struct _StoreIndexTokens
{
  Slot *slots;
  guint32 n_slots, used, stamp;
  guint64 seed;
  guint8 *given; /* Owned: what is given of this text */
  gsize n_given, room;
  /* While it works */
  GArray *pairs;
  char tag;
  char word[BASE_WORDS_MAX + 8];
};

static guint64
sum_up (guint64 seed, const char *bytes, gsize length)
{
  guint64 sum = seed ^ (length * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)), word;

  for (; length >= 8; length -= 8, bytes += 8) {
    memcpy (&word, bytes, 8);
    sum = (sum ^ word) * G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
    sum ^= sum >> 32;
  }
  word = 0;
  memcpy (&word, bytes, length);
  sum = (sum ^ word) * G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  sum ^= sum >> 29;
  sum *= G_GUINT64_CONSTANT (0xc4ceb9fe1a85ec53);
  return sum ^ (sum >> 32);
}

static Slot *
find_slot (Slot *slots, guint32 n_slots, guint64 sum, guint32 stamp)
{
  guint32 at = (guint32)sum & (n_slots - 1);

  while (slots[at].stamp == stamp && slots[at].sum != sum)
    at = (at + 1) & (n_slots - 1);
  return &slots[at];
}

static void
grow (StoreIndexTokens *self)
{
  guint32 n_slots = self->n_slots * 2;
  Slot *slots = g_new0 (Slot, n_slots);

  for (guint32 i = 0; i < self->n_slots; i++) {
    if (self->slots[i].stamp == self->stamp)
      *find_slot (slots, n_slots, self->slots[i].sum, self->stamp) = self->slots[i];
  }
  g_free (self->slots);
  self->slots = slots;
  self->n_slots = n_slots;
}

/* FALSE: it was given before. */
static gboolean
give (StoreIndexTokens *self, const char *token, gsize length)
{
  guint64 sum = sum_up (self->seed, token, length);
  Slot *slot = find_slot (self->slots, self->n_slots, sum, self->stamp);

  if (slot->stamp == self->stamp)
    return FALSE;
  *slot = (Slot){ sum, self->stamp };
  if (++self->used > self->n_slots / 2)
    grow (self);
  if (self->room - self->n_given <= G_MAXUINT8)
    self->given = g_realloc (self->given, self->room *= 2);
  self->given[self->n_given] = (guint8)length;
  memcpy (self->given + self->n_given + 1, token, (guint8)length);
  self->n_given += 1 + (guint8)length;
  return TRUE;
}

static gboolean
on_tagged_word (const char *token, gsize length, gpointer user_data)
{
  StoreIndexTokens *self = user_data;

  length = MIN (length, sizeof self->word - 1);
  self->word[0] = self->tag;
  memcpy (self->word + 1, token, length);
  return give (self, self->word, length + 1);
}

/* What comes of a word (its beginnings) is wanted once with each tag. */
static gboolean
on_word (const char *token, gsize length, gpointer user_data)
{
  StoreIndexTokens *self = user_data;
  gboolean is_new = give (self, token, length);

  return self->tag != 0 ? on_tagged_word (token, length, self) : is_new;
}

static void
take_facts (StoreIndexTokens *self, const char *begin, gsize length)
{
  self->tag = STORE_INDEX_FACTS;
  for (const char *at = begin, *end = begin + length; at < end;) {
    const char *newline = memchr (at, '\n', (gsize)(end - at));
    gsize size = (gsize)((newline != NULL ? newline : end) - at);

    on_tagged_word (at, size, self);
    at = newline != NULL ? newline + 1 : end;
  }
}

static void
take_section (StoreIndexTokens *self, guint section, const char *begin, gsize length)
{
  g_autofree char *folded = NULL;
  gsize size;

  if (section == STORE_INDEX_FACTS) {
    take_facts (self, begin, length);
    return;
  }
  folded = base_fold (begin, (gssize)length, &size);
  self->tag = STORE_INDEX_IS_TAGGED (section) ? (char)section : 0;
  base_words_of_text (folded, size, on_word, self);
  if (STORE_INDEX_HAS_INITIALS (section)) {
    self->tag = STORE_INDEX_INITIALS;
    base_words_of_initials (folded, size, on_tagged_word, self);
  }
  if (self->pairs != NULL)
    base_pairs_of_text (folded, size, self->pairs);
}

void
store_index_tokens_list (StoreIndexTokens *self, const char *text, gsize length, GByteArray *out,
                         GArray *pairs)
{
  const char *at = text, *begin;
  guint section;
  gsize size;

  if (++self->stamp == 0) {
    memset (self->slots, 0, self->n_slots * sizeof *self->slots);
    self->stamp = 1;
  }
  self->used = 0;
  self->n_given = 0;
  self->pairs = pairs;
  while (store_index_text_next (&at, text + length, &section, &begin, &size))
    take_section (self, section, begin, size);
  g_byte_array_append (out, self->given, (guint)self->n_given);
}

StoreIndexTokens *
store_index_tokens_new (void)
{
  StoreIndexTokens *self = g_new0 (StoreIndexTokens, 1);

  self->n_slots = FEWEST_SLOTS;
  self->slots = g_new0 (Slot, self->n_slots);
  self->room = FEWEST_SLOTS;
  self->given = g_malloc (self->room);
  self->seed = ((guint64)g_random_int () << 32) | g_random_int ();
  return self;
}

void
store_index_tokens_free (StoreIndexTokens *self)
{
  g_free (self->slots);
  g_free (self->given);
  g_free (self);
}

/* ---- FTS5 ---- */

/* What is looked for is a token as it stands: store-search-plan.c made it.  A document is the list of its tokens, each behind its length. */
static int
tokenize (Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int length,
          int (*found) (void *, int, const char *, int, int, int))
{
  int code = SQLITE_OK;

  if (flags & FTS5_TOKENIZE_QUERY)
    return length > 0 ? found (context, 0, text, length, 0, length) : SQLITE_OK;
  for (const char *at = text, *end = text + length; at < end && code == SQLITE_OK;) {
    int size = MIN ((guint8)*at, (int)(end - at) - 1);

    code = found (context, 0, at + 1, size, 0, 0);
    at += 1 + size;
  }
  return code;
}

static int
create (void *data, const char **arguments, int n, Fts5Tokenizer **tokenizer)
{
  *tokenizer = data;
  return SQLITE_OK;
}

static void delete (Fts5Tokenizer *tokenizer)
{
  /* It is nothing. */
}

int
store_index_register (sqlite3 *sqlite)
{
  static char nothing;
  fts5_tokenizer ours = { create, delete, tokenize };
  fts5_api *api = NULL;
  sqlite3_stmt *statement;
  int code = sqlite3_prepare_v2 (sqlite, "SELECT fts5(?1)", -1, &statement, NULL);

  if (code != SQLITE_OK)
    return code;
  (void)sqlite3_bind_pointer (statement, 1, &api, "fts5_api_ptr", NULL);
  (void)sqlite3_step (statement);
  (void)sqlite3_finalize (statement);
  return api != NULL ? api->xCreateTokenizer (api, "sosik", &nothing, &ours, NULL) : SQLITE_ERROR;
}
