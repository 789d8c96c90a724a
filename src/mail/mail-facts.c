/* What has to be known besides a message to tell who it is from: which server's word counts, and whom the person knows.
 *
 * Gathered on the main thread, then completed by the store thread while that reads the message; plain data.  A server's word must never count because
 * one sender says so: it is a provider that is known to sign all mail and to remove what others wrote in its name, it stands in the account's file, or
 * it is learnt from many senders (mime_authentication_learn ()). */
#include <string.h>

#include "mail-choices.h"
#include "mail-engine-private.h"
#include "mail-truth-private.h"
#include "store-choice.h"
#include "store-person.h"

/* A list that was read for so long is no stranger's: nobody waits a week to write in another's name. */
#define LIST_KNOWN_S   (7 * 24 * 60 * 60)
#define LEARN_MESSAGES 60 /* of the inbox, newest first */
#define HEADER_BYTES   65536
#define MAX_DOMAINS    2000
/* Where hardly anybody is known yet, everybody is new. */
#define MIN_PEOPLE 15

/* These add their word to each message that comes, and take away what others say in their name.  Others do, too; they are learnt. */
static const struct
{
  const char *host, *servers[3];
} providers[] = {
  { "imap.gmail.com", { "mx.google.com" } },
  { "imap.googlemail.com", { "mx.google.com" } },
  { "outlook.office365.com", { ".protection.outlook.com", "" } },
  { "imap-mail.outlook.com", { ".protection.outlook.com", "" } },
  { "imap.mail.yahoo.com", { ".yahoo.com" } },
  { "imap.mail.me.com",
    { "dmarc.icloud.com" } }, /* of several fields that which tells the verdict */
  { "imap.fastmail.com", { ".messagingengine.com" } },
};

/* ---- main thread ---- */

static GStrv
dup_trusted (const BaseAccount *settings)
{
  if (settings->authserv_id != NULL) {
    const char *one[] = { settings->authserv_id, NULL };

    return g_strdupv ((char **)one);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (providers); i++) {
    if (g_ascii_strcasecmp (settings->imap.host, providers[i].host) == 0)
      return g_strdupv ((char **)providers[i].servers);
  }
  return NULL;
}

static gint64
find_inbox (MailAccount *account)
{
  GListModel *folders = mail_account_get_folders (account);

  for (guint i = 0; i < g_list_model_get_n_items (folders); i++) {
    g_autoptr (MailFolder) folder = g_list_model_get_item (folders, i);

    if (mail_folder_get_role (folder) == MAIL_ROLE_INBOX)
      return mail_folder_get_id (folder);
  }
  return 0;
}

MailFacts *
mail_facts_new (MailEngine *engine, MailFolder *folder)
{
  MailFacts *facts = g_new0 (MailFacts, 1);
  g_autoptr (GStrvBuilder) addresses = g_strv_builder_new ();
  MailAccount *account = folder != NULL ? mail_folder_get_account (folder) : NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (engine->accounts)); i++) {
    g_autoptr (MailAccount) one = g_list_model_get_item (G_LIST_MODEL (engine->accounts), i);

    g_autoptr (GPtrArray) identities =
        base_account_dup_identities (mail_account_get_settings (one));

    for (guint n = 0; n < identities->len; n++)
      g_strv_builder_add (addresses, ((const BaseIdentity *)identities->pdata[n])->address);
  }
  facts->addresses = g_strv_builder_end (addresses);
  if (engine->domains != NULL)
    facts->domains = mime_domains_ref (engine->domains);
  if (account == NULL)
    return facts;
  facts->is_own = mail_folder_get_role (folder) == MAIL_ROLE_SENT
                  || mail_folder_get_role (folder) == MAIL_ROLE_DRAFTS;
  facts->trusted = dup_trusted (mail_account_get_settings (account));
  if (facts->trusted == NULL) {
    const char *known = g_hash_table_lookup (engine->servers, mail_account_get_id (account));

    const StoreKey *tried = g_hash_table_lookup (engine->unlearned, mail_account_get_id (account));

    facts->learned = g_strdup (known);
    facts->newest = tried != NULL ? *tried : 0;
    if (known == NULL)
      facts->inbox = find_inbox (account);
  }
  return facts;
}

void
mail_facts_keep (const MailFacts *facts, MailEngine *engine, MailFolder *folder)
{
  MailAccount *account = folder != NULL ? mail_folder_get_account (folder) : NULL;

  if (facts->domains != NULL && facts->domains != engine->domains) {
    g_clear_pointer (&engine->domains, mime_domains_unref);
    engine->domains = mime_domains_ref (facts->domains);
  }
  if (account == NULL || !facts->has_learned)
    return;
  if (facts->learned != NULL)
    g_hash_table_insert (engine->servers, g_strdup (mail_account_get_id (account)),
                         g_strdup (facts->learned));
  else
    g_hash_table_insert (engine->unlearned, g_strdup (mail_account_get_id (account)),
                         g_memdup2 (&facts->newest, sizeof facts->newest));
}

void
mail_facts_free (MailFacts *facts)
{
  if (facts == NULL)
    return;
  g_strfreev (facts->trusted);
  g_strfreev (facts->addresses);
  g_free (facts->learned);
  g_free (facts->charset);
  g_clear_pointer (&facts->domains, mime_domains_unref);
  g_free (facts);
}

/* ---- store thread ---- */

static void
learn (MailFacts *facts, StoreDb *db)
{
  g_autoptr (GArray) newest = store_message_list (db, facts->inbox, 0, 1, NULL);
  g_autoptr (GArray) keys = NULL;
  g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  if (newest == NULL || newest->len == 0 || g_array_index (newest, StoreKey, 0) == facts->newest)
    return;
  facts->newest = g_array_index (newest, StoreKey, 0);
  keys = store_message_list (db, facts->inbox, 0, LEARN_MESSAGES, NULL);
  for (guint i = 0; keys != NULL && i < keys->len; i++) {
    GBytes *head = store_message_get_head (db, STORE_KEY_ID (g_array_index (keys, StoreKey, i)),
                                           HEADER_BYTES, NULL);

    if (head != NULL)
      g_ptr_array_add (headers, head);
  }
  facts->learned = mime_authentication_learn (headers);
  facts->has_learned = TRUE;
}

static void
read_person (MailFacts *facts, StoreDb *db, const StoreMessage *row)
{
  gboolean seen = FALSE, older = FALSE, many = FALSE;

  if (!store_person_is_older (db, row->from_address, row->received, &older, NULL))
    return;
  facts->is_known = older;
  facts->is_first = !older && store_person_has_seen (db, row->id, &seen, NULL) && seen
                    && store_person_has_many (db, MIN_PEOPLE, &many, NULL) && many;
}

/* Those that were made ready before are used again as long as nobody new is written to. */
static void
read_domains (MailFacts *facts, StoreDb *db)
{
  g_autoptr (GPtrArray) names = store_person_list_domains (db, MAX_DOMAINS, NULL);

  if (names == NULL || (facts->domains != NULL && mime_domains_are (facts->domains, names)))
    return;
  g_clear_pointer (&facts->domains, mime_domains_unref);
  facts->domains = mime_domains_new (names);
}

/* Only the header is parsed, and only where it may be about a list. */
static void
read_list (MailFacts *facts, StoreDb *db, GBytes *bytes)
{
  static const char field[] = "\nlist-post:";
  gsize size, length = 0;
  const char *data = g_bytes_get_data (bytes, &size);
  gboolean found = FALSE;

  size = MIN (size, HEADER_BYTES);
  for (; length < size; length++) {
    if (data[length] != '\n')
      continue;
    if (length + 2 < size && data[length + 1 + (data[length + 1] == '\r')] == '\n')
      break;
    found |= size - length >= sizeof field - 1
             && g_ascii_strncasecmp (data + length, field, sizeof field - 1) == 0;
  }
  if (!found)
    return;
  g_autoptr (GBytes) head = g_bytes_new_from_bytes (bytes, 0, length);
  g_autoptr (MimeMessage) message = mime_message_new (head);
  g_autoptr (MimeList) list = mime_list_read (message);
  g_autofree char *post = mail_truth_dup_post (list);
  StorePerson *person = NULL;
  StoreChoice *seen = NULL;

  if (post == NULL)
    return;
  if (store_person_get (db, post, &person, NULL) && person != NULL) {
    facts->knows_list = person->sent > 0;
    store_person_free (person);
  }
  if (store_choice_get (db, STORE_CHOICE_LIST_SEEN, post, &seen, NULL) && seen != NULL) {
    facts->has_list = TRUE;
    facts->knows_list |= seen->time <= g_get_real_time () / G_USEC_PER_SEC - LIST_KNOWN_S;
    store_choice_free (seen);
  }
}

void
mail_facts_read (MailFacts *facts, StoreDb *db, gint64 message, GBytes *bytes)
{
  g_autoptr (StoreMessage) row = store_message_get (db, message, NULL);
  g_autofree char *address = NULL;
  StoreChoice *choice = NULL;

  if (facts->inbox != 0 && facts->learned == NULL)
    learn (facts, db);
  if (row == NULL || row->from_address == NULL || row->from_address[0] == '\0')
    return;
  read_person (facts, db, row);
  if (!facts->is_own)
    read_list (facts, db, bytes);
  read_domains (facts, db);
  address = g_utf8_strdown (row->from_address, -1);
  if (store_choice_get (db, STORE_CHOICE_CHARSET_SENDER, address, &choice, NULL)
      && choice != NULL) {
    g_free (facts->charset);
    facts->charset = g_strdup (choice->value);
    store_choice_free (choice);
  }
}
