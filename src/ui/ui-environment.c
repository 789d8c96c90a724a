/* Tells libraries by the environment what they take from nowhere else, see the header.  Main thread.  It must never change anything once there
 * are threads, nor overrule who set a variable on purpose. */
#include "ui-environment.h"

#include <stdlib.h>
#include <string.h>

#define THEME    "GTK_THEME"
#define NO_THEME "Adwaita-empty" /* libadwaita brings it */

typedef struct
{
  const char *name;
  char *before; /* NULL: it was not set */
} Change;

static Change changes[10];
static guint n_changes;
static char spared_theme[] = THEME "=" NO_THEME; /* of the environment, where it stands */

static void
note (const char *name)
{
  g_assert (n_changes < G_N_ELEMENTS (changes));
  changes[n_changes++] = (Change){ name, g_strdup (g_getenv (name)) };
}

static void
set (const char *name, const char *value)
{
  note (name);
  g_setenv (name, value, TRUE);
}

static void
set_unless_set (const char *name, const char *value)
{
  if (!g_getenv (name))
    set (name, value);
}

/* GTK sets OpenGL up, drivers and all, for a renderer that never asks for it: a third of the start and 20 MB, where somebody chose Cairo. */
static void
spare_opengl (void)
{
  const char *name = gtk_get_minor_version () < 16 ? "GDK_DEBUG" : "GDK_DISABLE";
  const char *word = gtk_get_minor_version () < 16 ? "gl-disable" : "gl";
  const char *before = g_getenv (name);
  if (g_strcmp0 (g_getenv ("GSK_RENDERER"), "cairo") != 0)
    return;
  g_autofree char *value =
      before && *before ? g_strconcat (before, ",", word, NULL) : g_strdup (word);
  set (name, value);
  /* Else WebKit tries it, and warns that it is not there. */
  set_unless_set ("WEBKIT_DISABLE_COMPOSITING_MODE", "1");
}

/* GTK reads its own theme before libadwaita puts another in its place: a tenth of the start.  An empty one until then; who chose a theme has it. */
static void
spare_theme (void)
{
  if (g_getenv (THEME))
    return;
  note (THEME);
  putenv (spared_theme);
}

void
ui_environment_end_spared_theme (void)
{
  static char name[] = THEME;

  if (getenv (THEME) != strchr (spared_theme, '=') + 1)
    return;
  /* There are threads by now, which may be reading the environment: nothing in it may move, and so the variable gets another name. */
  name[0] = 'X';
  note (name);
  spared_theme[0] = name[0];
}

void
ui_environment_prepare (void)
{
  spare_theme ();
  spare_opengl ();
  /* HTML is painted by the processor (ui-web-process.c), and yet WebKit looks for a graphics card to share pictures with: a driver, 12 MB of
   * it written to, in the window's process.  Of the page's own process see ui-web-inside.c. */
  set_unless_set ("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
  set_unless_set ("WEBKIT_WEB_RENDER_DEVICE_FILE", "/dev/null"); /* else it asks EGL for one */
  /* It reads how full the machine is every few seconds, for as long as there is a page: to let go of what one message's page takes. */
  set_unless_set ("WEBKIT_DISABLE_MEMORY_PRESSURE_MONITOR", "1");
  /* Its second compiler of scripts, with a thread and 5 MB: the few of ours end before it would pay. */
  set_unless_set ("JSC_useDFGJIT", "0");
}

/* ---- starting programs ---- */

static void
on_launched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  if (g_app_info_launch_default_for_uri_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
ui_environment_show_uri_async (GtkWindow *window, const char *uri, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GdkAppLaunchContext) context =
      gdk_display_get_app_launch_context (gtk_widget_get_display (GTK_WIDGET (window)));
  GAppLaunchContext *launch = G_APP_LAUNCH_CONTEXT (context);

  for (guint i = 0; i < n_changes; i++) {
    if (changes[i].before)
      g_app_launch_context_setenv (launch, changes[i].name, changes[i].before);
    else
      g_app_launch_context_unsetenv (launch, changes[i].name);
  }
  gdk_app_launch_context_set_timestamp (context, GDK_CURRENT_TIME);
  g_app_info_launch_default_for_uri_async (uri, launch, NULL, on_launched,
                                           g_task_new (window, NULL, callback, user_data));
}

gboolean
ui_environment_show_uri_finish (GtkWindow *window, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, window), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
