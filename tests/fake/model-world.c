/* The state of the model server.  Called by the connections' threads and by the test, always with the world locked; must
 * never be cleverer than the RFCs: it is what the engine is measured by. */
#include "model-world.h"

#include <string.h>

static void
free_message (gpointer data)
{
  ModelMessage *message = data;

  g_bytes_unref (message->bytes);
  g_ptr_array_unref (message->flags);
  g_free (message->labels);
  g_free (message);
}

ModelMailbox *
model_mailbox_ref (ModelMailbox *mailbox)
{
  mailbox->ref_count++;
  return mailbox;
}

void
model_mailbox_unref (ModelMailbox *mailbox)
{
  if (--mailbox->ref_count > 0)
    return;
  g_free (mailbox->name);
  g_ptr_array_unref (mailbox->messages);
  g_array_unref (mailbox->gone);
  g_free (mailbox);
}

static void
free_mailbox (gpointer data)
{
  ModelMailbox *mailbox = data;

  mailbox->deleted = TRUE;
  mailbox->serial++;
  model_mailbox_unref (mailbox);
}

static void
free_account (gpointer data)
{
  ModelAccount *account = data;

  g_free (account->user);
  g_free (account->password);
  g_free (account->address);
  g_ptr_array_unref (account->mailboxes);
  g_free (account);
}

static void
free_delivery (gpointer data)
{
  ModelDelivery *delivery = data;

  g_free (delivery->sender);
  g_free (delivery->recipients);
  g_free (delivery->hash);
  g_free (delivery->message_id);
  g_free (delivery->wishes);
  g_free (delivery);
}

void
model_world_init (ModelWorld *world)
{
  g_mutex_init (&world->lock);
  world->accounts = g_ptr_array_new_with_free_func (free_account);
  world->delivered = g_ptr_array_new_with_free_func (free_delivery);
  world->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
model_world_clear (ModelWorld *world)
{
  g_ptr_array_unref (world->accounts);
  g_ptr_array_unref (world->delivered);
  g_hash_table_unref (world->refused);
  g_mutex_clear (&world->lock);
}

void
model_world_empty (ModelWorld *world)
{
  g_ptr_array_set_size (world->accounts, 0);
  g_ptr_array_set_size (world->delivered, 0);
  g_hash_table_remove_all (world->refused);
  /* So that what is made again gets the very same numbers. */
  world->objects = 0;
  world->uid_validities = 0;
}

static void
tell (ModelWorld *world, ModelMailbox *mailbox)
{
  mailbox->serial++;
  if (world->changed != NULL)
    world->changed (world->user_data);
}

/* ---- accounts and mailboxes ---- */

ModelAccount *
model_world_add_account (ModelWorld *world, const char *user, const char *password,
                         const char *address)
{
  static const char *const own[][2] = { { "INBOX", NULL },      { "Drafts", "\\Drafts" },
                                        { "Sent", "\\Sent" },   { "Junk", "\\Junk" },
                                        { "Trash", "\\Trash" }, { "Archive", "\\Archive" } };
  ModelAccount *account = g_new0 (ModelAccount, 1);

  account->user = g_strdup (user);
  account->password = g_strdup (password);
  account->address = g_ascii_strdown (address, -1);
  account->mailboxes = g_ptr_array_new_with_free_func (free_mailbox);
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    model_account_create (world, account, own[i][0], own[i][1])->subscribed = TRUE;
  g_ptr_array_add (world->accounts, account);
  return account;
}

ModelAccount *
model_world_find_account (ModelWorld *world, const char *user)
{
  for (guint i = 0; i < world->accounts->len; i++) {
    ModelAccount *account = g_ptr_array_index (world->accounts, i);

    if (strcmp (account->user, user) == 0)
      return account;
  }
  return NULL;
}

static gboolean
same_name (const char *a, const char *b)
{
  return strcmp (a, b) == 0
         || (g_ascii_strcasecmp (a, "INBOX") == 0 && g_ascii_strcasecmp (b, "INBOX") == 0);
}

ModelMailbox *
model_account_find (ModelAccount *account, const char *name)
{
  for (guint i = 0; i < account->mailboxes->len; i++) {
    ModelMailbox *mailbox = g_ptr_array_index (account->mailboxes, i);

    if (same_name (mailbox->name, name))
      return mailbox;
  }
  return NULL;
}

ModelMailbox *
model_account_create (ModelWorld *world, ModelAccount *account, const char *name, const char *use)
{
  ModelMailbox *mailbox;

  if (model_account_find (account, name) != NULL)
    return NULL;
  mailbox = g_new0 (ModelMailbox, 1);
  mailbox->ref_count = 1;
  mailbox->name = g_strdup (name);
  mailbox->use = use;
  mailbox->uid_validity = 1000 + ++world->uid_validities;
  mailbox->uid_next = 1;
  mailbox->modseq = 1;
  mailbox->object = ++world->objects;
  mailbox->messages = g_ptr_array_new_with_free_func (free_message);
  mailbox->gone = g_array_new (FALSE, FALSE, sizeof (ModelGone));
  g_ptr_array_add (account->mailboxes, mailbox);
  tell (world, mailbox);
  return mailbox;
}

void
model_account_delete (ModelWorld *world, ModelAccount *account, ModelMailbox *mailbox)
{
  mailbox->deleted = TRUE;
  tell (world, mailbox);
  g_ptr_array_remove (account->mailboxes, mailbox);
}

gboolean
model_account_rename (ModelWorld *world, ModelAccount *account, ModelMailbox *mailbox,
                      const char *name)
{
  g_autofree char *below = g_strconcat (mailbox->name, "/", NULL);

  if (model_account_find (account, name) != NULL)
    return FALSE;
  for (guint i = 0; i < account->mailboxes->len; i++) {
    ModelMailbox *child = g_ptr_array_index (account->mailboxes, i);

    if (g_str_has_prefix (child->name, below)) {
      char *path = g_strconcat (name, "/", child->name + strlen (below), NULL);

      g_free (child->name);
      child->name = path;
    }
  }
  g_free (mailbox->name);
  mailbox->name = g_strdup (name);
  tell (world, mailbox);
  return TRUE;
}

/* ---- messages ---- */

ModelMessage *
model_mailbox_by_uid (ModelMailbox *mailbox, guint32 uid)
{
  guint low = 0, high = mailbox->messages->len;

  while (low < high) {
    guint middle = (low + high) / 2;
    ModelMessage *message = g_ptr_array_index (mailbox->messages, middle);

    if (message->uid == uid)
      return message;
    if (message->uid < uid)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

ModelMessage *
model_mailbox_append (ModelWorld *world, ModelMailbox *mailbox, GBytes *bytes, GPtrArray *flags,
                      gint64 date, guint64 object)
{
  ModelMessage *message = g_new0 (ModelMessage, 1);

  message->uid = mailbox->uid_next++;
  message->modseq = ++mailbox->modseq;
  message->bytes = g_bytes_ref (bytes);
  message->object = object != 0 ? object : ++world->objects;
  message->date = date != 0 ? date : g_get_real_time () / G_USEC_PER_SEC;
  message->flags = model_flags_change (flags, '=', flags);
  g_ptr_array_add (mailbox->messages, message);
  tell (world, mailbox);
  return message;
}

ModelMessage *
model_mailbox_copy (ModelWorld *world, const ModelMessage *message, ModelMailbox *target)
{
  return model_mailbox_append (world, target, message->bytes, message->flags, message->date,
                               message->object);
}

gboolean
model_mailbox_set_flags (ModelWorld *world, ModelMailbox *mailbox, ModelMessage *message,
                         GPtrArray *flags)
{
  g_autofree char *was = model_flags_to_string (message->flags);
  g_autofree char *is = model_flags_to_string (flags);
  GPtrArray *old = message->flags;

  if (strcmp (was, is) == 0)
    return FALSE;
  message->flags = model_flags_change (flags, '=', flags);
  g_ptr_array_unref (old);
  message->modseq = ++mailbox->modseq;
  tell (world, mailbox);
  return TRUE;
}

void
model_mailbox_set_labels (ModelWorld *world, ModelMailbox *mailbox, ModelMessage *message,
                          const char *labels)
{
  g_free (message->labels);
  message->labels = g_strdup (labels);
  message->modseq = ++mailbox->modseq;
  tell (world, mailbox);
}

void
model_mailbox_expunge (ModelWorld *world, ModelMailbox *mailbox, guint32 uid)
{
  ModelMessage *message = model_mailbox_by_uid (mailbox, uid);
  ModelGone gone = { .uid = uid };

  g_return_if_fail (message != NULL);
  gone.modseq = ++mailbox->modseq;
  g_array_append_val (mailbox->gone, gone);
  g_ptr_array_remove (mailbox->messages, message);
  tell (world, mailbox);
}

void
model_mailbox_renumber (ModelWorld *world, ModelMailbox *mailbox)
{
  mailbox->uid_validity = 1000 + ++world->uid_validities;
  mailbox->uid_next = 1;
  mailbox->modseq = 1;
  g_array_set_size (mailbox->gone, 0);
  for (guint i = 0; i < mailbox->messages->len; i++) {
    ModelMessage *message = g_ptr_array_index (mailbox->messages, i);

    message->uid = mailbox->uid_next++;
    message->modseq = ++mailbox->modseq;
  }
  tell (world, mailbox);
}

/* ---- flags ---- */

/* System flags are spelt one way, whatever the client wrote. */
static const char *
intern_flag (const char *word)
{
  static const char *const system[] = { "\\Seen", "\\Answered", "\\Flagged", "\\Deleted",
                                        "\\Draft" };

  for (gsize i = 0; i < G_N_ELEMENTS (system); i++)
    if (g_ascii_strcasecmp (system[i], word) == 0)
      return system[i];
  return g_intern_string (word);
}

static int
compare_flags (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
add_flag (GPtrArray *flags, const char *flag)
{
  if (!model_flags_has (flags, flag))
    g_ptr_array_add (flags, (gpointer)flag);
}

GPtrArray *
model_flags_parse (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text != NULL ? text : "", " ()", -1);
  GPtrArray *flags = g_ptr_array_new ();

  for (gsize i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && g_ascii_strcasecmp (words[i], "\\Recent") != 0)
      add_flag (flags, intern_flag (words[i]));
  g_ptr_array_sort (flags, compare_flags);
  return flags;
}

GPtrArray *
model_flags_change (GPtrArray *flags, char sign, GPtrArray *with)
{
  GPtrArray *result = g_ptr_array_new ();

  for (guint i = 0; sign != '=' && i < flags->len; i++)
    if (sign == '+' || !model_flags_has (with, g_ptr_array_index (flags, i)))
      add_flag (result, g_ptr_array_index (flags, i));
  for (guint i = 0; sign != '-' && i < with->len; i++)
    add_flag (result, g_ptr_array_index (with, i));
  g_ptr_array_sort (result, compare_flags);
  return result;
}

gboolean
model_flags_has (GPtrArray *flags, const char *flag)
{
  for (guint i = 0; i < flags->len; i++)
    if (strcmp (g_ptr_array_index (flags, i), flag) == 0)
      return TRUE;
  return FALSE;
}

char *
model_flags_to_string (GPtrArray *flags)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < flags->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            (const char *)g_ptr_array_index (flags, i));
  return g_string_free (text, FALSE);
}

/* ---- submission ---- */

const char *
model_world_get_refusal (ModelWorld *world, const char *address)
{
  g_autofree char *lower = g_ascii_strdown (address, -1);

  return g_hash_table_lookup (world->refused, lower);
}

static char *
hash_of (GBytes *bytes)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, bytes);
}

void
model_world_submit (ModelWorld *world, const char *sender, GPtrArray *recipients, GBytes *message,
                    ModelMailbox *sent, const char *wishes)
{
  ModelDelivery *delivery = g_new0 (ModelDelivery, 1);
  g_autoptr (GString) list = g_string_new (NULL);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) seen = model_flags_parse ("\\Seen");

  for (guint i = 0; i < recipients->len; i++) {
    g_autofree char *address = g_ascii_strdown (g_ptr_array_index (recipients, i), -1);

    g_string_append_printf (list, "%s%s", i > 0 ? "," : "", address);
    for (guint k = 0; k < world->accounts->len; k++) {
      ModelAccount *account = g_ptr_array_index (world->accounts, k);

      if (strcmp (account->address, address) == 0 && strstr (wishes, "HOLDUNTIL=") == NULL)
        model_mailbox_append (world, model_account_find (account, "INBOX"), message, none, 0, 0);
    }
  }
  if (sent != NULL)
    model_mailbox_append (world, sent, message, seen, 0, 0);
  delivery->sender = g_strdup (sender);
  delivery->wishes = g_strdup (wishes);
  delivery->recipients = g_strdup (list->str);
  delivery->hash = hash_of (message);
  delivery->message_id = model_message_dup_field (message, "Message-ID");
  g_ptr_array_add (world->delivered, delivery);
}

/* ---- looking into messages ---- */

gsize
model_message_header_length (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  const char *end = data != NULL ? memmem (data, length, "\r\n\r\n", 4) : NULL;

  if (data != NULL && length >= 2 && memcmp (data, "\r\n", 2) == 0)
    return 2;
  return end != NULL ? (gsize)(end - data) + 4 : length;
}

char *
model_message_dup_field (GBytes *bytes, const char *name)
{
  gsize length = model_message_header_length (bytes), name_length = strlen (name);
  const char *at = g_bytes_get_data (bytes, NULL);
  const char *end = at + length;

  while (at < end) {
    const char *line_end = memmem (at, (gsize)(end - at), "\r\n", 2);

    while (line_end != NULL && line_end + 2 < end && (line_end[2] == ' ' || line_end[2] == '\t'))
      line_end = memmem (line_end + 2, (gsize)(end - line_end) - 2, "\r\n", 2);
    if (line_end == NULL)
      line_end = end;
    if ((gsize)(line_end - at) > name_length && at[name_length] == ':'
        && g_ascii_strncasecmp (at, name, name_length) == 0) {
      g_autofree char *value =
          g_strndup (at + name_length + 1, (gsize)(line_end - at) - name_length - 1);
      g_auto (GStrv) parts = g_strsplit (value, "\r\n", -1);

      return g_strstrip (g_strjoinv ("", parts));
    }
    at = line_end + 2;
  }
  return NULL;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static char *
join_lines (GPtrArray *lines)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s\n", (const char *)g_ptr_array_index (lines, i));
  return g_string_free (text, FALSE);
}

char *
model_world_dump (ModelWorld *world, const char *user)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < world->accounts->len; i++) {
    ModelAccount *account = g_ptr_array_index (world->accounts, i);
    g_autofree char *prefix = user == NULL ? g_strconcat (account->user, ":", NULL) : g_strdup ("");

    for (guint k = 0;
         (user == NULL || strcmp (user, account->user) == 0) && k < account->mailboxes->len; k++) {
      ModelMailbox *mailbox = g_ptr_array_index (account->mailboxes, k);

      if (mailbox->messages->len == 0)
        g_ptr_array_add (lines, g_strconcat (prefix, mailbox->name, NULL));
      for (guint m = 0; m < mailbox->messages->len; m++) {
        ModelMessage *message = g_ptr_array_index (mailbox->messages, m);
        g_autofree char *flags = model_flags_to_string (message->flags);
        g_autofree char *hash = hash_of (message->bytes);
        g_autofree char *message_id = model_message_dup_field (message->bytes, "Message-ID");

        g_ptr_array_add (lines, g_strdup_printf ("%s%s\t%s\t%s\t%s", prefix, mailbox->name, flags,
                                                 hash, message_id != NULL ? message_id : ""));
      }
    }
  }
  g_ptr_array_sort (lines, compare_lines);
  return join_lines (lines);
}

char *
model_world_dump_wishes (ModelWorld *world)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < world->delivered->len; i++)
    g_ptr_array_add (lines,
                     g_strdup (((ModelDelivery *)g_ptr_array_index (world->delivered, i))->wishes));
  return join_lines (lines);
}

char *
model_world_dump_delivered (ModelWorld *world)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < world->delivered->len; i++) {
    const ModelDelivery *delivery = g_ptr_array_index (world->delivered, i);

    g_ptr_array_add (lines,
                     g_strdup_printf ("%s\t%s\t%s\t%s", delivery->sender, delivery->recipients,
                                      delivery->hash,
                                      delivery->message_id != NULL ? delivery->message_id : ""));
  }
  return join_lines (lines);
}
