/* Says who a message is from, and lets the person leave a mailing list.  Main thread.
 *
 * Words of the message are never taken for markup.  Nothing is sent before the person was asked. */
#include "ui-truth-bar.h"

#include <glib/gi18n.h>

#include "base-date.h"
#include "base-error.h"
#include "mail-truth.h"
#include "mail-unsubscribe.h"
#include "ui-clock.h"
#include "ui-dialog.h"
#include "ui-flow.h"

struct _UiTruthBar
{
  AdwBin parent_instance;

  /* Owned */
  MailContent *content;
  GCancellable *asking; /* whether the list was left */

  gint64 left; /* when it was, as the bar says; 0: it does not */

  /* Owned by the widget tree */
  GtkWidget *truth, *list;
  GtkImage *icon;
  GtkLabel *sentence, *name;
  GtkMenuButton *more;
  GtkBox *details;
  GtkButton *leave, *reply;
};

G_DEFINE_FINAL_TYPE (UiTruthBar, ui_truth_bar, ADW_TYPE_BIN)

/* ---- who it is from ---- */

static GtkLabel *
create_label (const char *text)
{
  return g_object_new (GTK_TYPE_LABEL, "label", text, "xalign", 0.0f, "wrap", TRUE, "wrap-mode",
                       PANGO_WRAP_WORD_CHAR, NULL);
}

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
show_truth (UiTruthBar *self, const MailTruth *truth)
{
  gboolean any = truth && truth->level != MAIL_TRUTH_NOTHING;
  GtkWidget *child;

  gtk_widget_set_visible (self->truth, any);
  gtk_menu_button_popdown (self->more);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->details))))
    gtk_box_remove (self->details, child);
  if (!any)
    return;
  gboolean warning = truth->level == MAIL_TRUTH_WARNING;
  gtk_image_set_from_icon_name (self->icon, warning ? "dialog-warning-symbolic"
                                                    : "dialog-information-symbolic");
  set_class (self->truth, "attention", warning);
  set_class (self->truth, "information", !warning);
  gtk_label_set_text (self->sentence, truth->sentence);
  for (guint i = 0; truth->details && truth->details[i]; i++) {
    GtkLabel *line = create_label (truth->details[i]);
    gtk_label_set_max_width_chars (line, 48);
    gtk_box_append (self->details, GTK_WIDGET (line));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->more),
                          truth->details && truth->details[0] && truth->details[1]);
}

/* ---- the list ---- */

static void
say_list (UiTruthBar *self, const char *sentence, const char *verb, gboolean may_leave)
{
  gtk_label_set_text (self->name, sentence);
  gtk_button_set_label (self->leave, verb);
  gtk_widget_set_visible (GTK_WIDGET (self->leave), may_leave);
  gtk_widget_set_sensitive (GTK_WIDGET (self->leave), TRUE);
}

/* Whether it helped only the person sees: mail may go on, and then it can be tried again. */
static void
say_left (UiTruthBar *self, gint64 time)
{
  const MailList *list = mail_content_get_list (self->content);
  self->left = time;
  g_autofree char *date = base_date_short (time, g_get_real_time () / G_USEC_PER_SEC);
  g_autofree char *sentence =
      list->leave == MAIL_LEAVE_WEB
          /* Translators: a date or time */
          ? g_strdup_printf (_ ("You opened the page to unsubscribe: %s"), date)
          /* Translators: a date or time */
          : g_strdup_printf (_ ("You unsubscribed: %s"), date);
  say_list (self, sentence, _ ("_Try Again"), list->leave != MAIL_LEAVE_NONE);
}

static void
on_clock_changed (UiTruthBar *self)
{
  if (self->left > 0)
    say_left (self, self->left);
}

static void
show_list (UiTruthBar *self, const MailList *list)
{
  gboolean any = list->name || list->leave != MAIL_LEAVE_NONE;
  gtk_widget_set_visible (self->list, any);
  gtk_widget_set_visible (GTK_WIDGET (self->reply), list->post != NULL);
  if (!any)
    return;
  if (list->name) {
    /* Translators: the name of a mailing list */
    g_autofree char *sentence = g_strdup_printf (_ ("Mailing list: %s"), list->name);
    say_list (self, sentence, _ ("_Unsubscribe"), list->leave != MAIL_LEAVE_NONE);
  } else {
    say_list (self, _ ("This message was sent to many people."), _ ("_Unsubscribe"), TRUE);
  }
}

static void
on_left_known (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiTruthBar) self = data;
  gint64 time = mail_content_get_left_finish (MAIL_CONTENT (source), result, NULL);
  if (MAIL_CONTENT (source) == self->content && time > 0)
    say_left (self, time);
}

typedef struct
{
  UiTruthBar *bar;
  MailContent *content;
} Leaving;

static Leaving *
leaving_new (UiTruthBar *self)
{
  Leaving *leaving = g_new0 (Leaving, 1);
  leaving->bar = g_object_ref (self);
  leaving->content = g_object_ref (self->content);
  return leaving;
}

static void
leaving_free (Leaving *leaving)
{
  g_object_unref (leaving->bar);
  g_object_unref (leaving->content);
  g_free (leaving);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Leaving, leaving_free)

static GtkWindow *
get_window (UiTruthBar *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static void
on_left (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Leaving) leaving = data;
  g_autoptr (GError) error = NULL;
  gboolean shown = leaving->content == leaving->bar->content;
  if (mail_content_leave_list_finish (leaving->content, result, &error)) {
    if (shown)
      say_left (leaving->bar, g_get_real_time () / G_USEC_PER_SEC);
    return;
  }
  if (shown)
    gtk_widget_set_sensitive (GTK_WIDGET (leaving->bar->leave), TRUE);
  ui_dialog_error (get_window (leaving->bar),
                   g_error_matches (error, BASE_ERROR, BASE_ERROR_BROKEN)
                       ? _ ("You May Still Be Subscribed")
                       : _ ("You Are Still Subscribed"),
                   error);
}

static void
on_page_remembered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Leaving) leaving = data;
  if (mail_content_set_left_finish (leaving->content, result, NULL)
      && leaving->content == leaving->bar->content)
    say_left (leaving->bar, g_get_real_time () / G_USEC_PER_SEC);
}

static void
on_answered (gboolean accepted, gpointer data)
{
  g_autoptr (Leaving) leaving = data;
  MailContent *content = leaving->content;
  const MailList *list = mail_content_get_list (content);
  if (!accepted)
    return;
  if (list->leave == MAIL_LEAVE_WEB) {
    gtk_widget_activate_action (GTK_WIDGET (leaving->bar), "win.open-link", "s", list->leave_uri);
    mail_content_set_left_async (content, on_page_remembered, g_steal_pointer (&leaving));
    return;
  }
  if (content == leaving->bar->content)
    gtk_widget_set_sensitive (GTK_WIDGET (leaving->bar->leave), FALSE);
  mail_content_leave_list_async (content, NULL, on_left, g_steal_pointer (&leaving));
}

static void
action_leave (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiTruthBar *self = UI_TRUTH_BAR (widget);
  const MailList *list = self->content ? mail_content_get_list (self->content) : NULL;
  g_autofree char *body = NULL, *detail = NULL;
  g_autoptr (GUri) uri = NULL;

  if (!list || list->leave == MAIL_LEAVE_NONE)
    return;
  uri = list->leave_uri ? g_uri_parse (list->leave_uri, G_URI_FLAGS_NONE, NULL) : NULL;
  switch (list->leave) {
  case MAIL_LEAVE_ONE_CLICK:
    /* Translators: a web server */
    body = g_strdup_printf (_ ("%s is told that you do not want this mail any more."),
                            uri && g_uri_get_host (uri) ? g_uri_get_host (uri) : "");
    break;
  case MAIL_LEAVE_MAIL:
    /* Translators: an address */
    body = g_strdup_printf (_ ("A mail that asks for it is sent to %s."), list->leave_address);
    /* What goes out in the person's name is seen before it does. */
    if (*list->leave_subject || *list->leave_text)
      detail =
          g_strconcat (list->leave_subject, *list->leave_subject && *list->leave_text ? "\n" : "",
                       list->leave_text, NULL);
    break;
  case MAIL_LEAVE_WEB:
    /* Translators: a web server */
    body = g_strdup_printf (_ ("A page of %s is opened in your browser, where you can do it."),
                            uri && g_uri_get_host (uri) ? g_uri_get_host (uri) : "");
    break;
  case MAIL_LEAVE_NONE:
    break;
  }
  ui_dialog_confirm (get_window (self), _ ("Unsubscribe from This Mailing List?"), body, detail,
                     _ ("_Unsubscribe"), FALSE, on_answered, leaving_new (self));
}

static void
on_leave_clicked (UiTruthBar *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "list.leave", NULL);
}

/* ---- public ---- */

void
ui_truth_bar_set_content (UiTruthBar *self, MailContent *content)
{
  if (content == self->content)
    return;
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_set_object (&self->content, content);
  self->left = 0;
  show_truth (self, content ? mail_content_get_truth (content) : NULL);
  gtk_widget_set_visible (self->list, FALSE);
  if (content) {
    const MailList *list = mail_content_get_list (content);
    show_list (self, list);
    if (gtk_widget_get_visible (self->list)) {
      self->asking = g_cancellable_new ();
      mail_content_get_left_async (content, self->asking, on_left_known, g_object_ref (self));
    }
  }
}

/* ---- class ---- */

static void
ui_truth_bar_dispose (GObject *object)
{
  UiTruthBar *self = UI_TRUTH_BAR (object);
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_object (&self->content);
  self->left = 0;
  G_OBJECT_CLASS (ui_truth_bar_parent_class)->dispose (object);
}

static void
ui_truth_bar_class_init (UiTruthBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_truth_bar_dispose;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "list.leave", NULL, action_leave);
}

static GtkWidget *
create_line (UiTruthBar *self, GtkLabel **label)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_add_css_class (line, "bar");
  *label = create_label ("");
  gtk_widget_set_hexpand (GTK_WIDGET (*label), TRUE);
  gtk_widget_set_visible (line, FALSE);
  return line;
}

static GtkButton *
create_button (const char *label, const char *action)
{
  GtkButton *button = GTK_BUTTON (gtk_button_new_with_mnemonic (label));
  gtk_widget_set_valign (GTK_WIDGET (button), GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (GTK_WIDGET (button), "flat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

static void
ui_truth_bar_init (UiTruthBar *self)
{
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *popover = gtk_popover_new ();

  self->truth = create_line (self, &self->sentence);
  self->icon = GTK_IMAGE (gtk_image_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL, "",
                                  -1);
  self->details = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 8));
  gtk_widget_set_margin_start (GTK_WIDGET (self->details), 6);
  gtk_widget_set_margin_end (GTK_WIDGET (self->details), 6);
  gtk_widget_set_margin_top (GTK_WIDGET (self->details), 6);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self->details), 6);
  gtk_popover_set_child (GTK_POPOVER (popover), GTK_WIDGET (self->details));
  self->more = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_label (self->more, _ ("Details"));
  gtk_menu_button_set_popover (self->more, popover);
  gtk_widget_set_valign (GTK_WIDGET (self->more), GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (GTK_WIDGET (self->more), "flat");
  gtk_box_append (GTK_BOX (self->truth), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (self->truth), GTK_WIDGET (self->sentence));
  gtk_box_append (GTK_BOX (self->truth), GTK_WIDGET (self->more));

  self->list = create_line (self, &self->name);
  gtk_widget_add_css_class (GTK_WIDGET (self->name), "dim-label");
  self->reply = create_button (_ ("Reply to _List"), "message.reply-list");
  /* Not by the name of the action: with the view, which is used again for the next message, the button loses it (GTK 4.8) and does nothing. */
  self->leave = create_button (_ ("_Unsubscribe"), NULL);
  g_signal_connect_swapped (self->leave, "clicked", G_CALLBACK (on_leave_clicked), self);
  /* The buttons stand beneath where the window is narrow. */
  gtk_widget_set_layout_manager (self->list, ui_flow_new (8, 4));
  gtk_label_set_width_chars (self->name, UI_FLOW_WORDS);
  gtk_box_append (GTK_BOX (self->list), GTK_WIDGET (self->name));
  gtk_box_append (GTK_BOX (self->list), GTK_WIDGET (self->reply));
  gtk_box_append (GTK_BOX (self->list), GTK_WIDGET (self->leave));

  gtk_box_append (GTK_BOX (lines), self->truth);
  gtk_box_append (GTK_BOX (lines), self->list);
  adw_bin_set_child (ADW_BIN (self), lines);
  ui_clock_listen (self, G_CALLBACK (on_clock_changed));
}
