/* How rows come into the message list and go out of it.  Main thread.  A list view makes a widget for each of some two hundred rows
 * around what is looked at, and does so at once for all that one change brings there or takes away: more than a frame's time.  So
 * a large change is told in pieces: what is far from there as a whole, what is near a few rows at a time, so that the caller can look
 * at the clock between any two.  It must never make an item, nor walk over the rows of a change. */
#include "mail-message-list-private.h"

#define NEAR 256 /* rows on each side of the one that is looked at: they may have widgets */
/* Whose widgets take some milliseconds.  Among so few rows a list view finds those that only move, if it is told at once: it asks for
 * each row that comes. */
#define PIECE 16

static int
compare_places (gconstpointer a, gconstpointer b)
{
  guint one = *(const guint *)a, two = *(const guint *)b;

  return one < two ? -1 : one > two;
}

/* A view holds some two hundred items around the place that it shows, and a few where the keyboard is or what is selected: the middle
 * one of all is in that place, whichever of them was asked for last. */
guint
mail_message_list_get_looked_at (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), 0);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const MailListHeld *held = value;

    if (held->position != G_MAXUINT)
      g_array_append_val (places, held->position);
  }
  if (places->len > 0) {
    g_array_sort (places, compare_places);
    self->looked_at = g_array_index (places, guint, places->len / 2);
  }
  return self->looked_at;
}

static void
move_place (guint *place, guint position, guint n, guint added, guint gone)
{
  if (*place >= position + n)
    *place += added - n;
  else if (*place >= position)
    *place = gone;
}

static void
note_places (MailMessageList *self, guint position, guint n, guint added)
{
  GHashTableIter iter;
  gpointer value;

  move_place (&self->looked_at, position, n, added, position);
  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    MailListHeld *held = value;

    if (held->position != G_MAXUINT)
      move_place (&held->position, position, n, added, G_MAXUINT);
  }
}

void
mail_list_splice (MailMessageList *self, guint position, guint n, const StoreKey *keys, guint added)
{
  if (n > 0) {
    g_signal_emit_by_name (self, "removing", position, n);
    g_array_remove_range (self->keys, position, n);
  }
  if (added > 0)
    g_array_insert_vals (self->keys, position, keys, added);
  note_places (self, position, n, added);
  if (n > 0 || added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, n, added);
}

guint
mail_list_remove_some (MailMessageList *self, guint position, guint n)
{
  guint end = position + n, at = mail_message_list_get_looked_at (self);
  guint low = CLAMP (at - MIN (at, NEAR), position, end);
  guint high = CLAMP (at + NEAR, position, end), from, to;

  if (end > high) { /* what is below */
    from = high;
    to = end;
  } else if (low > position) { /* what is above */
    from = position;
    to = low;
  } else {
    from = end - MIN (n, PIECE);
    to = end;
  }
  mail_list_splice (self, from, to - from, NULL, 0);
  return to - from;
}

guint
mail_list_piece_to_insert (guint already, guint n)
{
  return already < NEAR ? MIN (n, PIECE) : n;
}

/* The last piece of all: what is here becomes what it is to be, without a look at it. */
static void
become (MailMessageList *self, guint position, guint n, guint added, GArray *keys)
{
  if (n > 0)
    g_signal_emit_by_name (self, "removing", position, n);
  g_array_unref (self->keys);
  self->keys = g_array_ref (keys);
  note_places (self, position, n, added);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n, added);
}

gboolean
mail_list_splice_some (MailMessageList *self, MailKeysRun *run, guint *inserted, GArray *keys,
                       gboolean last)
{
  const StoreKey *from = (const StoreKey *)(gpointer)keys->data + run->position + *inserted;

  /* The last ones go as others come: a list that is empty for a moment has no place where somebody looks, and no keyboard. */
  if (run->removed > PIECE) {
    run->removed -= mail_list_remove_some (self, run->position, run->removed);
    return run->removed > 0 || run->added > 0;
  }
  guint n = mail_list_piece_to_insert (*inserted, run->added);
  if (last && n == run->added && n > PIECE)
    become (self, run->position + *inserted, run->removed, n, keys);
  else
    mail_list_splice (self, run->position + *inserted, run->removed, from, n);
  run->removed = 0;
  run->added -= n;
  *inserted += n;
  return run->added > 0;
}
