/* The model server's verbs about mailboxes: LIST, STATUS, CREATE and the like, SELECT.  The world is locked. */
#include <string.h>

#include "model-imap.h"

/* ---- LIST ---- */

/* "*" is anything, "%" anything without the delimiter. */
static gboolean
matches (const char *pattern, const char *name)
{
  for (; *pattern != '\0'; pattern++, name++) {
    if (*pattern == '*' || *pattern == '%') {
      for (const char *rest = name;; rest++) {
        if (matches (pattern + 1, rest))
          return TRUE;
        if (*rest == '\0' || (*pattern == '%' && *rest == '/'))
          return FALSE;
      }
    }
    if (*pattern != *name)
      return FALSE;
  }
  return *name == '\0';
}

static gboolean
has_children (ModelAccount *account, const char *name)
{
  g_autofree char *below = g_strconcat (name, "/", NULL);

  for (guint i = 0; i < account->mailboxes->len; i++)
    if (g_str_has_prefix (((ModelMailbox *)g_ptr_array_index (account->mailboxes, i))->name, below))
      return TRUE;
  return FALSE;
}

typedef struct
{
  gboolean select_subscribed, select_special;
  gboolean special, subscribed, children;
  char *status; /* Owned: "(MESSAGES ...)" */
} ListOptions;

static void
say_status (ModelImap *imap, ModelMailbox *mailbox, const char *items)
{
  g_auto (GStrv) words = g_strsplit_set (items, " ()", -1);
  g_autofree char *name = model_imap_quote_name (imap, mailbox->name);
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 unseen = 0, deleted = 0, size = 0;

  for (guint i = 0; i < mailbox->messages->len; i++) {
    ModelMessage *message = g_ptr_array_index (mailbox->messages, i);

    unseen += !model_flags_has (message->flags, "\\Seen");
    deleted += model_flags_has (message->flags, "\\Deleted");
    size += g_bytes_get_size (message->bytes);
  }
  for (gsize i = 0; words[i] != NULL; i++) {
    g_autofree char *item = g_ascii_strup (words[i], -1);
    guint64 value = 0;

    if (*item == '\0')
      continue;
    if (strcmp (item, "MESSAGES") == 0)
      value = mailbox->messages->len;
    else if (strcmp (item, "UNSEEN") == 0)
      value = unseen;
    else if (strcmp (item, "UIDNEXT") == 0)
      value = mailbox->uid_next;
    else if (strcmp (item, "UIDVALIDITY") == 0)
      value = mailbox->uid_validity;
    else if (strcmp (item, "DELETED") == 0)
      value = deleted;
    else if (strcmp (item, "SIZE") == 0 && model_imap_can (imap, "STATUS=SIZE"))
      value = size;
    else if (strcmp (item, "HIGHESTMODSEQ") == 0 && model_imap_can (imap, "CONDSTORE"))
      value = mailbox->modseq;
    else if (strcmp (item, "RECENT") != 0 && strcmp (item, "MAILBOXID") != 0)
      imap->words.bad = TRUE;
    if (strcmp (item, "HIGHESTMODSEQ") == 0)
      imap->condstore = TRUE;
    if (strcmp (item, "MAILBOXID") == 0)
      g_string_append_printf (text, " MAILBOXID (F%" G_GUINT64_FORMAT ")", mailbox->object);
    else
      g_string_append_printf (text, " %s %" G_GUINT64_FORMAT, item, value);
  }
  if (!imap->words.bad)
    model_link_say (imap->link, "* STATUS %s (%s)", name, text->len > 0 ? text->str + 1 : "");
}

/* Noselect parents that exist only by their children are not shown: the model makes none. */
static void
say_list (ModelImap *imap, const char *word, ModelMailbox *mailbox, const ListOptions *options)
{
  g_autofree char *name = model_imap_quote_name (imap, mailbox->name);
  g_autoptr (GString) attributes = g_string_new (NULL);

  if (options->children)
    g_string_append (attributes, has_children (imap->account, mailbox->name) ? " \\HasChildren"
                                                                             : " \\HasNoChildren");
  if (options->special && mailbox->use != NULL)
    g_string_append_printf (attributes, " %s", mailbox->use);
  if (options->subscribed && mailbox->subscribed)
    g_string_append (attributes, " \\Subscribed");
  model_link_say (imap->link, "* %s (%s) \"/\" %s", word,
                  attributes->len > 0 ? attributes->str + 1 : "", name);
}

static void
take_select_options (ModelImap *imap, ListOptions *options)
{
  g_autofree char *list = model_words_list (&imap->words);
  g_auto (GStrv) words = g_strsplit_set (list, " ()", -1);

  for (gsize i = 0; words[i] != NULL; i++) {
    options->select_special |= g_ascii_strcasecmp (words[i], "SPECIAL-USE") == 0;
    options->select_subscribed |= g_ascii_strcasecmp (words[i], "SUBSCRIBED") == 0;
  }
  options->special |= options->select_special;
  options->subscribed |= *list != '\0' && options->select_subscribed; /* not for LSUB */
  imap->words.bad |= *list != '\0' && !model_imap_can (imap, "LIST-EXTENDED");
}

static void
take_return_options (ModelImap *imap, ListOptions *options)
{
  if (!model_words_take_word (&imap->words, "RETURN"))
    return;
  imap->words.bad |=
      !model_imap_can (imap, "LIST-EXTENDED") || !model_words_take (&imap->words, '(');
  while (!imap->words.bad && !model_words_take (&imap->words, ')')) {
    g_autofree char *word = model_words_atom (&imap->words, TRUE);

    options->special |= strcmp (word, "SPECIAL-USE") == 0;
    options->subscribed |= strcmp (word, "SUBSCRIBED") == 0;
    options->children |= strcmp (word, "CHILDREN") == 0;
    if (strcmp (word, "STATUS") == 0) {
      imap->words.bad |= !model_imap_can (imap, "LIST-STATUS");
      g_free (options->status);
      options->status = model_words_list (&imap->words);
    }
  }
}

/* One pattern or several in parentheses; GStrv. */
static GStrv
take_patterns (ModelImap *imap)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean many = model_words_take (&imap->words, '(');

  do {
    g_autofree char *pattern = model_imap_take_name (imap);

    g_strv_builder_add (builder, pattern);
  } while (many && !imap->words.bad && !model_words_take (&imap->words, ')'));
  return g_strv_builder_end (builder);
}

static gboolean
matches_any (GStrv patterns, const char *name)
{
  for (gsize i = 0; patterns[i] != NULL; i++)
    if (matches (patterns[i], name)
        || (strcmp (name, "INBOX") == 0 && g_ascii_strcasecmp (patterns[i], "INBOX") == 0))
      return TRUE;
  return FALSE;
}

static void
list_as (ModelImap *imap, const char *word, ListOptions *options)
{
  g_autofree char *reference = NULL;
  g_auto (GStrv) patterns = NULL;

  take_select_options (imap, options);
  reference = model_imap_take_name (imap);
  patterns = take_patterns (imap);
  take_return_options (imap, options);
  if (imap->words.bad)
    return;
  if (patterns[0] != NULL && *patterns[0] == '\0')
    model_link_say (imap->link, "* %s (\\Noselect) \"/\" \"\"", word);
  for (guint i = 0; i < imap->account->mailboxes->len; i++) {
    ModelMailbox *mailbox = g_ptr_array_index (imap->account->mailboxes, i);

    if (!matches_any (patterns, mailbox->name)
        || (options->select_subscribed && !mailbox->subscribed)
        || (options->select_special && mailbox->use == NULL))
      continue;
    say_list (imap, word, mailbox, options);
    if (options->status != NULL)
      say_status (imap, mailbox, options->status);
  }
  if (!imap->words.bad)
    model_imap_answer (imap, "OK listed");
}

void
model_imap_list (ModelImap *imap)
{
  /* As most servers, special use is told without being asked where it is offered. */
  ListOptions options = { .special = model_imap_can (imap, "SPECIAL-USE"),
                          .children = model_imap_can (imap, "CHILDREN") };

  list_as (imap, "LIST", &options);
  g_free (options.status);
}

void
model_imap_lsub (ModelImap *imap)
{
  ListOptions options = { .select_subscribed = TRUE };

  list_as (imap, "LSUB", &options);
  g_free (options.status);
}

/* ---- one mailbox ---- */

/* NULL: said so. */
static ModelMailbox *
take_mailbox (ModelImap *imap)
{
  g_autofree char *name = model_imap_take_name (imap);
  ModelMailbox *mailbox = imap->words.bad ? NULL : model_account_find (imap->account, name);

  if (mailbox == NULL && !imap->words.bad)
    model_imap_answer (imap, "NO [NONEXISTENT] there is no such mailbox");
  return mailbox;
}

void
model_imap_status (ModelImap *imap)
{
  ModelMailbox *mailbox = take_mailbox (imap);
  g_autofree char *items = model_words_list (&imap->words);

  if (mailbox == NULL)
    return;
  say_status (imap, mailbox, items);
  if (!imap->words.bad)
    model_imap_answer (imap, "OK done");
}

void
model_imap_create (ModelImap *imap)
{
  g_autofree char *name = model_imap_take_name (imap);

  if (imap->words.bad)
    return;
  if (g_str_has_suffix (name, "/"))
    name[strlen (name) - 1] = '\0';
  if (*name == '\0')
    model_imap_answer (imap, "NO [CANNOT] a mailbox needs a name");
  else if (model_account_create (imap->world, imap->account, name, NULL) == NULL)
    model_imap_answer (imap, "NO [ALREADYEXISTS] there is one");
  else
    model_imap_answer (imap, "OK created");
}

void
model_imap_delete (ModelImap *imap)
{
  ModelMailbox *mailbox = take_mailbox (imap);

  if (mailbox == NULL)
    return;
  if (strcmp (mailbox->name, "INBOX") == 0) {
    model_imap_answer (imap, "NO [CANNOT] not INBOX");
    return;
  }
  if (mailbox == imap->selected)
    model_imap_unselect (imap);
  model_account_delete (imap->world, imap->account, mailbox);
  model_imap_answer (imap, "OK deleted");
}

void
model_imap_rename (ModelImap *imap)
{
  ModelMailbox *mailbox = take_mailbox (imap);
  g_autofree char *name = mailbox != NULL ? model_imap_take_name (imap) : NULL;

  if (mailbox == NULL || imap->words.bad)
    return;
  if (strcmp (mailbox->name, "INBOX") == 0)
    model_imap_answer (imap, "NO [CANNOT] not INBOX");
  else if (!model_account_rename (imap->world, imap->account, mailbox, name))
    model_imap_answer (imap, "NO [ALREADYEXISTS] there is one");
  else
    model_imap_answer (imap, "OK renamed");
}

void
model_imap_subscribe (ModelImap *imap, gboolean subscribed)
{
  ModelMailbox *mailbox = take_mailbox (imap);

  if (mailbox == NULL)
    return;
  mailbox->subscribed = subscribed;
  model_imap_answer (imap, "OK done");
}

/* ---- NOTIFY ---- */

/* What STATUS tells without being asked for anything (RFC 5465 4). */
#define TOLD_ITEMS "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN%s)"

static void
remember_told (ModelImap *imap, ModelMailbox *mailbox)
{
  g_hash_table_replace (imap->watched, model_mailbox_ref (mailbox),
                        g_memdup2 (&mailbox->serial, sizeof mailbox->serial));
}

static void
tell_status (ModelImap *imap, ModelMailbox *mailbox)
{
  g_autofree char *items = g_strdup_printf (TOLD_ITEMS, imap->condstore ? " HIGHESTMODSEQ" : "");

  say_status (imap, mailbox, items);
}

/* NOTIFY SET [STATUS] (FILTER (EVENT …)) …: whatever is asked for, all that there is is told. */
void
model_imap_notify (ModelImap *imap)
{
  gboolean set = model_words_take_word (&imap->words, "SET"), status = FALSE;

  if (!set && !model_words_take_word (&imap->words, "NONE"))
    return;
  status = set && model_words_take_word (&imap->words, "STATUS");
  while (set && model_words_are_left (&imap->words) && !imap->words.bad)
    g_free (model_words_list (&imap->words));
  if (imap->words.bad)
    return;
  g_clear_pointer (&imap->watched, g_hash_table_unref);
  if (set)
    imap->watched = g_hash_table_new_full (NULL, NULL, (GDestroyNotify)model_mailbox_unref, g_free);
  for (guint i = 0; set && i < imap->account->mailboxes->len; i++) {
    ModelMailbox *mailbox = g_ptr_array_index (imap->account->mailboxes, i);

    remember_told (imap, mailbox);
    if (status && mailbox != imap->selected)
      tell_status (imap, mailbox);
  }
  model_imap_answer (imap, "OK done");
}

static void
tell_list (ModelImap *imap, ModelMailbox *mailbox)
{
  const ListOptions options = { .special = TRUE, .subscribed = TRUE };
  g_autofree char *name = model_imap_quote_name (imap, mailbox->name);

  if (mailbox->deleted)
    model_link_say (imap->link, "* LIST (\\NonExistent) \"/\" %s", name);
  else
    say_list (imap, "LIST", mailbox, &options);
}

void
model_imap_tell_others (ModelImap *imap)
{
  g_autoptr (GList) known = NULL;

  if (imap->watched == NULL)
    return;
  known = g_hash_table_get_keys (imap->watched);
  for (GList *at = known; at != NULL; at = at->next) {
    ModelMailbox *mailbox = at->data;

    if (!mailbox->deleted)
      continue;
    tell_list (imap, mailbox);
    g_hash_table_remove (imap->watched, mailbox);
  }
  for (guint i = 0; i < imap->account->mailboxes->len; i++) {
    ModelMailbox *mailbox = g_ptr_array_index (imap->account->mailboxes, i);
    const guint64 *told = g_hash_table_lookup (imap->watched, mailbox);

    if (told == NULL)
      tell_list (imap, mailbox);
    else if (*told == mailbox->serial)
      continue;
    if (mailbox != imap->selected)
      tell_status (imap, mailbox);
    remember_told (imap, mailbox);
  }
}

/* ---- SELECT ---- */

void
model_imap_unselect (ModelImap *imap)
{
  g_clear_pointer (&imap->selected, model_mailbox_unref);
  g_array_set_size (imap->seen, 0);
}

typedef struct
{
  gboolean wanted;
  guint32 uid_validity;
  guint64 modseq;
  BaseUidSet *known; /* Owned, NULL: all */
} Resync;

/* (CONDSTORE) (QRESYNC (1001 17 1:40 (1,20 1,30))) */
static void
take_parameters (ModelImap *imap, Resync *resync)
{
  if (!model_words_take (&imap->words, '('))
    return;
  while (!imap->words.bad && !model_words_take (&imap->words, ')')) {
    g_autofree char *word = model_words_atom (&imap->words, TRUE);

    if (strcmp (word, "CONDSTORE") == 0 && model_imap_can (imap, "CONDSTORE")) {
      imap->condstore = TRUE;
    } else if (strcmp (word, "QRESYNC") == 0 && imap->qresync
               && model_words_take (&imap->words, '(')) {
      resync->wanted = TRUE;
      resync->uid_validity = (guint32)model_words_number (&imap->words);
      resync->modseq = model_words_number (&imap->words);
      if (model_words_are_left (&imap->words) && g_ascii_isdigit (*imap->words.at))
        resync->known = model_words_set (&imap->words, G_MAXUINT32);
      g_free (model_words_list (&imap->words));
      imap->words.bad |= !model_words_take (&imap->words, ')');
    } else {
      imap->words.bad = TRUE;
    }
  }
}

static void
say_resync (ModelImap *imap, const Resync *resync)
{
  ModelMailbox *mailbox = imap->selected;
  g_autoptr (BaseUidSet) vanished = base_uid_set_new ();

  if (!resync->wanted || resync->uid_validity != mailbox->uid_validity)
    return;
  for (guint i = 0; i < mailbox->gone->len; i++) {
    ModelGone gone = g_array_index (mailbox->gone, ModelGone, i);

    if (gone.modseq > resync->modseq
        && (resync->known == NULL || base_uid_set_contains (resync->known, gone.uid)))
      base_uid_set_add (vanished, gone.uid);
  }
  if (!base_uid_set_is_empty (vanished)) {
    g_autofree char *set = base_uid_set_to_string (vanished);

    model_link_say (imap->link, "* VANISHED (EARLIER) %s", set);
  }
  for (guint i = 0; i < mailbox->messages->len; i++) {
    ModelMessage *message = g_ptr_array_index (mailbox->messages, i);

    if (message->modseq > resync->modseq
        && (resync->known == NULL || base_uid_set_contains (resync->known, message->uid)))
      model_imap_say_flags (imap, i + 1, message, TRUE);
  }
}

static void
say_selected (ModelImap *imap)
{
  ModelMailbox *mailbox = imap->selected;
  guint first_unseen = 0;

  for (guint i = mailbox->messages->len; i-- > 0;)
    if (!model_flags_has (((ModelMessage *)g_ptr_array_index (mailbox->messages, i))->flags,
                          "\\Seen"))
      first_unseen = i + 1;
  model_link_say (imap->link, "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded)");
  model_link_say (imap->link, "* OK [PERMANENTFLAGS (%s)] kept",
                  imap->read_only ? ""
                                  : "\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded \\*");
  model_link_say (imap->link, "* %u EXISTS", mailbox->messages->len);
  model_link_say (imap->link, "* 0 RECENT");
  if (first_unseen > 0)
    model_link_say (imap->link, "* OK [UNSEEN %u] first", first_unseen);
  model_link_say (imap->link, "* OK [UIDVALIDITY %u] valid", mailbox->uid_validity);
  model_link_say (imap->link, "* OK [UIDNEXT %u] next", mailbox->uid_next);
  if (model_imap_can (imap, "CONDSTORE"))
    model_link_say (imap->link, "* OK [HIGHESTMODSEQ %" G_GUINT64_FORMAT "] highest",
                    mailbox->modseq);
  if (model_imap_can (imap, "OBJECTID"))
    model_link_say (imap->link, "* OK [MAILBOXID (F%" G_GUINT64_FORMAT ")] object",
                    mailbox->object);
}

void
model_imap_select (ModelImap *imap, gboolean read_only)
{
  ModelMailbox *mailbox = take_mailbox (imap);
  Resync resync = { 0 };
  gboolean other = imap->selected != NULL;

  if (mailbox != NULL)
    take_parameters (imap, &resync);
  if (imap->words.bad) {
    g_clear_pointer (&resync.known, base_uid_set_free);
    return;
  }
  /* Also when it fails, nothing is selected any more. */
  model_imap_unselect (imap);
  if (mailbox == NULL)
    return;
  if (other)
    model_link_say (imap->link, "* OK [CLOSED] the one before");
  imap->selected = model_mailbox_ref (mailbox);
  imap->serial = mailbox->serial;
  imap->uid_validity = mailbox->uid_validity;
  imap->read_only = read_only;
  for (guint i = 0; i < mailbox->messages->len; i++) {
    const ModelMessage *message = g_ptr_array_index (mailbox->messages, i);
    ModelSeen seen = { .uid = message->uid, .modseq = message->modseq };

    g_array_append_val (imap->seen, seen);
  }
  say_selected (imap);
  say_resync (imap, &resync);
  g_clear_pointer (&resync.known, base_uid_set_free);
  model_imap_answer (imap, "OK [%s] open", read_only ? "READ-ONLY" : "READ-WRITE");
}
