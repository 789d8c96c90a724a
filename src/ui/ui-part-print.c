/* Prints attachments.  Main thread: it only puts finished pictures on paper; each page is decoded elsewhere when its turn has come,
 * so that a long document is never in memory as a whole.  Text, HTML and messages go the way of the mail (ui-print.h). */
#include "ui-part-print.h"

#include <glib/gi18n.h>

#include "ui-dialog.h"
#include "ui-part.h"
#include "ui-print-dialog.h"
#include "ui-print.h"

#define DOTS_PER_POINT (300.0 / 72.0)
#define MAX_EDGE       4096

typedef struct
{
  GtkWidget *widget;            /* owned */
  MailEngine *engine;           /* owned */
  MailPart *part;               /* owned */
  GCancellable *cancellable;    /* owned: until it is here */
  MailPages *pages;             /* nullable: a picture */
  GtkPrintOperation *operation; /* owned */
  GtkPrintContext *context;     /* owned: of the page that is being made */
} Printing;

static void
printing_free (Printing *printing)
{
  g_object_unref (printing->widget);
  g_object_unref (printing->engine);
  g_object_unref (printing->part);
  g_object_unref (printing->cancellable);
  g_clear_pointer (&printing->pages, mail_pages_unref);
  g_clear_object (&printing->operation);
  g_clear_object (&printing->context);
  g_free (printing);
}

static void
say_failed (Printing *printing, const GError *error)
{
  GtkRoot *root = gtk_widget_get_root (printing->widget);
  g_autofree char *heading =
      g_strdup_printf (_ ("“%s” could not be printed"), mail_part_get_name (printing->part));
  ui_dialog_error (root ? GTK_WINDOW (root) : NULL, heading, error);
}

/* In the middle of the paper, as large as fits; a picture no larger than it is at 72 dots an inch. */
static void
put_on_paper (GtkPrintContext *context, const MailPicture *picture)
{
  g_autoptr (GdkTexture) texture = ui_part_make_texture (picture);
  int width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  double room_x = gtk_print_context_get_width (context);
  double room_y = gtk_print_context_get_height (context);
  double scale = MIN (room_x / width, room_y / height);
  cairo_t *cr = gtk_print_context_get_cairo_context (context);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);

  scale = MIN (scale, MAX ((double)picture->full_width / width, 0.01));
  gdk_texture_download (texture, cairo_image_surface_get_data (surface),
                        (gsize)cairo_image_surface_get_stride (surface));
  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_translate (cr, (room_x - width * scale) / 2,
                   picture->pixels == MAIL_PIXELS_CAIRO ? (room_y - height * scale) / 2 : 0);
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer data)
{
  Printing *printing = data;
  g_autoptr (GtkPrintOperation) operation = g_object_ref (printing->operation);
  g_autoptr (GError) error = NULL;
  g_autoptr (MailPicture) picture =
      printing->pages ? mail_part_read_page_finish (MAIL_PART (source), result, &error)
                      : mail_part_read_picture_finish (MAIL_PART (source), result, &error);
  if (picture)
    put_on_paper (printing->context, picture);
  else
    say_failed (printing, error);
  if (!picture)
    gtk_print_operation_cancel (operation);
  gtk_print_operation_draw_page_finish (operation);
}

static void
on_draw_page (GtkPrintOperation *operation, GtkPrintContext *context, int page, Printing *printing)
{
  guint width = (guint)MIN (gtk_print_context_get_width (context) * DOTS_PER_POINT, MAX_EDGE);
  gtk_print_operation_set_defer_drawing (operation);
  g_set_object (&printing->context, context);
  if (printing->pages)
    mail_part_read_page_async (printing->part, printing->pages, (guint)page, width, NULL, on_made,
                               printing);
  else
    mail_part_read_picture_async (printing->part, MAX_EDGE, NULL, on_made, printing);
}

static void
on_done (GtkPrintOperation *operation, GtkPrintOperationResult result, Printing *printing)
{
  if (result == GTK_PRINT_OPERATION_RESULT_ERROR) {
    g_autoptr (GError) error = NULL;
    gtk_print_operation_get_error (operation, &error);
    say_failed (printing, error);
  }
  GtkRoot *root = gtk_widget_get_root (printing->widget);
  if (root && result == GTK_PRINT_OPERATION_RESULT_APPLY)
    ui_print_keep_settings (GTK_WINDOW (root), gtk_print_operation_get_print_settings (operation));
  printing_free (printing);
}

/* Takes `printing`. */
static void
start (Printing *printing)
{
  GtkRoot *root = gtk_widget_get_root (printing->widget);
  if (!root) {
    printing_free (printing);
    return;
  }
  printing->operation = gtk_print_operation_new ();
  GtkPrintOperation *operation = printing->operation;
  gtk_print_operation_set_n_pages (operation, printing->pages ? (int)printing->pages->n : 1);
  const char *name = mail_part_get_name (printing->part);
  g_autoptr (GtkPrintSettings) settings = ui_print_create_settings (GTK_WINDOW (root), name);
  gtk_print_operation_set_print_settings (operation, settings);
  gtk_print_operation_set_job_name (operation, name);
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_allow_async (operation, TRUE);
  gtk_print_operation_set_embed_page_setup (operation, TRUE);
  g_signal_connect (operation, "draw-page", G_CALLBACK (on_draw_page), printing);
  g_signal_connect (operation, "done", G_CALLBACK (on_done), printing);
  gulong watch = ui_print_dialog_watch (GTK_WINDOW (root));
  gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, GTK_WINDOW (root),
                           NULL); /* the dialog is there now, or it is the desktop's */
  ui_print_dialog_unwatch (watch);
}

static void
give_up (Printing *printing, const GError *error)
{
  say_failed (printing, error);
  printing_free (printing);
}

static void
on_pages (GObject *source, GAsyncResult *result, gpointer data)
{
  Printing *printing = data;
  g_autoptr (GError) error = NULL;
  printing->pages = mail_part_read_pages_finish (MAIL_PART (source), result, &error);
  if (printing->pages) {
    start (printing);
    return;
  }
  give_up (printing, error);
}

/* Of a picture, which is read when its page is drawn. */
static void
on_fetched (GObject *source, GAsyncResult *result, gpointer data)
{
  Printing *printing = data;
  g_autoptr (GError) error = NULL;
  MailDanger danger;
  if (mail_part_judge_finish (MAIL_PART (source), result, &danger, &error)) {
    start (printing);
    return;
  }
  give_up (printing, error);
}

/* ---- what is printed like mail ---- */

/* Takes both. */
static void
print_item (Printing *printing, UiPrintItem *item)
{
  GtkRoot *root = gtk_widget_get_root (printing->widget);
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify)ui_print_item_free);

  g_ptr_array_add (items, item);
  if (root)
    ui_print_run (GTK_WINDOW (root), printing->engine, mail_part_get_name (printing->part), items);
  else /* the window went meanwhile */
    g_ptr_array_unref (items);
  printing_free (printing);
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  Printing *printing = data;
  g_autoptr (GError) error = NULL;
  gboolean cut = FALSE;
  char *text = mail_part_read_text_finish (MAIL_PART (source), result, &cut, &error);

  if (text) {
    print_item (printing,
                ui_print_item_new_file (mail_part_get_name (printing->part), text, cut, NULL));
    return;
  }
  give_up (printing, error);
}

static void
on_message (GObject *source, GAsyncResult *result, gpointer data)
{
  Printing *printing = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailContent) content = mail_part_open_finish (MAIL_PART (source), result, &error);
  const char *name = mail_part_get_name (printing->part);

  if (content) {
    gboolean page = mail_part_get_kind (printing->part) == MAIL_PART_HTML;
    print_item (printing, page ? ui_print_item_new_file (name, NULL, FALSE, content)
                               : ui_print_item_new (NULL, content, FALSE, FALSE));
    return;
  }
  give_up (printing, error);
}

/* ---- public ---- */

gboolean
ui_part_can_print (MailPart *part)
{
  return ui_part_can_preview (part);
}

void
ui_part_print (GtkWidget *widget, MailEngine *engine, MailPart *part)
{
  Printing *printing = g_new0 (Printing, 1);
  printing->widget = g_object_ref (widget);
  printing->engine = g_object_ref (engine);
  printing->part = g_object_ref (part);
  printing->cancellable = g_cancellable_new ();
  /* It may have to be fetched, which ends with the window and by the button beside the file. */
  GCancellable *fetching = ui_part_get_cancellable (part);
  g_signal_connect_object (fetching, "cancelled", G_CALLBACK (g_cancellable_cancel),
                           printing->cancellable, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_widget_get_root (widget), "unrealize",
                           G_CALLBACK (g_cancellable_cancel), printing->cancellable,
                           G_CONNECT_SWAPPED);
  switch (mail_part_get_kind (part)) {
  case MAIL_PART_PDF:
    mail_part_read_pages_async (part, printing->cancellable, on_pages, printing);
    break;
  case MAIL_PART_PICTURE:
    mail_part_judge_async (part, printing->cancellable, on_fetched, printing);
    break;
  case MAIL_PART_HTML:
  case MAIL_PART_MESSAGE:
    mail_part_open_async (part, printing->cancellable, on_message, printing);
    break;
  case MAIL_PART_TEXT:
  case MAIL_PART_OTHER:
  case MAIL_PART_CALENDAR:
  case MAIL_PART_CARD:
    mail_part_read_text_async (part, printing->cancellable, on_text, printing);
    break;
  }
}
