/* Listens to logind.  Main thread; must never wait for the bus, which may be slow to answer or not be there at all. */
#include "mail-wake.h"

#include "base-error.h"
#include "base-log.h"

struct _MailWake
{
  /* Owned */
  GCancellable *cancellable;
  GDBusConnection *bus; /* NULL until it is there */

  guint subscription;
  MailWakeFunc func;
  gpointer user_data;
};

static void
on_signal (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
           const char *signal, GVariant *parameters, gpointer user_data)
{
  MailWake *self = user_data;
  gboolean about_to_sleep = TRUE;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &about_to_sleep);
  if (!about_to_sleep)
    self->func (self->user_data);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);
  MailWake *self = NULL;

  if (bus == NULL) {
    if (!base_error_is_cancelled (error))
      base_log ("no system bus, so sleep goes unnoticed: %s", error->message);
    return;
  }
  self = user_data; /* not cancelled, so it is still there */
  self->bus = bus;
  self->subscription = g_dbus_connection_signal_subscribe (
      bus, "org.freedesktop.login1", "org.freedesktop.login1.Manager", "PrepareForSleep",
      "/org/freedesktop/login1", NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
}

MailWake *
mail_wake_new (MailWakeFunc func, gpointer user_data)
{
  MailWake *self = g_new0 (MailWake, 1);

  self->func = func;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_bus, self);
  return self;
}

void
mail_wake_free (MailWake *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->bus != NULL)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  g_clear_object (&self->bus);
  g_object_unref (self->cancellable);
  g_free (self);
}
