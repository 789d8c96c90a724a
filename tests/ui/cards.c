/* cards add NAME ADDRESS | list NAME ADDRESS ... | remove NAME: changes the desktop's own address book, as another program does. */
#include <libebook/libebook.h>

#include <string.h>

static EBookClient *
open_book (GError **error)
{
  ESourceRegistry *registry = e_source_registry_new_sync (NULL, error);
  ESource *source;
  EClient *client;

  if (registry == NULL)
    return NULL;
  source = e_source_registry_ref_builtin_address_book (registry);
  client = e_book_client_connect_sync (source, 10, NULL, error);
  g_object_unref (source);
  g_object_unref (registry);
  return client != NULL ? E_BOOK_CLIENT (client) : NULL;
}

static gboolean
add (EBookClient *client, char **arguments, gboolean list, GError **error)
{
  EContact *contact = e_contact_new ();
  gboolean added;

  e_contact_set (contact, E_CONTACT_FULL_NAME, arguments[0]);
  e_contact_set (contact, E_CONTACT_FILE_AS, arguments[0]);
  if (!list) {
    e_contact_set (contact, E_CONTACT_EMAIL_1, arguments[1]);
  } else {
    e_contact_set (contact, E_CONTACT_IS_LIST, GINT_TO_POINTER (TRUE));
    for (guint i = 1; arguments[i] != NULL; i++) {
      EVCardAttribute *attribute = e_vcard_attribute_new (NULL, EVC_EMAIL);
      EDestination *member = e_destination_new ();

      e_destination_set_email (member, arguments[i]);
      e_destination_export_to_vcard_attribute (member, attribute);
      e_vcard_append_attribute (E_VCARD (contact), attribute);
      g_object_unref (member);
    }
  }
  added = e_book_client_add_contact_sync (client, contact, 0, NULL, NULL, error);
  g_object_unref (contact);
  return added;
}

static gboolean
drop (EBookClient *client, const char *name, GError **error)
{
  EBookQuery *query = e_book_query_field_test (E_CONTACT_FULL_NAME, E_BOOK_QUERY_IS, name);
  g_autofree char *said = e_book_query_to_string (query);
  GSList *uids = NULL;
  gboolean removed;

  e_book_query_unref (query);
  if (!e_book_client_get_contacts_uids_sync (client, said, &uids, NULL, error))
    return FALSE;
  removed = uids != NULL && e_book_client_remove_contacts_sync (client, uids, 0, NULL, error);
  g_slist_free_full (uids, g_free);
  return removed;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  EBookClient *client = argc > 2 ? open_book (&error) : NULL;
  gboolean done = FALSE;

  if (client != NULL)
    done = strcmp (argv[1], "remove") == 0
               ? drop (client, argv[2], &error)
               : add (client, argv + 2, strcmp (argv[1], "list") == 0, &error);
  if (!done)
    g_printerr ("cards: %s\n", error != NULL ? error->message : "nothing was done");
  g_clear_object (&client);
  return done ? 0 : 1;
}
