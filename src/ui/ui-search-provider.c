/* The search provider, see the header.  Main thread; what it shows is the same list that the window would. */
#include "ui-search-provider.h"

#include "mail-message-list.h"

#define MOST_RESULTS 20
#define IDLE_S       60 /* without a window, after the last question */

static const char xml[] =
    "<node><interface name='org.gnome.Shell.SearchProvider2'>"
    "<method name='GetInitialResultSet'><arg type='as' direction='in'/><arg type='as' direction='out'/></method>"
    "<method name='GetSubsearchResultSet'><arg type='as' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='as' direction='out'/></method>"
    "<method name='GetResultMetas'><arg type='as' direction='in'/><arg type='aa{sv}' direction='out'/></method>"
    "<method name='ActivateResult'><arg type='s' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='u' direction='in'/></method>"
    "<method name='LaunchSearch'><arg type='as' direction='in'/><arg type='u' direction='in'/></method>"
    "</interface></node>";

struct _UiSearchProvider
{
  /* Owned */
  GDBusConnection *connection;
  MailMessageList *list;          /* of the last question; nullable */
  GDBusMethodInvocation *waiting; /* for it; nullable */
  char *typed;                    /* of that */
  GSettings *settings;

  /* Borrowed */
  GApplication *app;
  MailEngine *engine;

  UiSearchProviderFunc func;
  gpointer user_data;
  guint registration, idle_source;
};

/* ---- life of a program without a window ---- */

static gboolean
on_idle (gpointer data)
{
  UiSearchProvider *self = data;
  self->idle_source = 0;
  if (!gtk_application_get_windows (GTK_APPLICATION (self->app)))
    g_action_group_activate_action (G_ACTION_GROUP (self->app), "quit", NULL);
  return G_SOURCE_REMOVE;
}

static void
put_off (UiSearchProvider *self)
{
  g_clear_handle_id (&self->idle_source, g_source_remove);
  self->idle_source = g_timeout_add_seconds (IDLE_S, on_idle, self);
}

/* ---- results ---- */

static void
answer (UiSearchProvider *self)
{
  GVariantBuilder ids;
  guint n = self->list ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;
  GDBusMethodInvocation *invocation = g_steal_pointer (&self->waiting);
  if (!invocation)
    return;
  g_variant_builder_init (&ids, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < MIN (n, MOST_RESULTS); i++) {
    g_autofree char *id =
        g_strdup_printf ("%" G_GINT64_FORMAT, mail_message_list_get_id (self->list, i));
    g_variant_builder_add (&ids, "s", id);
  }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(as)", &ids));
}

static void
on_loading (UiSearchProvider *self)
{
  if (!mail_message_list_get_loading (self->list))
    answer (self);
}

static void
drop_list (UiSearchProvider *self)
{
  if (self->list)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->list);
}

/* As soon as the mail is open. */
static void
begin (UiSearchProvider *self)
{
  if (!self->waiting || !self->engine || !mail_engine_get_ready (self->engine))
    return;
  g_autoptr (MailFolder) search = mail_folder_new_search ("", self->typed, NULL, FALSE);
  drop_list (self);
  self->list = mail_message_list_new (self->engine, search,
                                      g_settings_get_boolean (self->settings, "conversations"));
  g_signal_connect_swapped (self->list, "notify::loading", G_CALLBACK (on_loading), self);
  on_loading (self);
}

/* Whoever still waits for what was typed before gets nothing.  Takes the words, and the call. */
static void
look_for (UiSearchProvider *self, char *typed, GDBusMethodInvocation *invocation)
{
  if (self->waiting) {
    drop_list (self);
    answer (self);
  }
  g_free (self->typed);
  self->typed = typed;
  self->waiting = invocation;
  begin (self);
}

static MailConversation *
find (UiSearchProvider *self, const char *id)
{
  guint place =
      self->list ? mail_message_list_find (self->list, g_ascii_strtoll (id, NULL, 10)) : G_MAXUINT;
  return place != G_MAXUINT ? g_list_model_get_item (G_LIST_MODEL (self->list), place) : NULL;
}

static void
describe (UiSearchProvider *self, GDBusMethodInvocation *invocation, const char **ids)
{
  g_autoptr (GIcon) icon = g_themed_icon_new (SOSIK_APP_ID);
  GVariantBuilder metas;
  g_variant_builder_init (&metas, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; ids[i]; i++) {
    g_autoptr (MailConversation) item = find (self, ids[i]);
    GArray *ranges;
    if (!item || !mail_conversation_get_loaded (item))
      continue;
    const char *excerpt = mail_conversation_get_excerpt (item, &ranges);
    g_autofree char *text =
        g_strdup_printf ("%s — %s", mail_conversation_get_participants (item),
                         excerpt ? excerpt : mail_conversation_get_preview (item));
    g_variant_builder_open (&metas, G_VARIANT_TYPE ("a{sv}"));
    g_variant_builder_add (&metas, "{sv}", "id", g_variant_new_string (ids[i]));
    g_variant_builder_add (&metas, "{sv}", "name",
                           g_variant_new_string (mail_conversation_get_subject (item)));
    g_variant_builder_add (&metas, "{sv}", "description", g_variant_new_string (text));
    g_variant_builder_add (&metas, "{sv}", "icon", g_icon_serialize (icon));
    g_variant_builder_close (&metas);
  }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(aa{sv})", &metas));
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
         const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  UiSearchProvider *self = data;
  g_autofree const char **words = NULL;
  const char *id = NULL;

  put_off (self);
  if (g_str_equal (method, "GetInitialResultSet")) {
    g_variant_get (parameters, "(^a&s)", &words);
    look_for (self, g_strjoinv (" ", (char **)words), invocation);
  } else if (g_str_equal (method, "GetSubsearchResultSet")) {
    g_variant_get (parameters, "(^as^a&s)", NULL, &words);
    look_for (self, g_strjoinv (" ", (char **)words), invocation);
  } else if (g_str_equal (method, "GetResultMetas")) {
    g_variant_get (parameters, "(^a&s)", &words);
    describe (self, invocation, words);
  } else {
    if (g_str_equal (method, "ActivateResult"))
      g_variant_get (parameters, "(&s^a&su)", &id, &words, NULL);
    else
      g_variant_get (parameters, "(^a&su)", &words, NULL);
    g_autofree char *typed = g_strjoinv (" ", (char **)words);
    self->func (typed, id ? g_ascii_strtoll (id, NULL, 10) : 0, self->user_data);
    g_dbus_method_invocation_return_value (invocation, NULL);
  }
}

UiSearchProvider *
ui_search_provider_new (GApplication *app, GDBusConnection *connection, const char *path,
                        UiSearchProviderFunc func, gpointer user_data, GError **error)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, error);
  g_autofree char *place = g_strconcat (path, "/SearchProvider", NULL);
  if (!node)
    return NULL;
  UiSearchProvider *self = g_new0 (UiSearchProvider, 1);
  self->app = app;
  self->connection = g_object_ref (connection);
  self->func = func;
  self->user_data = user_data;
  self->registration = g_dbus_connection_register_object (connection, place, node->interfaces[0],
                                                          &vtable, self, NULL, error);
  if (self->registration == 0)
    g_clear_pointer (&self, ui_search_provider_free);
  return self;
}

void
ui_search_provider_set_engine (UiSearchProvider *self, MailEngine *engine, GSettings *settings)
{
  self->engine = engine;
  self->settings = g_object_ref (settings);
  g_signal_connect_swapped (engine, "notify::ready", G_CALLBACK (begin), self);
  begin (self);
}

void
ui_search_provider_free (UiSearchProvider *self)
{
  if (self->registration)
    g_dbus_connection_unregister_object (self->connection, self->registration);
  g_clear_handle_id (&self->idle_source, g_source_remove);
  drop_list (self);
  answer (self);
  if (self->engine)
    g_signal_handlers_disconnect_by_data (self->engine, self);
  g_clear_object (&self->settings);
  g_object_unref (self->connection);
  g_free (self->typed);
  g_free (self);
}
