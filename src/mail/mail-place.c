/* Which pieces of a query name a folder.  Main thread.  Each is held against all folders as a search would do it. */
#include "mail-place.h"

#include <string.h>

#include "base-fold.h"
#include "base-query.h"
#include "mail-engine-private.h"
#include "mail-private.h"
#include "store-search.h"

static gboolean
is_same (const char *name, const char *folded)
{
  g_autofree char *own = base_fold (name, -1, NULL);

  return strcmp (own, folded) == 0;
}

/* With or without the folders that it lies in. */
static gboolean
is_called (MailFolder *folder, const char *folded)
{
  const char *path = mail_folder_get_path (folder);
  const char *name = mail_folder_get_name (folder);
  gboolean leaf = mail_folder_get_role (folder) == MAIL_ROLE_NONE && g_str_has_suffix (path, name);

  return is_same (path, folded) || (leaf && is_same (name, folded));
}

static gboolean
is_meant (const BaseQueryNode *node, MailFolder *folder)
{
  if (node->kind != BASE_QUERY_IN)
    return FALSE;
  if (node->place != BASE_QUERY_NO_PLACE)
    return store_search_is_in ((StoreRole)mail_folder_get_role (folder), node->place);
  g_autofree char *folded = base_fold (node->text, -1, NULL);
  return is_called (folder, folded);
}

/* The rows of those accounts that "account:address" means. */
static GHashTable *
find_accounts (MailEngine *engine, const char *address)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64));

  mail_search_list_accounts (engine, rows, words);
  g_autofree StoreSearchAccount *accounts = g_new0 (StoreSearchAccount, rows->len + 1);
  for (guint i = 0; i < rows->len; i++)
    accounts[i] = (StoreSearchAccount){ g_array_index (rows, gint64, i), words->pdata[i] };
  return store_search_find_accounts (address, accounts, rows->len);
}

/* Those that these pieces name: GPtrArray of MailFolder.  `address` nullable: in all accounts.  In one that is switched off nothing is found; it has its
 * name still, see mail_search_list_accounts (). */
static GPtrArray *
find_meant (MailEngine *engine, const char *in, const char *address)
{
  GListModel *accounts = mail_engine_get_accounts (engine);
  g_autoptr (BaseQuery) query = base_query_parse (in, 0);
  g_autoptr (GHashTable) rows = address != NULL ? find_accounts (engine, address) : NULL;
  GPtrArray *meant = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);
    GListModel *folders = mail_account_get_folders (account);
    gint64 row = mail_account_get_row (account);

    if (rows != NULL && !g_hash_table_contains (rows, &row))
      continue;
    for (guint j = 0; j < g_list_model_get_n_items (folders); j++) {
      g_autoptr (MailFolder) folder = g_list_model_get_item (folders, j);

      if (is_meant (base_query_get_root (query), folder))
        g_ptr_array_add (meant, g_steal_pointer (&folder));
    }
  }
  return meant;
}

static gboolean
is_alone (MailEngine *engine, const char *in, const char *address, MailFolder *folder)
{
  g_autoptr (GPtrArray) meant = find_meant (engine, in, address);

  return meant->len == 1 && meant->pdata[0] == folder;
}

/* All that this piece names are of that account. */
static gboolean
is_of_one (MailEngine *engine, const char *in, MailAccount *account)
{
  g_autoptr (GPtrArray) meant = find_meant (engine, in, NULL);

  for (guint i = 0; i < meant->len; i++) {
    if (mail_folder_get_account (meant->pdata[i]) != account)
      return FALSE;
  }
  return TRUE;
}

static char *
write_view (MailFolder *view)
{
  switch ((MailView)mail_folder_get_id (view)) {
  case MAIL_VIEW_INBOXES:
    return base_query_write (BASE_QUERY_IN, "inbox");
  case MAIL_VIEW_STARRED:
    return base_query_write (BASE_QUERY_IS, "starred");
  case MAIL_VIEW_UNREAD:
    return base_query_write (BASE_QUERY_IS, "unread");
  case MAIL_VIEW_ATTACHMENTS:
    return base_query_write (BASE_QUERY_HAS, "attachment");
  case MAIL_VIEW_SENDER:
    return base_query_write_term (BASE_QUERY_FROM, mail_folder_get_sender (view));
  case MAIL_VIEW_SEARCH:
    break;
  }
  return g_strdup (mail_folder_get_typed (view));
}

char *
mail_place_write_short (MailEngine *engine, MailFolder *folder)
{
  const char *names[] = { mail_folder_get_name (folder), mail_folder_get_path (folder) };
  MailAccount *account = mail_folder_get_account (folder);

  if (mail_folder_is_view (folder))
    return write_view (folder);
  const char *address = account != NULL ? mail_account_get_address (account) : "";
  g_autofree char *of = base_query_write (BASE_QUERY_ACCOUNT, address), *in = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_free (in);
    in = base_query_write (BASE_QUERY_IN, names[i]);
    if (is_alone (engine, in, NULL, folder))
      return g_steal_pointer (&in);
    if (is_alone (engine, in, address, folder))
      return g_strdup_printf ("%s %s", in, of);
  }
  /* Those of its own account that it has to be told from lie deeper. */
  return is_of_one (engine, in, account) ? g_steal_pointer (&in)
                                         : g_strdup_printf ("%s %s", in, of);
}

/* With all that is to be said of an account, whatever others there are: one that is added later may have such a folder. */
char *
mail_place_write (MailEngine *engine, MailFolder *folder)
{
  const char *names[] = { mail_folder_get_path (folder), mail_folder_get_name (folder) };
  MailAccount *account = mail_folder_get_account (folder);

  if (mail_folder_is_view (folder))
    return write_view (folder);
  const char *address = account != NULL ? mail_account_get_address (account) : "";
  g_autofree char *of = base_query_write (BASE_QUERY_ACCOUNT, address);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *in = base_query_write (BASE_QUERY_IN, names[i]);

    if (is_alone (engine, in, address, folder))
      return g_strdup_printf ("%s %s", in, of);
  }
  /* At the top there is one of the name of others that lie deeper: these are not meant. */
  g_autofree char *in = base_query_write (BASE_QUERY_IN, names[0]);
  g_autoptr (GPtrArray) meant = find_meant (engine, in, address);
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%s %s", in, of);
  for (guint i = 0; i < meant->len; i++) {
    g_autofree char *other =
        base_query_write (BASE_QUERY_IN, mail_folder_get_path (meant->pdata[i]));
    g_autoptr (BaseQuery) query = base_query_parse (other, 0);

    /* One that no piece tells from it stays: too much is found then, where else nothing would be. */
    if (!is_meant (base_query_get_root (query), folder))
      g_string_append_printf (text, " -%s", other);
  }
  return g_string_free (text, FALSE);
}

/* Whether a piece of its own begins there. */
static gboolean
is_piece_at (const BaseQuery *query, gsize start)
{
  for (guint i = 0; i < base_query_get_n_pieces (query); i++) {
    if (base_query_get_piece (query, i)->start == start)
      return TRUE;
  }
  return FALSE;
}

char *
mail_place_narrow (MailEngine *engine, MailFolder *folder, const char *text)
{
  g_autofree char *place = mail_place_write (engine, folder);
  g_autofree char *behind = g_strdup_printf ("%s %s", text, place);
  g_autoptr (BaseQuery) query = base_query_parse (behind, 0);

  /* Not behind OR, or a quotation mark or a parenthesis that nothing closes. */
  if (is_piece_at (query, strlen (text) + 1))
    return g_steal_pointer (&behind);
  return g_strdup_printf ("%s %s", place, text);
}
