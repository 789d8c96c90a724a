/* Times of day follow the clock of the desktop, or the locale where the desktop says nothing.  No display. */
#include <locale.h>

#include "base-date.h"
#include "ui-clock.h"

static void
check (const char *expected)
{
  g_autoptr (GDateTime) time = g_date_time_new_utc (2026, 7, 3, 14, 5, 0);
  g_autofree char *clock = base_date_clock (time);

  g_assert_cmpstr (clock, ==, expected);
}

static void
test_follow (void)
{
  g_autoptr (GSettings) settings = NULL;
  g_autoptr (GSettings) desktop = g_settings_new ("org.gnome.desktop.interface");

  g_unsetenv ("XDG_CURRENT_DESKTOP");
  base_date_set_clock (BASE_CLOCK_12);
  settings = ui_clock_follow ();
  g_assert_nonnull (settings);
  /* C.UTF-8 has 24, and no desktop says otherwise */
  check ("14:05");
  g_settings_set_string (desktop, "clock-format", "12h");
  check ("2:05 PM");
  g_settings_set_string (desktop, "clock-format", "24h");
  check ("14:05");
  g_settings_set_string (desktop, "clock-format", "12h");
  check ("2:05 PM");
  g_settings_reset (desktop, "clock-format");
  check ("14:05");
}

static void
on_changed (GString *told)
{
  g_autoptr (GDateTime) time = g_date_time_new_utc (2026, 7, 3, 14, 5, 0);
  g_autofree char *clock = base_date_clock (time);

  g_string_append_printf (told, "%s|", clock);
}

static void
on_object (GObject *object)
{
  on_changed (g_object_get_data (object, "told"));
}

/* Who listens is told when times are written the new way already, and only as long as he lives. */
static void
test_listen (void)
{
  g_autoptr (GSettings) settings = NULL;
  g_autoptr (GSettings) desktop = g_settings_new ("org.gnome.desktop.interface");
  GObject *early = g_object_new (G_TYPE_OBJECT, NULL), *object = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GString) told = g_string_new (NULL);

  g_settings_set_string (desktop, "clock-format", "24h");
  ui_clock_listen (early, G_CALLBACK (on_object)); /* nobody follows */
  settings = ui_clock_follow ();
  g_object_set_data (object, "told", told);
  ui_clock_listen (object, G_CALLBACK (on_object));
  g_settings_set_string (desktop, "clock-format", "12h");
  g_assert_cmpstr (told->str, ==, "2:05 PM|");
  g_settings_set_string (desktop, "clock-format", "24h");
  g_assert_cmpstr (told->str, ==, "2:05 PM|14:05|");
  g_object_unref (object);
  g_settings_set_string (desktop, "clock-format", "12h");
  g_assert_cmpstr (told->str, ==, "2:05 PM|14:05|");
  g_settings_reset (desktop, "clock-format");
  g_object_unref (early);
}

/* In GNOME its default is what everybody sees. */
static void
test_gnome (void)
{
  g_autoptr (GSettings) settings = NULL;

  g_setenv ("XDG_CURRENT_DESKTOP", "debian:GNOME", TRUE);
  base_date_set_clock (BASE_CLOCK_12);
  settings = ui_clock_follow ();
  check ("14:05");
  g_unsetenv ("XDG_CURRENT_DESKTOP");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/clock/follow", test_follow);
  g_test_add_func ("/ui/clock/listen", test_listen);
  g_test_add_func ("/ui/clock/gnome", test_gnome);
  return g_test_run ();
}
