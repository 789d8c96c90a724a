/* What is remembered about folders on this computer: favourites, and which subtrees are closed.  Main thread. */
#pragma once

#include <gio/gio.h>

#include "mail-engine.h"

G_BEGIN_DECLS

typedef enum
{
  UI_FOLDER_FAVORITE,
  UI_FOLDER_CLOSED, /* its subfolders are not shown */
  UI_FOLDER_N_MARKS
} UiFolderMark;

#define UI_TYPE_FOLDER_MARKS (ui_folder_marks_get_type ())
G_DECLARE_FINAL_TYPE (UiFolderMarks, ui_folder_marks, UI, FOLDER_MARKS, GObject)

/* Signal "changed" (int UiFolderMark).  A mark follows its folder when that gets another name while it is being looked at. */
UiFolderMarks *ui_folder_marks_new (GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;
/* `folder`: a MailFolder, or the MailAccount whose tree it is. */
gboolean ui_folder_marks_get (UiFolderMarks *self, UiFolderMark mark, GObject *folder);
void ui_folder_marks_set (UiFolderMarks *self, UiFolderMark mark, GObject *folder, gboolean on);

G_END_DECLS
