/* Opens the module that holds WebKit, see the header.  Main thread, but for the linking itself.  It must never be asked before something is
 * to be shown in a page: linking WebKit takes its time. */
#include "ui-web-module.h"

#include <gmodule.h>

#include "base-log.h"
#include "base-paths.h"

#define FILE_NAME SOSIK_MODULE_DIR "/libsosik-web." G_MODULE_SUFFIX

static gboolean linked; /* for good */

/* Pool thread.  What is the matter where it is not there is said by who asks for a page. */
static void
run_link (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GModule *module = g_module_open (FILE_NAME, G_MODULE_BIND_LAZY);
  if (module)
    g_module_make_resident (module);
  g_task_return_boolean (task, TRUE);
}

void
ui_web_module_link_async (GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_task_run_in_thread (task, run_link);
}

gboolean
ui_web_module_is_linked (void)
{
  return linked;
}

GtkWidget *
ui_web_module_create_page (MailEngine *engine, const UiWebPageApi **api)
{
  GModule *module = g_module_open (FILE_NAME, G_MODULE_BIND_LAZY);
  const UiWebPageApi *(*get_api) (void) = NULL;

  if (!module || !g_module_symbol (module, UI_WEB_PAGE_SYMBOL, (gpointer *)&get_api)) {
    base_log ("could not load the part that shows HTML: %s", g_module_error ());
    return NULL;
  }
  g_module_make_resident (module);
  linked = TRUE;
  *api = get_api ();
  g_autofree char *folder = g_build_filename (base_paths_get_cache (mail_engine_get_paths (engine)),
                                              "content-filter", NULL);
  return (*api)->create (folder);
}
