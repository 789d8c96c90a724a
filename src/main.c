/* The program's entry: the language, then the application. */
#include <glib/gi18n.h>
#include <locale.h>

#include "base-secret.h"
#include "ui-application.h"

int
main (int argc, char **argv)
{
  base_secret_leave_no_core ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, SOSIK_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  g_autoptr (UiApplication) application = ui_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
