/* The menu of a folder.  Main thread; it names the verbs of ui-window-folders.c. */
#include <glib/gi18n.h>

#include "ui-sidebar-private.h"

static void
add_section (GMenu *menu, GMenu *section)
{
  if (g_menu_model_get_n_items (G_MENU_MODEL (section)) > 0)
    g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  g_object_unref (section);
}

static GMenu *
make_contents (MailFolder *folder)
{
  GMenu *section = g_menu_new ();
  MailRole role = mail_folder_get_role (folder);
  if (mail_folder_get_selectable (folder))
    g_menu_append (section, _ ("Mark All as _Read"), "win.folder-read");
  if (role == MAIL_ROLE_TRASH)
    g_menu_append (section, _ ("_Empty Trash…"), "win.folder-empty");
  if (role == MAIL_ROLE_JUNK)
    g_menu_append (section, _ ("_Empty Junk…"), "win.folder-empty");
  return section;
}

static GMenu *
make_marks (MailFolder *folder, UiFolderMarks *marks)
{
  GMenu *section = g_menu_new ();
  if (mail_folder_get_selectable (folder))
    g_menu_append (section,
                   ui_folder_marks_get (marks, UI_FOLDER_FAVORITE, G_OBJECT (folder))
                       ? _ ("Remove from _Favorites")
                       : _ ("Add to _Favorites"),
                   "win.folder-favorite");
  else
    return section;
  g_menu_append (section,
                 mail_folder_get_subscribed (folder) ? _ ("End _Subscription") : _ ("_Subscribe"),
                 "win.folder-subscribe");
  return section;
}

GMenuModel *
ui_sidebar_menu_new (GObject *item, UiFolderMarks *marks)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  if (MAIL_IS_ACCOUNT (item)) {
    g_menu_append (menu, _ ("_New Folder…"), "win.folder-new");
    return G_MENU_MODEL (g_steal_pointer (&menu));
  }
  if (MAIL_IS_FOLDER (item) && mail_folder_is_search (MAIL_FOLDER (item))) {
    g_menu_append (menu, _ ("Re_name…"), "win.search-rename");
    g_menu_append (menu, _ ("_Remove"), "win.search-remove");
    return G_MENU_MODEL (g_steal_pointer (&menu));
  }
  if (!MAIL_IS_FOLDER (item) || mail_folder_is_view (MAIL_FOLDER (item)))
    return NULL;
  MailFolder *folder = MAIL_FOLDER (item);
  GMenu *place = g_menu_new ();
  g_menu_append (place, _ ("New Folder _Inside…"), "win.folder-new");
  if (mail_folder_get_role (folder) == MAIL_ROLE_NONE) {
    g_menu_append (place, _ ("Re_name…"), "win.folder-rename");
    g_menu_append (place, _ ("_Move…"), "win.folder-move");
    g_menu_append (place, _ ("_Delete…"), "win.folder-delete");
  }
  add_section (menu, make_contents (folder));
  add_section (menu, make_marks (folder, marks));
  add_section (menu, place);
  return G_MENU_MODEL (g_steal_pointer (&menu));
}
