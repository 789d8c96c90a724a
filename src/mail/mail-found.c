/* A hash table with open addressing whose entries lie one behind the other: to be copied and freed as one. */
#include "mail-found.h"

#define FIRST_SLOTS 64 /* a power of two */

typedef struct
{
  gint64 id;
  MailFound found;
} Entry;

struct _MailFoundTable
{
  gatomicrefcount refs;
  GArray *entries; /* of Entry */
  guint32 *slots;  /* position in `entries` + 1; 0: free.  At least half of them are */
  guint n_slots;
};

static MailFoundTable *
make (GArray *entries, guint32 *slots, guint n_slots)
{
  MailFoundTable *self = g_new0 (MailFoundTable, 1);

  g_atomic_ref_count_init (&self->refs);
  self->entries = entries;
  self->slots = slots;
  self->n_slots = n_slots;
  return self;
}

MailFoundTable *
mail_found_table_new (void)
{
  return make (g_array_new (FALSE, FALSE, sizeof (Entry)), g_new0 (guint32, FIRST_SLOTS),
               FIRST_SLOTS);
}

MailFoundTable *
mail_found_table_copy (const MailFoundTable *self)
{
  return make (g_array_copy (self->entries),
               g_memdup2 (self->slots, self->n_slots * sizeof (guint32)), self->n_slots);
}

MailFoundTable *
mail_found_table_ref (MailFoundTable *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mail_found_table_unref (MailFoundTable *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_array_unref (self->entries);
  g_free (self->slots);
  g_free (self);
}

/* The slot that has it, or the one where it belongs. */
static guint32 *
find_slot (const MailFoundTable *self, gint64 id)
{
  guint64 mixed = (guint64)id * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  guint place = (guint)(mixed >> 32) & (self->n_slots - 1);

  while (self->slots[place] != 0
         && g_array_index (self->entries, Entry, self->slots[place] - 1).id != id)
    place = (place + 1) & (self->n_slots - 1);
  return &self->slots[place];
}

const MailFound *
mail_found_table_get (const MailFoundTable *self, gint64 id)
{
  guint32 slot = *find_slot (self, id);

  return slot != 0 ? &g_array_index (self->entries, Entry, slot - 1).found : NULL;
}

static void
grow (MailFoundTable *self)
{
  self->n_slots *= 2;
  g_free (self->slots);
  self->slots = g_new0 (guint32, self->n_slots);
  for (guint i = 0; i < self->entries->len; i++)
    *find_slot (self, g_array_index (self->entries, Entry, i).id) = i + 1;
}

MailFound *
mail_found_table_put (MailFoundTable *self, gint64 id)
{
  guint32 *slot = find_slot (self, id);

  if (*slot == 0) {
    const Entry entry = { .id = id };

    if (self->entries->len + 1 > self->n_slots / 2) {
      grow (self);
      slot = find_slot (self, id);
    }
    g_array_append_val (self->entries, entry);
    *slot = self->entries->len;
  }
  return &g_array_index (self->entries, Entry, *slot - 1).found;
}

void
mail_found_table_fill_up (MailFoundTable *self, const MailFoundTable *other)
{
  for (guint i = 0; i < other->entries->len; i++) {
    const Entry *entry = &g_array_index (other->entries, Entry, i);

    if (mail_found_table_get (self, entry->id) == NULL)
      *mail_found_table_put (self, entry->id) = entry->found;
  }
}
