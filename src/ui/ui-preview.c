/* The window of an attachment.  Main thread.  Pages are asked for when they come near the screen and let go of when they leave it; what
 * was asked for and is not wanted any more is cancelled.  HTML and messages are shown by the same widget as mail, and so under the
 * same rules: it must never show them by any other. */
#include "ui-preview.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "ui-message-view.h"
#include "ui-part-print.h"
#include "ui-part.h"
#include "ui-text-view.h"

#define PICTURE_EDGE 2560 /* pixels that a picture is decoded to */
#define PAGE_WIDTH   720  /* logical pixels of a page at zoom 1 */
#define PAGE_MARGIN  12
#define MIN_ZOOM     0.25
#define MAX_ZOOM     4.0
#define ZOOM_STEP    1.25

struct _UiPreview
{
  AdwWindow parent_instance;

  /* Owned */
  MailEngine *engine;
  GSettings *settings;
  MailContent *content;
  MailPart *part;
  MailPages *pages;          /* nullable */
  GCancellable *cancellable; /* of the part that is shown */

  /* Borrowed: in the widget tree */
  GtkStack *stack;
  AdwStatusPage *failed;
  GtkPicture *picture;
  GtkScrolledWindow *picture_scrolled;
  GtkListView *list;
  UiTextView *text;
  GtkLabel *cut;
  UiMessageView *message;
  GtkWidget *previous, *next, *zoom_in, *zoom_out;

  double zoom;                   /* 1: a picture fits, a page is PAGE_WIDTH wide */
  guint full_width, full_height; /* of the picture */
};

G_DEFINE_FINAL_TYPE (UiPreview, ui_preview, ADW_TYPE_WINDOW)

static void show_part (UiPreview *self, MailPart *part);

/* ---- the others ---- */

static MailPart *
dup_neighbour (UiPreview *self, int step)
{
  GListModel *parts = mail_content_get_attachments (self->content);
  int n = (int)g_list_model_get_n_items (parts), at = -1;
  for (int i = 0; i < n && at < 0; i++) {
    g_autoptr (MailPart) part = g_list_model_get_item (parts, (guint)i);
    if (part == self->part)
      at = i;
  }
  for (int i = at + step; at >= 0 && i >= 0 && i < n; i += step) {
    g_autoptr (MailPart) part = g_list_model_get_item (parts, (guint)i);
    if (ui_part_can_preview (part))
      return g_steal_pointer (&part);
  }
  return NULL;
}

static void
move (UiPreview *self, int step)
{
  g_autoptr (MailPart) part = dup_neighbour (self, step);
  if (part)
    show_part (self, part);
}

static void
update_buttons (UiPreview *self)
{
  g_autoptr (MailPart) before = dup_neighbour (self, -1), after = dup_neighbour (self, 1);
  gboolean zooms = mail_part_get_kind (self->part) != MAIL_PART_OTHER;
  gtk_widget_set_visible (self->previous, before || after);
  gtk_widget_set_visible (self->next, before || after);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preview.previous", before != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preview.next", after != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preview.print",
                                 ui_part_can_print (self->part));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preview.zoom-in",
                                 zooms && self->zoom < MAX_ZOOM);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preview.zoom-out",
                                 zooms && self->zoom > MIN_ZOOM);
}

/* ---- zoom ---- */

static int
page_width (UiPreview *self)
{
  int window = gtk_widget_get_width (GTK_WIDGET (self));
  int room = window > 0 ? MIN (window - 2 * PAGE_MARGIN - 12, PAGE_WIDTH) : PAGE_WIDTH;
  return (int)(MAX (room, 200) * self->zoom);
}

static void
set_pages (UiPreview *self)
{
  g_autoptr (GtkStringList) numbers = gtk_string_list_new (NULL);
  for (guint i = 0; self->pages && i < self->pages->n; i++) {
    g_autofree char *number = g_strdup_printf ("%u", i);
    gtk_string_list_append (numbers, number);
  }
  g_autoptr (GtkNoSelection) model =
      gtk_no_selection_new (G_LIST_MODEL (g_steal_pointer (&numbers)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (model));
}

static void
apply_zoom (UiPreview *self)
{
  gboolean fits = self->zoom <= 1.001 && self->zoom >= 0.999;
  GtkPolicyType policy = fits ? GTK_POLICY_NEVER : GTK_POLICY_AUTOMATIC;
  int room = gtk_widget_get_width (GTK_WIDGET (self->picture_scrolled));
  double width = self->full_width > 0 ? MIN ((double)self->full_width, MAX (room, 200)) : 0;

  gtk_scrolled_window_set_policy (self->picture_scrolled, policy, policy);
  if (fits || self->full_width == 0)
    gtk_widget_set_size_request (GTK_WIDGET (self->picture), -1, -1);
  else
    gtk_widget_set_size_request (GTK_WIDGET (self->picture), (int)(width * self->zoom),
                                 (int)(width * self->zoom * self->full_height / self->full_width));
  ui_text_view_set_zoom (self->text, self->zoom);
  ui_message_view_set_zoom (self->message, self->zoom);
  if (self->pages)
    set_pages (self);
  update_buttons (self);
}

static void
zoom_by (UiPreview *self, double factor)
{
  self->zoom = factor > 0 ? CLAMP (self->zoom * factor, MIN_ZOOM, MAX_ZOOM) : 1;
  apply_zoom (self);
}

/* ---- pages ---- */

/* What a page asks for as long as it is on the screen. */
typedef struct
{
  UiPreview *preview;  /* borrowed: cancelled before it goes */
  GtkPicture *picture; /* owned */
  GCancellable *cancellable;
} Asked;

static void
on_page (GObject *source, GAsyncResult *result, gpointer data)
{
  Asked *asked = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailPicture) page = mail_part_read_page_finish (MAIL_PART (source), result, &error);
  if (!g_cancellable_is_cancelled (asked->cancellable)) {
    if (page) {
      g_autoptr (GdkTexture) texture = ui_part_make_texture (page);
      gtk_picture_set_paintable (asked->picture, GDK_PAINTABLE (texture));
    } else {
      gtk_picture_set_alternative_text (asked->picture, error->message);
    }
  }
  g_object_unref (asked->picture);
  g_object_unref (asked->cancellable);
  g_free (asked);
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *picture = gtk_picture_new ();
  gtk_widget_add_css_class (picture, "preview-page");
  gtk_widget_set_halign (picture, GTK_ALIGN_CENTER);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, picture);
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *item, UiPreview *self)
{
  GtkPicture *picture = GTK_PICTURE (gtk_list_item_get_child (item));
  guint index = gtk_list_item_get_position (item);
  if (!self->pages || index >= self->pages->n)
    return;
  int width = page_width (self);
  double ratio = self->pages->sizes[index * 2 + 1] / self->pages->sizes[index * 2];
  gtk_widget_set_size_request (GTK_WIDGET (picture), width, (int)(width * MIN (ratio, 20)));
  /* Translators: read aloud for a page of a document; its number, how many there are */
  g_autofree char *name = g_strdup_printf (_ ("Page %u of %u"), index + 1, self->pages->n);
  gtk_picture_set_alternative_text (picture, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (picture), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);

  Asked *asked = g_new0 (Asked, 1);
  asked->preview = self;
  asked->picture = g_object_ref (picture);
  asked->cancellable = g_cancellable_new ();
  g_object_set_data_full (G_OBJECT (item), "asked", g_object_ref (asked->cancellable),
                          g_object_unref);
  mail_part_read_page_async (self->part, self->pages, index,
                             (guint)(width * gtk_widget_get_scale_factor (GTK_WIDGET (self))),
                             asked->cancellable, on_page, asked);
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GCancellable *asked = g_object_get_data (G_OBJECT (item), "asked");
  if (asked)
    g_cancellable_cancel (asked);
  g_object_set_data (G_OBJECT (item), "asked", NULL);
  gtk_picture_set_paintable (GTK_PICTURE (gtk_list_item_get_child (item)), NULL);
}

/* ---- what came ---- */

/* Who asked may show another part now, or be closed. */
static gboolean
is_wanted (UiPreview *self, gpointer part, const GError *error)
{
  return self->part == part && !base_error_is_cancelled (error);
}

static void
show_failed (UiPreview *self, const GError *error)
{
  adw_status_page_set_description (self->failed, error->message);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
on_picture (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiPreview) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailPicture) picture =
      mail_part_read_picture_finish (MAIL_PART (source), result, &error);
  if (!is_wanted (self, source, error))
    return;
  if (!picture) {
    show_failed (self, error);
    return;
  }
  g_autoptr (GdkTexture) texture = ui_part_make_texture (picture);
  self->full_width = picture->full_width;
  self->full_height = MAX (picture->full_height, 1);
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
  gtk_picture_set_alternative_text (self->picture, mail_part_get_name (self->part));
  gtk_stack_set_visible_child_name (self->stack, "picture");
  apply_zoom (self);
}

static void
on_pages (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiPreview) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailPages) pages = mail_part_read_pages_finish (MAIL_PART (source), result, &error);
  if (!is_wanted (self, source, error))
    return;
  if (!pages) {
    show_failed (self, error);
    return;
  }
  self->pages = g_steal_pointer (&pages);
  set_pages (self);
  gtk_stack_set_visible_child_name (self->stack, "pages");
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiPreview) self = data;
  g_autoptr (GError) error = NULL;
  gboolean cut = FALSE;
  g_autofree char *text = mail_part_read_text_finish (MAIL_PART (source), result, &cut, &error);
  if (!is_wanted (self, source, error))
    return;
  if (!text) {
    show_failed (self, error);
    return;
  }
  ui_text_view_set_source (self->text, text);
  gtk_widget_set_visible (GTK_WIDGET (self->cut), cut);
  gtk_stack_set_visible_child_name (self->stack, "text");
}

static void
on_message (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiPreview) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailContent) content = mail_part_open_finish (MAIL_PART (source), result, &error);
  if (!is_wanted (self, source, error))
    return;
  if (!content) {
    show_failed (self, error);
    return;
  }
  ui_message_view_set_bare (self->message, mail_part_get_kind (self->part) == MAIL_PART_HTML);
  ui_message_view_set_content (self->message, content);
  gtk_stack_set_visible_child_name (self->stack, "message");
}

/* ---- a part ---- */

static void
let_go (UiPreview *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->pages, mail_pages_unref);
  if (self->list)
    gtk_list_view_set_model (self->list, NULL);
  if (self->message)
    ui_message_view_set_content (self->message, NULL);
  if (self->picture)
    gtk_picture_set_paintable (self->picture, NULL);
  self->full_width = self->full_height = 0;
}

static void
show_part (UiPreview *self, MailPart *part)
{
  let_go (self);
  g_set_object (&self->part, part);
  self->zoom = 1;
  self->cancellable = g_cancellable_new ();
  gtk_window_set_title (GTK_WINDOW (self), mail_part_get_name (part));
  gtk_stack_set_visible_child_name (self->stack, "waiting");
  switch (mail_part_get_kind (part)) {
  case MAIL_PART_PICTURE:
    mail_part_read_picture_async (part, PICTURE_EDGE, self->cancellable, on_picture,
                                  g_object_ref (self));
    break;
  case MAIL_PART_PDF:
    mail_part_read_pages_async (part, self->cancellable, on_pages, g_object_ref (self));
    break;
  case MAIL_PART_HTML:
  case MAIL_PART_MESSAGE:
    mail_part_open_async (part, self->cancellable, on_message, g_object_ref (self));
    break;
  case MAIL_PART_OTHER:
  case MAIL_PART_TEXT:
  case MAIL_PART_CALENDAR:
  case MAIL_PART_CARD:
    mail_part_read_text_async (part, self->cancellable, on_text, g_object_ref (self));
    break;
  }
  update_buttons (self);
}

/* ---- verbs ---- */

static void
action_previous (GtkWidget *widget, const char *name, GVariant *parameter)
{
  move (UI_PREVIEW (widget), -1);
}

static void
action_next (GtkWidget *widget, const char *name, GVariant *parameter)
{
  move (UI_PREVIEW (widget), 1);
}

static void
action_zoom_in (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zoom_by (UI_PREVIEW (widget), ZOOM_STEP);
}

static void
action_zoom_out (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zoom_by (UI_PREVIEW (widget), 1 / ZOOM_STEP);
}

static void
action_zoom_normal (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zoom_by (UI_PREVIEW (widget), 0);
}

static void
action_save (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiPreview *self = UI_PREVIEW (widget);
  ui_part_save (widget, self->content, self->part);
}

static void
action_elsewhere (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiPreview *self = UI_PREVIEW (widget);
  ui_part_open_elsewhere (widget, self->content, self->part);
}

static void
action_print (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiPreview *self = UI_PREVIEW (widget);
  ui_part_print (widget, self->engine, self->part);
}

/* What is done by the window of the mail: links, and words at its bottom. */
static void
action_of_parent (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (widget));
  if (parent)
    gtk_widget_activate_action_variant (GTK_WIDGET (parent), name, parameter);
}

/* Left and Right go on wherever the focus is, except in a text, where they move in it. */
static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType modifiers,
        UiPreview *self)
{
  const char *page = gtk_stack_get_visible_child_name (self->stack);
  gboolean is_text = g_strcmp0 (page, "text") == 0 || g_strcmp0 (page, "message") == 0;
  if (is_text || (modifiers & gtk_accelerator_get_default_mod_mask ()) != 0
      || (key != GDK_KEY_Left && key != GDK_KEY_Right))
    return FALSE;
  move (self, key == GDK_KEY_Left ? -1 : 1);
  return TRUE;
}

/* ---- class ---- */

static void
ui_preview_dispose (GObject *object)
{
  UiPreview *self = UI_PREVIEW (object);
  let_go (self);
  self->list = NULL;
  self->message = NULL;
  self->picture = NULL;
  g_clear_object (&self->part);
  g_clear_object (&self->content);
  g_clear_object (&self->engine);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (ui_preview_parent_class)->dispose (object);
}

static void
bind (GtkWidgetClass *klass, guint key, GdkModifierType modifiers, const char *action)
{
  gtk_widget_class_add_binding_action (klass, key, modifiers, action, NULL);
}

static void
ui_preview_class_init (UiPreviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = ui_preview_dispose;
  gtk_widget_class_install_action (widget_class, "preview.previous", NULL, action_previous);
  gtk_widget_class_install_action (widget_class, "preview.next", NULL, action_next);
  gtk_widget_class_install_action (widget_class, "preview.zoom-in", NULL, action_zoom_in);
  gtk_widget_class_install_action (widget_class, "preview.zoom-out", NULL, action_zoom_out);
  gtk_widget_class_install_action (widget_class, "preview.zoom-normal", NULL, action_zoom_normal);
  gtk_widget_class_install_action (widget_class, "preview.save", NULL, action_save);
  gtk_widget_class_install_action (widget_class, "preview.print", NULL, action_print);
  gtk_widget_class_install_action (widget_class, "preview.elsewhere", NULL, action_elsewhere);
  gtk_widget_class_install_action (widget_class, "win.open-link", "s", action_of_parent);
  gtk_widget_class_install_action (widget_class, "win.open-web-link", "(ss)", action_of_parent);
  gtk_widget_class_install_action (widget_class, "win.notify", "s", action_of_parent);
  gtk_widget_class_install_action (widget_class, "win.show-sender", "(ss)", action_of_parent);
  bind (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "preview.previous");
  bind (widget_class, GDK_KEY_Right, GDK_ALT_MASK, "preview.next");
  bind (widget_class, GDK_KEY_plus, GDK_CONTROL_MASK, "preview.zoom-in");
  bind (widget_class, GDK_KEY_equal, GDK_CONTROL_MASK, "preview.zoom-in");
  bind (widget_class, GDK_KEY_KP_Add, GDK_CONTROL_MASK, "preview.zoom-in");
  bind (widget_class, GDK_KEY_minus, GDK_CONTROL_MASK, "preview.zoom-out");
  bind (widget_class, GDK_KEY_KP_Subtract, GDK_CONTROL_MASK, "preview.zoom-out");
  bind (widget_class, GDK_KEY_0, GDK_CONTROL_MASK, "preview.zoom-normal");
  bind (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "preview.save");
  bind (widget_class, GDK_KEY_p, GDK_CONTROL_MASK, "preview.print");
  bind (widget_class, GDK_KEY_Escape, 0, "window.close");
  bind (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close");
}

static GtkWidget *
new_button (const char *icon, const char *tooltip, const char *action)
{
  GtkWidget *button = g_object_new (GTK_TYPE_BUTTON, "icon-name", icon, "tooltip-text", tooltip,
                                    "action-name", action, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip,
                                  -1);
  return button;
}

static GtkWidget *
new_header (UiPreview *self)
{
  GtkWidget *header = adw_header_bar_new ();
  g_autoptr (GMenu) menu = g_menu_new ();
  self->previous =
      new_button ("go-previous-symbolic", _ ("Previous Attachment"), "preview.previous");
  self->next = new_button ("go-next-symbolic", _ ("Next Attachment"), "preview.next");
  self->zoom_in = new_button ("zoom-in-symbolic", _ ("Zoom In"), "preview.zoom-in");
  self->zoom_out = new_button ("zoom-out-symbolic", _ ("Zoom Out"), "preview.zoom-out");
  g_menu_append (menu, _ ("Open With _Another Program"), "preview.elsewhere");
  g_menu_append (menu, _ ("_Save As…"), "preview.save");
  g_menu_append (menu, _ ("_Print…"), "preview.print");
  g_menu_append (menu, _ ("_Normal Size"), "preview.zoom-normal");
  GtkWidget *more = g_object_new (GTK_TYPE_MENU_BUTTON, "icon-name", "view-more-symbolic",
                                  "menu-model", menu, "tooltip-text", _ ("More"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (more)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("More"), -1);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->previous);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->next);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), more);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->zoom_in);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->zoom_out);
  return header;
}

static GtkWidget *
new_failed (UiPreview *self)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *open = g_object_new (GTK_TYPE_BUTTON, "label", _ ("Open With _Another Program"),
                                  "use-underline", TRUE, "action-name", "preview.elsewhere", NULL);
  GtkWidget *save = g_object_new (GTK_TYPE_BUTTON, "label", _ ("_Save As…"), "use-underline", TRUE,
                                  "action-name", "preview.save", NULL);
  gtk_widget_add_css_class (open, "pill");
  gtk_widget_add_css_class (save, "pill");
  gtk_widget_set_halign (buttons, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (buttons), open);
  gtk_box_append (GTK_BOX (buttons), save);
  self->failed = ADW_STATUS_PAGE (
      g_object_new (ADW_TYPE_STATUS_PAGE, "icon-name", "image-missing-symbolic", "title",
                    _ ("This File Cannot Be Shown"), "child", buttons, NULL));
  return GTK_WIDGET (self->failed);
}

static void
ui_preview_init (UiPreview *self)
{
  self->zoom = 1;
  self->stack = GTK_STACK (gtk_stack_new ());
  GtkWidget *spinner =
      g_object_new (GTK_TYPE_SPINNER, "spinning", TRUE, "width-request", 32, "height-request", 32,
                    "halign", GTK_ALIGN_CENTER, "valign", GTK_ALIGN_CENTER, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spinner), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("The attachment is being opened"), -1);
  gtk_stack_add_named (self->stack, spinner, "waiting");
  gtk_stack_add_named (self->stack, new_failed (self), "failed");

  self->picture = GTK_PICTURE (gtk_picture_new ());
  self->picture_scrolled = GTK_SCROLLED_WINDOW (
      g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", self->picture, "vexpand", TRUE, NULL));
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->picture_scrolled), "picture");

  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  self->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "preview-pages");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Pages"), -1);
  gtk_stack_add_named (
      self->stack,
      g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", self->list, "vexpand", TRUE, NULL), "pages");

  self->text = UI_TEXT_VIEW (ui_text_view_new ());
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (self->text), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Text of the attachment"), -1);
  self->cut = GTK_LABEL (g_object_new (
      GTK_TYPE_LABEL, "wrap", TRUE, "margin-top", 6, "margin-bottom", 6, "label",
      _ ("Only the beginning is shown here. Save the file to read all of it."), NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->cut), "dim-label");
  GtkWidget *text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (text), GTK_WIDGET (self->cut));
  gtk_box_append (GTK_BOX (text), g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", self->text,
                                                "vexpand", TRUE, NULL));
  gtk_stack_add_named (self->stack, text, "text");

  self->message = g_object_new (UI_TYPE_MESSAGE_VIEW, NULL);
  gtk_stack_add_named (self->stack,
                       g_object_new (GTK_TYPE_SCROLLED_WINDOW, "hscrollbar-policy",
                                     GTK_POLICY_NEVER, "child", self->message, "vexpand", TRUE,
                                     NULL),
                       "message");

  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (box), new_header (self));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_default_size (GTK_WINDOW (self), 800, 720);
  GtkEventController *keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

void
ui_preview_open (GtkWidget *from, MailEngine *engine, GSettings *settings, MailContent *content,
                 MailPart *part)
{
  GtkRoot *root = gtk_widget_get_root (from);
  UiPreview *self =
      g_object_new (UI_TYPE_PREVIEW, "transient-for", root, "destroy-with-parent", TRUE, NULL);
  self->engine = g_object_ref (engine);
  self->settings = g_object_ref (settings);
  self->content = g_object_ref (content);
  ui_message_view_set_engine (self->message, engine, settings);
  gtk_window_present (GTK_WINDOW (self));
  show_part (self, part);
}
