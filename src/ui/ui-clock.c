/* Takes the clock's setting of the desktop over.  Main thread; must not fail where there is no such setting. */
#include "ui-clock.h"

#include <string.h>

#include "base-date.h"

#define SCHEMA "org.gnome.desktop.interface"
#define KEY    "clock-format"

static GSettings *followed; /* weak */

/* Its schema comes with GTK, but on another desktop nobody ever set it: what it says by itself is not what a person sees there. */
static gboolean
is_meant (GSettings *settings)
{
  g_autoptr (GVariant) set = g_settings_get_user_value (settings, KEY);
  const char *desktop = g_getenv ("XDG_CURRENT_DESKTOP");

  return set != NULL || (desktop != NULL && strstr (desktop, "GNOME") != NULL);
}

static void
on_changed (GSettings *settings)
{
  g_autofree char *format = g_settings_get_string (settings, KEY);

  base_date_set_clock (!is_meant (settings)             ? BASE_CLOCK_OF_LOCALE
                       : g_strcmp0 (format, "12h") == 0 ? BASE_CLOCK_12
                                                        : BASE_CLOCK_24);
}

GSettings *
ui_clock_follow (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
      source != NULL ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;
  GSettings *settings;

  if (schema == NULL || !g_settings_schema_has_key (schema, KEY))
    return NULL;
  settings = g_settings_new_full (schema, NULL, NULL);
  g_signal_connect (settings, "changed::" KEY, G_CALLBACK (on_changed), NULL);
  on_changed (settings);
  g_set_weak_pointer (&followed, settings);
  return settings;
}

void
ui_clock_listen (gpointer listener, GCallback changed)
{
  if (followed != NULL)
    g_signal_connect_object (followed, "changed::" KEY, changed, listener,
                             G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}
