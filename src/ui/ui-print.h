/* Prints messages: their headers and bodies, one below the other; and files of text.  Main thread. */
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
  char *name;   /* owned; of a file: stands above it in place of headers.  NULL: a message */
  char *text;   /* owned; of a file that is text, without `content` */
  gboolean cut; /* there is more of it */
} UiPrintItem;

UiPrintItem *ui_print_item_new (MailMessage *message, MailContent *content, gboolean images,
                                gboolean plain) G_GNUC_WARN_UNUSED_RESULT;
/* A file: `text` (taken; `cut`: there is more of it), or else what is in `content`. */
UiPrintItem *ui_print_item_new_file (const char *name, char *text, gboolean cut,
                                     MailContent *content) G_GNUC_WARN_UNUSED_RESULT;
void ui_print_item_free (UiPrintItem *item);

/* Opens what is not open (with progress and a way out), asks by the dialog of printing, prints; says why where it cannot.  Takes
 * `items` (GPtrArray of UiPrintItem, with its free function). */
void ui_print_run (GtkWindow *parent, MailEngine *engine, const char *title, GPtrArray *items);

/* What the person chose last time in this window (nullable); a file gets the name of what is in it. */
GtkPrintSettings *ui_print_create_settings (GtkWindow *parent,
                                            const char *title) G_GNUC_WARN_UNUSED_RESULT;
void ui_print_keep_settings (GtkWindow *parent, GtkPrintSettings *settings);

G_END_DECLS
