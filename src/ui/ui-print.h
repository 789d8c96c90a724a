/* Prints messages: their headers and bodies, one below the other.  Main thread. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"

G_BEGIN_DECLS

typedef struct
{
  MailMessage *message; /* owned; NULL where there is only the content */
  MailContent *content; /* owned; NULL: it is opened first */
  gboolean images;      /* the person sees its remote images */
  gboolean plain;       /* the person sees its text, though it has HTML */
} UiPrintItem;

UiPrintItem *ui_print_item_new (MailMessage *message, MailContent *content, gboolean images,
                                gboolean plain) G_GNUC_WARN_UNUSED_RESULT;
void ui_print_item_free (UiPrintItem *item);

/* Opens what is not open (with progress and a way out), asks by the dialog of printing, prints; says why where it cannot.  Takes
 * `items` (GPtrArray of UiPrintItem, with its free function). */
void ui_print_run (GtkWindow *parent, MailEngine *engine, const char *title, GPtrArray *items);

G_END_DECLS
