/* Half of the work of putting a message into the index needs no database: its text is compressed, and its words are found.  That is done beside the other half. */
#include "store-index-private.h"

/* Fewer are not worth a thread. */
#define FEW 16

typedef enum
{
  DOC_WAITS,
  DOC_TAKEN, /* somebody is at it */
  DOC_READY,
} DocState;

typedef struct
{
  int state; /* atomic */
  StoreIndexPrepared prepared;
} Item;

struct _StoreIndexPreparing
{
  /* Owned */
  GThread *thread; /* NULL: none is needed, or could be had */
  GMutex lock;
  GCond turn;
  Item *items;
  StoreIndexTokens *tokens; /* of who takes them */

  /* Borrowed */
  const StoreIndexDoc *docs;

  gsize n, ahead; /* who takes them has prepared what could be had up to there */
  int stopping;   /* atomic */
};

static GString *
join_texts (const StoreIndexDoc *doc)
{
  GString *text = g_string_sized_new (4096);
  char facts[64];
  int n = g_snprintf (facts, sizeof facts, "z%d%s", g_bit_storage ((gulong)doc->row->size),
                      doc->row->has_attachments ? "\na" : "");

  for (gsize i = 0; i < doc->n_texts; i++)
    store_index_text_add (text, doc->texts[i].section, doc->texts[i].text,
                          MIN (doc->texts[i].length, STORE_INDEX_TEXT_MAX - 4096 - text->len));
  store_index_text_add (text, STORE_INDEX_FACTS, facts, (gsize)n);
  return text;
}

/* TRUE: it was for this thread to do, and is done. */
static gboolean
prepare (StoreIndexPreparing *self, gsize i, StoreIndexTokens *tokens)
{
  Item *item = &self->items[i];
  GString *text;

  if (self->docs[i].row == NULL
      || !g_atomic_int_compare_and_exchange (&item->state, DOC_WAITS, DOC_TAKEN))
    return FALSE;
  text = join_texts (&self->docs[i]);
  item->prepared.packed = store_index_text_pack (text->str, text->len);
  item->prepared.tokens = g_byte_array_new ();
  item->prepared.pairs =
      g_array_sized_new (FALSE, FALSE, sizeof (guint32), (guint)text->len / 6 + 16);
  store_index_tokens_list (tokens, text->str, text->len, item->prepared.tokens,
                           item->prepared.pairs);
  g_string_free (text, TRUE);
  g_mutex_lock (&self->lock);
  g_atomic_int_set (&item->state, DOC_READY);
  g_cond_signal (&self->turn);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gpointer
run (gpointer data)
{
  StoreIndexPreparing *self = data;
  StoreIndexTokens *tokens = store_index_tokens_new ();

  for (gsize i = 0; i < self->n && !g_atomic_int_get (&self->stopping); i++)
    (void)prepare (self, i, tokens);
  store_index_tokens_free (tokens);
  return NULL;
}

void
store_index_prepared_clear (StoreIndexPrepared *prepared)
{
  g_clear_pointer (&prepared->packed, g_bytes_unref);
  g_clear_pointer (&prepared->tokens, g_byte_array_unref);
  g_clear_pointer (&prepared->pairs, g_array_unref);
}

StoreIndexPreparing *
store_index_preparing_new (const StoreIndexDoc *docs, gsize n)
{
  StoreIndexPreparing *self = g_new0 (StoreIndexPreparing, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->turn);
  self->docs = docs;
  self->n = n;
  self->items = g_new0 (Item, n);
  self->tokens = store_index_tokens_new ();
  if (n >= FEW)
    self->thread = g_thread_try_new ("sosik-tokens", run, self, NULL);
  return self;
}

void
store_index_preparing_free (StoreIndexPreparing *self)
{
  g_atomic_int_set (&self->stopping, 1);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  for (gsize i = 0; i < self->n; i++)
    store_index_prepared_clear (&self->items[i].prepared);
  store_index_tokens_free (self->tokens);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->turn);
  g_free (self->items);
  g_free (self);
}

void
store_index_preparing_take (StoreIndexPreparing *self, gsize i, StoreIndexPrepared *prepared)
{
  if (!prepare (self, i, self->tokens)) {
    /* The other one is at it, and may have to wait for a processor: there is something to do meanwhile. */
    while (g_atomic_int_get (&self->items[i].state) != DOC_READY && self->ahead < self->n)
      (void)prepare (self, self->ahead++, self->tokens);
    g_mutex_lock (&self->lock);
    while (g_atomic_int_get (&self->items[i].state) != DOC_READY)
      g_cond_wait (&self->turn, &self->lock);
    g_mutex_unlock (&self->lock);
  }
  *prepared = self->items[i].prepared;
  self->items[i].prepared = (StoreIndexPrepared){ NULL, NULL, NULL };
}
