/* Opens the module that holds WebKit, see the header.  Main thread.  It must never be asked before something is to be shown in a
 * page: linking WebKit takes its time. */
#include "ui-web-module.h"

#include <gmodule.h>

#include "base-log.h"
#include "base-paths.h"

GtkWidget *
ui_web_module_create_page (MailEngine *engine, const UiWebPageApi **api)
{
  GModule *module =
      g_module_open (SOSIK_MODULE_DIR "/libsosik-web." G_MODULE_SUFFIX, G_MODULE_BIND_LAZY);
  const UiWebPageApi *(*get_api) (void) = NULL;

  if (!module || !g_module_symbol (module, UI_WEB_PAGE_SYMBOL, (gpointer *)&get_api)) {
    base_log ("could not load the part that shows HTML: %s", g_module_error ());
    return NULL;
  }
  g_module_make_resident (module);
  *api = get_api ();
  g_autofree char *folder = g_build_filename (base_paths_get_cache (mail_engine_get_paths (engine)),
                                              "content-filter", NULL);
  return (*api)->create (folder);
}
