/* The files of a message: a row of buttons with a name, a size and for pictures a small one of it.  Main thread; what a button does is
 * in ui-part.c and ui-preview.c.  Thumbnails (of a PDF its first page) are made elsewhere, a few at a time, and only of what is here. */
#include "ui-attachments.h"

#include <glib/gi18n.h>

#include "ui-flow.h"
#include "ui-part-print.h"
#include "ui-part.h"
#include "ui-preview.h"

#define MOST_SHOWN     300
#define MAX_HEIGHT     152                 /* pixels; more files are scrolled */
#define THUMBNAIL      40                  /* pixels */
#define MAX_THUMBNAIL  (32u * 1024 * 1024) /* octets of a picture that is decoded unasked */
#define MAX_THUMBNAILS 60                  /* of a message */

struct _UiAttachments
{
  AdwBin parent_instance;

  /* Owned */
  MailContent *content;
  MailEngine *engine;
  GSettings *settings;
  GCancellable *thumbnails; /* of this content */

  /* Borrowed: in the widget tree */
  GtkFlowBox *box;
  GtkLabel *summary;
  GtkWidget *save_all;

  guint n_thumbnails; /* asked for */
};

G_DEFINE_FINAL_TYPE (UiAttachments, ui_attachments, ADW_TYPE_BIN)

/* ---- verbs ---- */

static UiAttachments *
get_attachments (GtkWidget *button)
{
  return UI_ATTACHMENTS (gtk_widget_get_ancestor (button, UI_TYPE_ATTACHMENTS));
}

static void
on_open (GtkWidget *button, MailPart *part)
{
  UiAttachments *self = get_attachments (button);
  if (ui_part_can_preview (part) && self->engine)
    ui_preview_open (GTK_WIDGET (self), self->engine, self->settings, self->content, part);
  else
    ui_part_open_elsewhere (GTK_WIDGET (self), self->content, part);
}

static void
on_cancel (GtkWidget *button, MailPart *part)
{
  ui_part_cancel (get_attachments (button)->content, part);
}

static MailPart *
get_part (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (button), "part");
}

static void
on_menu_open (GtkWidget *button)
{
  on_open (button, get_part (button));
}

static void
on_menu_elsewhere (GtkWidget *button)
{
  UiAttachments *self = get_attachments (button);
  ui_part_open_elsewhere (GTK_WIDGET (self), self->content, get_part (button));
}

static void
on_menu_save (GtkWidget *button)
{
  UiAttachments *self = get_attachments (button);
  ui_part_save (GTK_WIDGET (self), self->content, get_part (button));
}

static void
on_menu_print (GtkWidget *button)
{
  UiAttachments *self = get_attachments (button);
  ui_part_print (GTK_WIDGET (self), self->engine, get_part (button));
}

static void
on_save_all (UiAttachments *self)
{
  ui_part_save_all (GTK_WIDGET (self), self->content);
}

/* ---- rows ---- */

static void
add_verb (GSimpleActionGroup *group, const char *name, GCallback activated, GtkWidget *button)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new (name, NULL);
  g_signal_connect_object (action, "activate", activated, button, G_CONNECT_SWAPPED);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
}

static void
set_menu (GtkWidget *button)
{
  g_autoptr (GSimpleActionGroup) verbs = g_simple_action_group_new ();
  g_autoptr (GMenu) menu = g_menu_new ();
  add_verb (verbs, "open", G_CALLBACK (on_menu_open), button);
  add_verb (verbs, "elsewhere", G_CALLBACK (on_menu_elsewhere), button);
  add_verb (verbs, "print", G_CALLBACK (on_menu_print), button);
  add_verb (verbs, "save", G_CALLBACK (on_menu_save), button);
  gtk_widget_insert_action_group (button, "file", G_ACTION_GROUP (verbs));
  g_menu_append (menu, _ ("_Open"), "file.open");
  if (ui_part_can_preview (get_part (button)))
    g_menu_append (menu, _ ("Open With _Another Program"), "file.elsewhere");
  g_menu_append (menu, _ ("_Save As…"), "file.save");
  if (ui_part_can_print (get_part (button)))
    g_menu_append (menu, _ ("_Print…"), "file.print");
  adw_split_button_set_menu_model (ADW_SPLIT_BUTTON (button), G_MENU_MODEL (menu));
}

/* The widgets of one file; they go with its row. */
typedef struct
{
  /* Borrowed */
  MailPart *part;
  GtkWidget *button, *icon, *away, *octets, *bar, *cancel;
  gboolean asked; /* for its thumbnail */
} Row;

static void
show_thumbnail (GtkImage *icon, const MailPicture *picture)
{
  g_autoptr (GdkTexture) texture = ui_part_make_texture (picture);
  gtk_image_set_pixel_size (icon, THUMBNAIL);
  gtk_image_set_from_paintable (icon, GDK_PAINTABLE (texture));
  gtk_widget_add_css_class (GTK_WIDGET (icon), "attachment-thumbnail");
}

static void
on_thumbnail (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkImage) icon = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailPicture) picture =
      mail_part_read_picture_finish (MAIL_PART (source), result, &error);
  if (picture) /* else the icon of its type stays */
    show_thumbnail (icon, picture);
}

static void
on_first_page (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkImage) icon = data;
  g_autoptr (MailPicture) page = mail_part_read_page_finish (MAIL_PART (source), result, NULL);
  if (page)
    show_thumbnail (icon, page);
}

static void
on_pages (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkImage) icon = data;
  g_autoptr (MailPages) pages = mail_part_read_pages_finish (MAIL_PART (source), result, NULL);
  if (!pages || pages->n == 0)
    return;
  double edge = THUMBNAIL * gtk_widget_get_scale_factor (GTK_WIDGET (icon));
  double ratio = pages->sizes[0] / MAX (pages->sizes[1], 1);
  mail_part_read_page_async (
      MAIL_PART (source), pages, 0, (guint)MAX (ratio < 1 ? edge * ratio : edge, 8),
      g_task_get_cancellable (G_TASK (result)), on_first_page, g_object_ref (icon));
}

static void
ask_thumbnail (Row *row)
{
  UiAttachments *self = UI_ATTACHMENTS (gtk_widget_get_ancestor (row->button, UI_TYPE_ATTACHMENTS));
  MailPartKind kind = mail_part_get_kind (row->part);
  if (row->asked || !self || !mail_part_is_here (row->part)
      || (kind != MAIL_PART_PICTURE && kind != MAIL_PART_PDF)
      || mail_part_get_size (row->part) > MAX_THUMBNAIL || self->n_thumbnails >= MAX_THUMBNAILS)
    return;
  row->asked = TRUE;
  self->n_thumbnails++;
  if (kind == MAIL_PART_PDF)
    mail_part_read_pages_async (row->part, self->thumbnails, on_pages, g_object_ref (row->icon));
  else
    mail_part_read_picture_async (row->part,
                                  (guint)(THUMBNAIL * gtk_widget_get_scale_factor (row->button)),
                                  self->thumbnails, on_thumbnail, g_object_ref (row->icon));
}

static void
update_row (Row *row)
{
  const char *name = mail_part_get_name (row->part);
  double progress = mail_part_get_progress (row->part);
  gboolean is_here = mail_part_is_here (row->part), fetching = progress >= 0 && !is_here;
  g_autofree char *size = mail_part_dup_size_text (row->part);
  g_autofree char *label = NULL;

  ask_thumbnail (row);
  gtk_widget_set_visible (row->away, !is_here && !fetching);
  gtk_widget_set_visible (row->bar, fetching);
  gtk_widget_set_visible (row->cancel, fetching);
  if (fetching) {
    /* Translators: how much of a file has been fetched */
    g_autofree char *text = g_strdup_printf (_ ("%d%% of %s"), (int)(progress * 100), size);
    gtk_label_set_text (GTK_LABEL (row->octets), text);
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (row->bar), progress);
  } else {
    gtk_label_set_text (GTK_LABEL (row->octets), size);
  }
  if (is_here)
    /* Translators: file name, size; read aloud */
    label = g_strdup_printf (_ ("Open %s, %s"), name, size);
  else if (fetching)
    /* Translators: file name; read aloud */
    label = g_strdup_printf (_ ("%s is being fetched"), name);
  else
    /* Translators: file name, size; read aloud */
    label = g_strdup_printf (_ ("Open %s, %s, not on this computer yet"), name, size);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (row->button)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  if (is_here || fetching) {
    gtk_widget_set_tooltip_text (row->button, name);
  } else {
    /* Translators: file name */
    g_autofree char *tip =
        g_strdup_printf (_ ("%s is on the mail server. Opening it fetches it."), name);
    gtk_widget_set_tooltip_text (row->button, tip);
  }
}

static void
on_part_changed (MailPart *part, GParamSpec *pspec, GtkWidget *octets)
{
  if (gtk_widget_get_root (octets) != NULL)
    update_row (g_object_get_data (G_OBJECT (octets), "row"));
}

static GtkWidget *
create_label (Row *row)
{
  MailPart *part = row->part;
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_widget_set_valign (content, GTK_ALIGN_CENTER);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  g_autofree char *type = g_content_type_from_mime_type (mail_part_get_content_type (part));
  g_autoptr (GIcon) gicon =
      g_content_type_get_symbolic_icon (type ? type : "application/octet-stream");
  row->icon = g_object_new (GTK_TYPE_IMAGE, "gicon", gicon, "accessible-role",
                            GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  GtkWidget *name =
      g_object_new (GTK_TYPE_LABEL, "label", mail_part_get_name (part), "ellipsize",
                    PANGO_ELLIPSIZE_MIDDLE, "max-width-chars", 20, "xalign", 0.0f, NULL);
  row->octets = gtk_label_new (NULL);
  row->away = g_object_new (GTK_TYPE_IMAGE, "icon-name", "folder-download-symbolic",
                            "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  row->bar = gtk_progress_bar_new ();
  gtk_widget_add_css_class (name, "attachment-name");
  gtk_widget_add_css_class (row->octets, "dim-label");
  gtk_widget_add_css_class (row->octets, "caption");
  gtk_widget_add_css_class (row->away, "dim-label");
  gtk_box_append (GTK_BOX (line), row->icon);
  gtk_box_append (GTK_BOX (line), name);
  gtk_box_append (GTK_BOX (line), row->octets);
  gtk_box_append (GTK_BOX (line), row->away);
  gtk_box_append (GTK_BOX (content), line);
  gtk_box_append (GTK_BOX (content), row->bar);
  return content;
}

/* ---- the mouse and the menu key ---- */

static void
on_secondary (GtkGestureClick *click, int n, double x, double y, GtkWidget *button)
{
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  adw_split_button_popup (ADW_SPLIT_BUTTON (button));
}

static gboolean
on_menu_key (GtkWidget *button, GVariant *arguments, gpointer data)
{
  adw_split_button_popup (ADW_SPLIT_BUTTON (button));
  return TRUE;
}

static GdkContentProvider *
on_drag (GtkDragSource *source, double x, double y, GtkWidget *button)
{
  return ui_part_new_provider (get_part (button));
}

static void
add_controllers (GtkWidget *button)
{
  GtkGesture *click = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_secondary), button);
  gtk_widget_add_controller (button, GTK_EVENT_CONTROLLER (click));

  GtkEventController *keys = gtk_shortcut_controller_new ();
  static const struct
  {
    guint key;
    GdkModifierType modifiers;
  } menu_keys[] = { { GDK_KEY_Menu, 0 }, { GDK_KEY_F10, GDK_SHIFT_MASK } };
  for (gsize i = 0; i < G_N_ELEMENTS (menu_keys); i++)
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (keys),
        gtk_shortcut_new (gtk_keyval_trigger_new (menu_keys[i].key, menu_keys[i].modifiers),
                          gtk_callback_action_new (on_menu_key, NULL, NULL)));
  gtk_widget_add_controller (button, keys);

  GtkDragSource *drag = gtk_drag_source_new ();
  gtk_drag_source_set_actions (drag, GDK_ACTION_COPY);
  g_signal_connect (drag, "prepare", G_CALLBACK (on_drag), button);
  gtk_widget_add_controller (button, GTK_EVENT_CONTROLLER (drag));
}

static GtkWidget *
create_row (gpointer item, gpointer data)
{
  Row *row = g_new0 (Row, 1);
  MailPart *part = item;
  const char *name = mail_part_get_name (part);

  row->part = part;
  row->button = adw_split_button_new ();
  adw_split_button_set_child (ADW_SPLIT_BUTTON (row->button), create_label (row));
  g_object_set_data (G_OBJECT (row->button), "part", part); /* the row's */
  set_menu (row->button);
  add_controllers (row->button);
  gtk_widget_set_halign (row->button, GTK_ALIGN_START);
  g_autofree char *more = g_strdup_printf (_ ("More for %s"), name);
  adw_split_button_set_dropdown_tooltip (ADW_SPLIT_BUTTON (row->button), more);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_last_child (row->button)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, more, -1);
  g_signal_connect_object (row->button, "clicked", G_CALLBACK (on_open), part, 0);

  /* Translators: file name */
  g_autofree char *cancel = g_strdup_printf (_ ("Cancel fetching %s"), name);
  row->cancel = gtk_button_new_from_icon_name ("process-stop-symbolic");
  gtk_widget_add_css_class (row->cancel, "flat");
  gtk_widget_set_valign (row->cancel, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (row->cancel, cancel);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->cancel), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  cancel, -1);
  g_signal_connect_object (row->cancel, "clicked", G_CALLBACK (on_cancel), part, 0);

  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
  gtk_box_append (GTK_BOX (box), row->button);
  gtk_box_append (GTK_BOX (box), row->cancel);
  GtkWidget *child = gtk_flow_box_child_new ();
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), box);
  gtk_widget_set_focusable (child, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (row->octets), "row", row, g_free);
  g_object_set_data_full (G_OBJECT (row->octets), "part", g_object_ref (part), g_object_unref);
  g_signal_connect_object (part, "notify", G_CALLBACK (on_part_changed), row->octets, 0);
  g_signal_connect_swapped (row->octets, "map", G_CALLBACK (ask_thumbnail), row);
  update_row (row);
  return child;
}

static void
update_summary (UiAttachments *self)
{
  guint n =
      self->content ? g_list_model_get_n_items (mail_content_get_attachments (self->content)) : 0;
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
  gtk_widget_set_visible (self->save_all, n > 1);
  g_autofree char *summary =
      n > MOST_SHOWN
          /* Translators: a number, and a smaller one */
          ? g_strdup_printf (_ ("%'u attachments, of which the first %'u are shown"), n, MOST_SHOWN)
          : g_strdup_printf (ngettext ("%'u attachment", "%'u attachments", n), n);
  gtk_label_set_text (self->summary, summary);
}

void
ui_attachments_set_engine (UiAttachments *self, MailEngine *engine, GSettings *settings)
{
  g_set_object (&self->engine, engine);
  g_set_object (&self->settings, settings);
}

static void
on_items_changed (GListModel *parts, guint position, guint removed, guint added,
                  UiAttachments *self)
{
  if (self->content && mail_content_get_attachments (self->content) == parts)
    update_summary (self); /* a winmail.dat was unpacked */
}

void
ui_attachments_set_content (UiAttachments *self, MailContent *content)
{
  GListModel *parts = content ? mail_content_get_attachments (content) : NULL;

  if (self->thumbnails)
    g_cancellable_cancel (self->thumbnails);
  g_set_object (&self->content, content);
  g_clear_object (&self->thumbnails);
  self->thumbnails = g_cancellable_new ();
  self->n_thumbnails = 0;
  /* Each costs time to make, and who sends a hundred thousand does not want them to be looked at. */
  g_autoptr (GtkSliceListModel) shown =
      parts ? gtk_slice_list_model_new (g_object_ref (parts), 0, MOST_SHOWN) : NULL;
  gtk_flow_box_bind_model (self->box, G_LIST_MODEL (shown), create_row, self, NULL);
  if (parts)
    g_signal_connect_object (parts, "items-changed", G_CALLBACK (on_items_changed), self,
                             G_CONNECT_AFTER);
  update_summary (self);
}

/* ---- the shelf they stand on ---- */

static GtkSizeRequestMode
get_request_mode (GtkWidget *shelf)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* As high as the files need at this width.  A scrolled window would ask for what they need where it is narrowest. */
static void
measure (GtkWidget *shelf, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  UiAttachments *self = UI_ATTACHMENTS (gtk_widget_get_ancestor (shelf, UI_TYPE_ATTACHMENTS));
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    gtk_widget_measure (gtk_widget_get_first_child (shelf), orientation, for_size, minimum, natural,
                        NULL, NULL);
  } else {
    int height;
    gtk_widget_measure (GTK_WIDGET (self->box), orientation, for_size, &height, NULL, NULL, NULL);
    *minimum = *natural = MIN (height, MAX_HEIGHT);
  }
}

static void
allocate (GtkWidget *shelf, int width, int height, int baseline)
{
  gtk_widget_allocate (gtk_widget_get_first_child (shelf), width, height, baseline, NULL);
}

static void
ui_attachments_dispose (GObject *object)
{
  UiAttachments *self = UI_ATTACHMENTS (object);
  if (self->thumbnails)
    g_cancellable_cancel (self->thumbnails);
  g_clear_object (&self->thumbnails);
  g_clear_object (&self->content);
  g_clear_object (&self->engine);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (ui_attachments_parent_class)->dispose (object);
}

static void
ui_attachments_class_init (UiAttachmentsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_attachments_dispose;
}

static void
ui_attachments_init (UiAttachments *self)
{
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->summary = GTK_LABEL (g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "hexpand", TRUE, NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->summary), "caption-heading");
  gtk_widget_add_css_class (GTK_WIDGET (self->summary), "dim-label");
  self->save_all = gtk_button_new_with_label (_ ("Save All…"));
  gtk_widget_add_css_class (self->save_all, "flat");
  g_signal_connect_swapped (self->save_all, "clicked", G_CALLBACK (on_save_all), self);
  gtk_widget_set_layout_manager (header, ui_flow_new (6, 4)); /* two lines of large text */
  gtk_box_append (GTK_BOX (header), GTK_WIDGET (self->summary));
  gtk_box_append (GTK_BOX (header), self->save_all);

  self->box = GTK_FLOW_BOX (g_object_new (
      GTK_TYPE_FLOW_BOX, "selection-mode", GTK_SELECTION_NONE, "column-spacing", 6, "row-spacing",
      6, "max-children-per-line", 20, "homogeneous", FALSE, "valign", GTK_ALIGN_START, NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Attachments"), -1);
  GtkWidget *shelf = adw_bin_new ();
  gtk_widget_set_layout_manager (shelf,
                                 gtk_custom_layout_new (get_request_mode, measure, allocate));
  adw_bin_set_child (ADW_BIN (shelf), g_object_new (GTK_TYPE_SCROLLED_WINDOW, "hscrollbar-policy",
                                                    GTK_POLICY_NEVER, "child", self->box, NULL));

  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_add_css_class (box, "attachments");
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), shelf);
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
