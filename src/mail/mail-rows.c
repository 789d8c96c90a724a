/* Cache of rows, for the main thread: it keeps plain rows so that scrolling back costs nothing,
 * and forgets the ones not looked at for longest. */
#include "mail-rows.h"

struct _MailRows
{
  GHashTable *links; /* &row->id -> GList link in `order` */
  GQueue order;      /* of StoreItem, most recently used first */
  guint capacity;
};

MailRows *
mail_rows_new (guint capacity)
{
  MailRows *self = g_new0 (MailRows, 1);

  self->links = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_queue_init (&self->order);
  self->capacity = capacity;
  return self;
}

static void
row_free (gpointer row)
{
  store_item_free (row);
}

void
mail_rows_free (MailRows *self)
{
  g_hash_table_unref (self->links);
  g_queue_clear_full (&self->order, row_free);
  g_free (self);
}

static void
drop_link (MailRows *self, GList *link)
{
  StoreItem *row = link->data;

  g_hash_table_remove (self->links, &row->id);
  g_queue_delete_link (&self->order, link);
  store_item_free (row);
}

void
mail_rows_put (MailRows *self, StoreItem *row)
{
  mail_rows_drop (self, row->id);
  g_queue_push_head (&self->order, row);
  g_hash_table_insert (self->links, &row->id, self->order.head);
  if (self->order.length > self->capacity)
    drop_link (self, self->order.tail);
}

const StoreItem *
mail_rows_get (MailRows *self, gint64 id)
{
  GList *link = g_hash_table_lookup (self->links, &id);

  if (link == NULL)
    return NULL;
  g_queue_unlink (&self->order, link);
  g_queue_push_head_link (&self->order, link);
  return link->data;
}

void
mail_rows_drop (MailRows *self, gint64 id)
{
  GList *link = g_hash_table_lookup (self->links, &id);

  if (link != NULL)
    drop_link (self, link);
}

void
mail_rows_foreach (MailRows *self, void (*func) (gint64 id, gpointer user_data), gpointer user_data)
{
  for (GList *l = self->order.head; l != NULL; l = l->next)
    func (((StoreItem *)l->data)->id, user_data);
}
