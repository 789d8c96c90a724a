/* The files of a message that is too large: which of them go along, and whether its pictures are made smaller first.  Main thread; pictures
 * are read and scaled elsewhere while the dialog stands there.  The draft is as it was until the person goes on. */
#include "ui-size-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "base-text.h"
#include "mail-letter.h"
#include "ui-dialog.h"
#include "ui-picture-load.h"

#define MAX_HEIGHT 260 /* pixels; more files are scrolled */
/* What saves less is not worth a worse picture. */
#define WORTH_PERCENT 80
#define MAX_PICTURE   ((guint64)64 * 1000 * 1000) /* octets */

typedef struct
{
  MailAttachment *file; /* owned */
  UiPicture *smaller;   /* owned; NULL: not yet, or it cannot be */
  GtkCheckButton *goes; /* in the dialog */
} Line;

typedef struct
{
  guint n_refs; /* the dialog, and what is on its way */
  UiSizeFunc func;
  gpointer data;
  MailDraft *draft; /* owned */
  MailDraftWeight weight;
  GPtrArray *lines;
  guint at; /* the line whose picture is being scaled */
  gboolean fits;
  guint waiting; /* smaller pictures on their way into the draft */
  /* Borrowed: in the dialog; NULL once that is gone */
  AdwMessageDialog *dialog;
  AdwActionRow *scale_row;
  GtkCheckButton *scale;
  GtkLabel *total;
} Sizes;

static void
line_free (gpointer data)
{
  Line *line = data;

  g_object_unref (line->file);
  ui_picture_free (line->smaller);
  g_free (line);
}

static void
unref (Sizes *sizes)
{
  if (--sizes->n_refs > 0)
    return;
  if (sizes->func != NULL)
    sizes->func (UI_SIZE_CANCELLED, sizes->data);
  g_object_unref (sizes->draft);
  g_ptr_array_unref (sizes->lines);
  g_free (sizes);
}

static guint64
get_saving (const Line *line)
{
  return line->smaller == NULL
             ? 0
             : mail_attachment_get_size (line->file) - g_bytes_get_size (line->smaller->content);
}

/* ---- what it comes to ---- */

static void
update (Sizes *sizes)
{
  guint64 octets = sizes->weight.octets;
  g_autofree char *size = NULL;
  g_autofree char *said = NULL;

  if (sizes->dialog == NULL)
    return;
  for (guint i = 0; i < sizes->lines->len; i++) {
    const Line *line = sizes->lines->pdata[i];
    guint64 whole = mail_attachment_get_size (line->file);

    if (!gtk_check_button_get_active (line->goes))
      octets -= MIN (octets, mail_draft_weigh_file (whole));
    else if (gtk_check_button_get_active (sizes->scale))
      octets -= MIN (octets, mail_draft_weigh_file (whole)
                                 - mail_draft_weigh_file (whole - get_saving (line)));
  }
  sizes->fits = octets <= sizes->weight.limit;
  size = base_text_size (octets);
  /* Translators: the size of a message */
  said =
      g_strdup_printf (sizes->fits ? _ ("Now %s: it fits") : _ ("Now %s: still too large"), size);
  gtk_label_set_text (sizes->total, said);
  adw_message_dialog_set_response_label (sizes->dialog, "accept",
                                         sizes->fits ? _ ("_Send") : _ ("_Send Anyway"));
  adw_message_dialog_set_response_appearance (
      sizes->dialog, "accept", sizes->fits ? ADW_RESPONSE_SUGGESTED : ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (sizes->dialog, sizes->fits ? "accept" : "cancel");
}

/* ---- smaller pictures ---- */

static void scale_next (Sizes *sizes);

static void
show_scaled (Sizes *sizes)
{
  guint64 saving = 0;
  g_autofree char *size = NULL;
  g_autofree char *said = NULL;

  for (guint i = 0; i < sizes->lines->len; i++)
    saving += get_saving (sizes->lines->pdata[i]);
  size = base_text_size (saving);
  said = saving > 0 ? g_strdup_printf (_ ("Saves %s"), size)
                    : g_strdup (_ ("They are as small as they can well be."));
  adw_action_row_set_subtitle (sizes->scale_row, said);
  gtk_widget_set_sensitive (GTK_WIDGET (sizes->scale_row), saving > 0);
}

static void
on_scaled (GObject *source, GAsyncResult *result, gpointer data)
{
  Sizes *sizes = data;
  Line *line = sizes->lines->pdata[sizes->at++];
  g_autoptr (UiPicture) picture = ui_picture_finish (result, NULL);

  if (picture != NULL
      && g_bytes_get_size (picture->content)
             < mail_attachment_get_size (line->file) * WORTH_PERCENT / 100)
    line->smaller = g_steal_pointer (&picture);
  scale_next (sizes);
  unref (sizes);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Sizes *sizes = data;
  const Line *line = sizes->lines->pdata[sizes->at];
  g_autoptr (GBytes) bytes = mail_draft_read_file_finish (sizes->draft, result, NULL);

  if (bytes != NULL) {
    ui_picture_take_async (mail_draft_get_engine (sizes->draft), bytes,
                           mail_attachment_get_name (line->file), on_scaled, sizes);
    return;
  }
  sizes->at++;
  scale_next (sizes);
  unref (sizes);
}

/* Those in the text were made to fit when they came; an animation would stand still. */
static gboolean
may_scale (const Line *line)
{
  const char *type = mail_attachment_get_content_type (line->file);

  return g_str_has_prefix (type, "image/") && !g_str_has_prefix (type, "image/gif")
         && !g_str_has_prefix (type, "image/svg")
         && mail_attachment_get_content_id (line->file) == NULL
         && mail_attachment_get_size (line->file) < MAX_PICTURE;
}

/* One after the other, for each takes memory. */
static void
scale_next (Sizes *sizes)
{
  while (sizes->at < sizes->lines->len && !may_scale (sizes->lines->pdata[sizes->at]))
    sizes->at++;
  if (sizes->dialog == NULL)
    return;
  if (sizes->at < sizes->lines->len) {
    sizes->n_refs++;
    mail_draft_read_file_async (sizes->draft, ((Line *)sizes->lines->pdata[sizes->at])->file,
                                on_read, sizes);
    return;
  }
  show_scaled (sizes);
}

/* ---- going on ---- */

static void
end_one (Sizes *sizes)
{
  UiSizeFunc func = NULL;

  if (--sizes->waiting == 0 && (func = g_steal_pointer (&sizes->func)) != NULL)
    func (sizes->fits ? UI_SIZE_FITS : UI_SIZE_ANYWAY, sizes->data);
  unref (sizes);
}

typedef struct
{
  Sizes *sizes;
  MailAttachment *before; /* owned */
} Swap;

/* Where the smaller one could not be written the other stays. */
static void
on_swapped (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Swap *swap = data;
  g_autoptr (MailAttachment) before = swap->before;

  if (mail_draft_attach_finish (MAIL_DRAFT (source), result, NULL))
    mail_draft_detach (MAIL_DRAFT (source), before);
  end_one (swap->sizes);
}

static void
swap (Sizes *sizes, const Line *line)
{
  Swap *swap = g_new0 (Swap, 1);

  swap->sizes = sizes;
  swap->before = g_object_ref (line->file);
  sizes->waiting++;
  sizes->n_refs++;
  mail_draft_attach_picture_async (sizes->draft, line->smaller->name, line->smaller->type,
                                   line->smaller->content, NULL, on_swapped, swap);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Sizes *sizes)
{
  if (!g_str_equal (response, "accept"))
    return;
  sizes->waiting = 1;
  sizes->n_refs++;
  for (guint i = 0; i < sizes->lines->len; i++) {
    const Line *line = sizes->lines->pdata[i];

    if (!gtk_check_button_get_active (line->goes))
      mail_draft_detach (sizes->draft, line->file);
    else if (line->smaller != NULL && gtk_check_button_get_active (sizes->scale))
      swap (sizes, line);
  }
  end_one (sizes);
}

static void
on_gone (gpointer data, GClosure *closure)
{
  Sizes *sizes = data;

  sizes->dialog = NULL;
  unref (sizes);
}

/* ---- the dialog ---- */

static AdwActionRow *
add_row (GtkListBox *list, const char *title, const char *subtitle, gboolean active,
         GtkCheckButton **check, Sizes *sizes)
{
  AdwActionRow *row = ADW_ACTION_ROW (adw_action_row_new ());

  *check = GTK_CHECK_BUTTON (gtk_check_button_new ());
  gtk_widget_set_valign (GTK_WIDGET (*check), GTK_ALIGN_CENTER);
  gtk_check_button_set_active (*check, active);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (row, subtitle);
  adw_action_row_add_prefix (row, GTK_WIDGET (*check));
  adw_action_row_set_activatable_widget (row, GTK_WIDGET (*check));
  gtk_list_box_append (list, GTK_WIDGET (row));
  g_signal_connect_swapped (*check, "toggled", G_CALLBACK (update), sizes);
  return row;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  guint64 x = mail_attachment_get_size ((*(Line *const *)a)->file);
  guint64 y = mail_attachment_get_size ((*(Line *const *)b)->file);

  return (x < y) - (x > y);
}

/* The largest first. */
static void
take_files (Sizes *sizes)
{
  GListModel *files = mail_draft_get_attachments (sizes->draft);

  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    Line *line = g_new0 (Line, 1);

    line->file = g_list_model_get_item (files, i);
    g_ptr_array_add (sizes->lines, line);
    /* What stands in the text is taken out there. */
    if (mail_attachment_get_content_id (line->file) != NULL)
      g_ptr_array_remove_index (sizes->lines, sizes->lines->len - 1);
  }
  g_ptr_array_sort (sizes->lines, compare_lines);
}

static GtkWidget *
make_content (Sizes *sizes)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *list = gtk_list_box_new ();
  gboolean any = FALSE;

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What is sent"), -1);
  for (guint i = 0; i < sizes->lines->len; i++)
    any = any || may_scale (sizes->lines->pdata[i]);
  sizes->scale_row = add_row (GTK_LIST_BOX (list), _ ("Make Pictures Smaller"),
                              _ ("Finding out what that saves…"), FALSE, &sizes->scale, sizes);
  gtk_widget_set_sensitive (GTK_WIDGET (sizes->scale_row), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (sizes->scale_row), any);
  for (guint i = 0; i < sizes->lines->len; i++) {
    Line *line = sizes->lines->pdata[i];
    g_autofree char *size = mail_attachment_dup_size_text (line->file);

    adw_action_row_set_title_lines (add_row (GTK_LIST_BOX (list),
                                             mail_attachment_get_name (line->file), size, TRUE,
                                             &line->goes, sizes),
                                    1);
  }
  sizes->total = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (sizes->total, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (sizes->total), "heading");
  gtk_box_append (GTK_BOX (box),
                  g_object_new (GTK_TYPE_SCROLLED_WINDOW, "hscrollbar-policy", GTK_POLICY_NEVER,
                                "propagate-natural-height", TRUE, "max-content-height", MAX_HEIGHT,
                                "child", list, NULL));
  gtk_widget_set_visible (gtk_widget_get_first_child (box), sizes->lines->len > 0);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (sizes->total));
  return box;
}

void
ui_size_dialog_ask (GtkWindow *parent, MailDraft *draft, const MailDraftWeight *weight,
                    UiSizeFunc func, gpointer data)
{
  Sizes *sizes = g_new0 (Sizes, 1);
  g_autofree char *limit = base_text_size (weight->limit);
  g_autofree char *size = base_text_size (weight->octets);
  g_autofree char *body = g_strdup_printf (
      /* Translators: two sizes */
      _ ("The server takes messages of up to %1$s. With its files this one has %2$s. What is not checked is left out."),
      limit, size);

  sizes->n_refs = 1;
  sizes->func = func;
  sizes->data = data;
  sizes->draft = g_object_ref (draft);
  sizes->weight = *weight;
  sizes->lines = g_ptr_array_new_with_free_func (line_free);
  sizes->dialog =
      ADW_MESSAGE_DIALOG (adw_message_dialog_new (parent, _ ("The Message Is Too Large"), body));
  adw_message_dialog_add_responses (sizes->dialog, "cancel", _ ("_Cancel"), "accept", _ ("_Send"),
                                    NULL);
  adw_message_dialog_set_close_response (sizes->dialog, "cancel");
  take_files (sizes);
  adw_message_dialog_set_extra_child (sizes->dialog, make_content (sizes));
  g_signal_connect_data (sizes->dialog, "response", G_CALLBACK (on_response), sizes, on_gone,
                         G_CONNECT_DEFAULT);
  update (sizes);
  scale_next (sizes);
  ui_dialog_present (GTK_WINDOW (sizes->dialog));
}
